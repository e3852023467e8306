// The gates explorer: the U of the layer explorer, and for the chosen layer of a gated network the learned gates beside
// the mask that a partial convolution has there. State (traits of the model): chosen, size and photo (PNG bytes), and
// for each block `blocks` (texts), `masks` and `means` (a PNG each) and `maps` (up to three PNGs), made by Python.

import { make, pngUrl } from "./page.js";
import { drawUnet, framed, listFacts } from "./unet.js";

function render({ model, el }) {
  const blocks = model.get("blocks");
  const [height, width] = model.get("size");
  const root = make("div", "pconv-layers pconv-gates", el);
  const mark = drawUnet(root, model, 4);

  const side = make("div", "side", root); // to the right of the U, or below it where there is little room
  const about = make("div", "about", side);
  const name = make("div", "name", about);
  const facts = make("dl", "facts", about, { "aria-live": "polite" });
  const row = make("div", "pictures", side);
  const photo = framed(row, "third", "the photo: pink = hole");
  photo.image.src = pngUrl(model.get("photo"));
  photo.image.alt = "The photo, its hole in pink.";
  photo.frame.style.aspectRatio = `${width} / ${height}`;
  const mask = framed(row, "third", "mask of partial convolutions, as in l1: white = valid, pink = hole");
  const mean = framed(row, "third", "learned gates, mean of all channels: white = open, black = closed");
  const gates = make("div", "features", row);
  const three = make("div", "maps", gates);
  const maps = [0, 1, 2].map(() => framed(three, "small"));
  const note = make("div", "note", gates);

  function show() {
    const index = model.get("chosen");
    const block = blocks[index];
    mark();
    name.textContent = block.name;
    listFacts(facts, [
      ["layer", block.layer],
      ["channels", block.channels],
      ["size", `${block.height}×${block.width}`],
      ["then", block.then],
      ["mask", block.hole],
      ["gates", block.gates],
    ]);
    for (const { frame } of [mask, mean, ...maps]) frame.style.aspectRatio = `${block.width} / ${block.height}`;
    mask.image.src = pngUrl(model.get("masks")[index]);
    mask.image.alt = `Mask that a partial convolution has after ${block.name}: ${block.hole}.`;
    mean.image.src = pngUrl(model.get("means")[index]);
    mean.image.alt = `Gates of ${block.name}, mean of all channels: ${block.gates}`;
    maps.forEach(({ figure, image, caption }, k) => {
      const png = model.get("maps")[index][k];
      figure.hidden = !png;
      if (!png) return;
      image.src = pngUrl(png);
      image.alt = `Gates of channel ${block.shown[k]} of ${block.name}, from ${block.ranges[k]}.`;
      caption.textContent = `channel ${block.shown[k]}: ${block.ranges[k]}`;
    });
    note.textContent = `Gates of ${block.order}. Black is 0, white is 1, in all pictures of gates.`;
  }

  model.on("change:chosen", show);
  show();
  return () => model.off("change:chosen", show);
}

export default { render };
