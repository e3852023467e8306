// The layer explorer: a U of buttons, one for each block of the network, and what the chosen one does to a photo.
// State (traits of the model): chosen, size and cross of the photo, photo (PNG bytes), and for each block `blocks`
// (texts, and the boxes it sees), `masks` (a PNG) and `maps` (up to three PNGs). Python computes all of it beforehand.

import { make, pngUrl } from "./page.js";
import { drawUnet, framed, listFacts } from "./unet.js";

function render({ model, el }) {
  const blocks = model.get("blocks");
  const [height, width] = model.get("size");
  const root = make("div", "pconv-layers", el);
  const mark = drawUnet(root, model, 3);

  // ---- the chosen block
  const side = make("div", "side", root); // to the right of the U, or below it where there is little room
  const about = make("div", "about", side);
  const name = make("div", "name", about);
  const facts = make("dl", "facts", about, { "aria-live": "polite" });
  const row = make("div", "pictures", side);
  const photo = framed(row, "large");
  photo.image.src = pngUrl(model.get("photo"));
  photo.frame.style.aspectRatio = `${width} / ${height}`;
  const sight = make("svg", "", photo.frame, { viewBox: `0 0 ${width} ${height}`, "aria-hidden": true });
  const mask = framed(row, "large", "new mask: white = valid, pink = hole");
  const features = make("div", "features", row);
  const three = make("div", "maps", features);
  const maps = [0, 1, 2].map(() => framed(three, "small"));
  const note = make("div", "note", features);

  // A box of pixels (top, left, bottom, right, all inside it) as a path around it.
  const around = ([top, l, bottom, right]) => `M${l} ${top}H${right + 1}V${bottom + 1}H${l}Z`;

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
      ["reach", block.reach],
    ]);

    sight.replaceChildren();
    make("path", "", sight, { d: `M0 0H${width}V${height}H0Z${around(block.seen)}`, class: "unseen" });
    const boxes = block.skip
      ? [
          [block.seen, "box"],
          [block.skip, "box dashed"],
        ]
      : [[block.seen, "box"]];
    for (const [box, kind] of boxes)
      for (const under of ["under ", ""]) make("path", "", sight, { d: around(box), class: under + kind });
    const [y, x] = model.get("cross").map((v) => v + 0.5);
    const arm = Math.max(height, width) / 40;
    for (const under of ["under ", ""])
      make("path", "", sight, { d: `M${x - arm} ${y}H${x + arm}M${x} ${y - arm}V${y + arm}`, class: `${under}cross` });
    photo.image.alt = `The photo, its hole in pink, with a cross on the deepest hole pixel. ${block.reach}`;
    photo.caption.textContent = block.skip
      ? "bright: what the output at the cross sees; dashed: by its skip link"
      : "bright: what a window centred at the cross sees";

    mask.image.src = pngUrl(model.get("masks")[index]);
    mask.image.alt = `Mask after ${block.name}: ${block.hole}.`;
    for (const { frame } of [mask, ...maps]) frame.style.aspectRatio = `${block.width} / ${block.height}`;
    maps.forEach(({ figure, image, caption }, k) => {
      const png = model.get("maps")[index][k];
      figure.hidden = !png;
      if (!png) return;
      image.src = pngUrl(png);
      image.alt = `Feature map ${block.shown[k]} of ${block.name}.`;
      caption.textContent = `channel ${block.shown[k]}`;
    });
    const chosen =
      block.shown.length < block.out
        ? `the ${block.shown.length} of ${block.out} channels that vary most over valid positions.`
        : `all ${block.out} channels, those that vary most over valid positions first.`;
    const shades = "Black to white is each map's least to largest valid value; pink is hole, where features are 0.";
    note.textContent = `Feature maps: ${chosen} ${shades}`;
  }

  model.on("change:chosen", show);
  show();
  return () => model.off("change:chosen", show);
}

export default { render };
