// The buttons "Save PNG" and "Load PNG" of the painter.

import { fitHole, readHole, writeHole } from "./mask_file.js";
import { offerFile } from "./page.js";

// Return { save(), load(file) }. `current()` returns the hole that is shown, and `setBits(bits)` changes it. The link
// to a saved file is put into `place`; `showMessage(text)` shows a message.
export function makeFiles(model, current, setBits, place, showMessage) {
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
      showMessage(`The mask can't be saved: ${error.message}`);
    }
  };
  const load = async (file) => {
    const target = current();
    try {
      const read = await readHole(file);
      if (current() !== target) return; // another photo is shown by now
      const { bits, note } = fitHole(read, file.name, target, savedSize(target));
      setBits(bits);
      showMessage(note);
    } catch (error) {
      showMessage(error.message);
    }
  };
  return { save, load };
}
