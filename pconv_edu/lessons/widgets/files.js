// The buttons "Save PNG" and "Load PNG" of the painter.

import { fitHole, readHole, writeHole } from "./mask_file.js";
import { offerFile } from "./page.js";

// `current()` is the hole that is shown, `setBits(bits)` changes it; the link to a saved file goes to `place`, messages
// to `tell`. Returns { save(), load(file) }.
export function makeFiles(model, current, setBits, place, tell) {
  const savedSize = ({ width, height }) => ({
    width: model.get("save_width") || width,
    height: model.get("save_height") || height,
  });
  const save = async () => {
    const { width, height } = savedSize(current());
    try {
      const png = await writeHole(current(), { width, height });
      offerFile(place, png, "mask.png", `${width} × ${height} pixels, white = hole`);
    } catch (error) {
      tell(`The mask can't be saved: ${error.message}`);
    }
  };
  const load = async (file) => {
    const target = current();
    try {
      const read = await readHole(file);
      if (current() !== target) return; // another photo has come
      const { bits, note } = fitHole(read, file.name, target, savedSize(target));
      setBits(bits);
      tell(note);
    } catch (error) {
      tell(error.message);
    }
  };
  return { save, load };
}
