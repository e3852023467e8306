// The layer explorer: a U of buttons, one for each block of the network, and what the chosen one does to a photo.
// State (traits of the model): chosen, size and cross of the photo, photo (PNG bytes), and for each block `blocks`
// (texts, and the boxes it sees), `masks` (a PNG) and `maps` (up to three PNGs). Python computes all of it beforehand.

import { isModified, make, pngUrl } from "./page.js";

const [WIDTH, ROW, WIDE, TALL, GAP] = [400, 48, 138, 36, 30]; // px: the U, its rows, a block, the least room inside

function render({ model, el }) {
  const blocks = model.get("blocks");
  const [height, width] = model.get("size");
  const levels = blocks.length / 2;
  const root = make("div", "pconv-layers", el);

  // ---- the U: the encoder down its left side, the decoder up its right one, blocks of one size in one row
  const unet = make("div", "unet", root, {
    role: "group",
    "aria-label": "The network. Arrow keys go from layer to layer.",
  });
  unet.style.height = `${levels * ROW + TALL}px`;
  const lines = make("svg", "", unet, { width: WIDTH, height: levels * ROW + TALL, "aria-hidden": true });
  const shift = (WIDTH - 2 * WIDE - GAP) / 2 / (levels - 1);
  const left = (level, down) => {
    if (level === levels) return (WIDTH - WIDE) / 2;
    return down ? level * shift : WIDTH - WIDE - level * shift;
  };
  const place = (node, level, down) => {
    node.style.left = `${left(level, down)}px`;
    node.style.top = `${level * ROW}px`;
  };
  // A bar as tall as the features and as wide as their channels are many, both on a scale of doublings.
  const bar = (node, channels, size) => {
    const shape = make("span", "bar", make("span", "room", node));
    shape.style.width = `${4 + 2.2 * Math.log2(channels)}px`;
    shape.style.height = `${4 + 3 * Math.log2(size)}px`;
  };
  const label = (node, name, channels, [h, w]) => {
    bar(node, channels, Math.max(h, w));
    const text = make("span", "text", node);
    make("b", "", text, { text: name });
    make("span", "", text, { text: `${channels} ch, ${h}×${w}` });
  };
  const input = make("div", "block", unet, {
    role: "img",
    "aria-label": `the photo and its mask: 3 channels, ${height}×${width}`,
  });
  label(input, "photo, mask", 3, [height, width]);
  place(input, 0, true);
  const at = {}; // where a block is: "down" or "up" and its level
  const buttons = blocks.map((block, index) => {
    const { name, out, down, level } = block;
    const size = [block.height, block.width];
    const node = make("button", "block", unet, {
      type: "button",
      "aria-label": `${name}: ${out} channels, ${size.join("×")}`,
    });
    label(node, name, out, size);
    place(node, level, down);
    node.addEventListener("click", () => choose(index));
    at[`${down ? "down" : "up"} ${level}`] = index;
    return node;
  });
  const skips = Array.from({ length: levels }, (_, level) => {
    const y = level * ROW + TALL / 2;
    return arrow([left(level, true) + WIDE, y], [left(level, false), y], "skip");
  });
  for (let level = 0; level < levels; level++) {
    const top = level * ROW + TALL;
    const middle = (l, down) => left(l, down) + WIDE / 2;
    const last = level === levels - 1 ? WIDE / 2 - 8 : 0; // both sides end on the one block at the bottom
    arrow([middle(level, true) + last / 2, top], [middle(level + 1, true) - last / 2, top + ROW - TALL]);
    arrow([middle(level + 1, false) + last / 2, top + ROW - TALL], [middle(level, false) - last / 2, top]);
  }

  function arrow([x1, y1], [x2, y2], kind = "") {
    const group = make("g", "", lines, { class: kind });
    const angle = (Math.atan2(y2 - y1, x2 - x1) * 180) / Math.PI;
    make("path", "", group, { d: `M${x1} ${y1}L${x2} ${y2}`, class: "line" });
    make("path", "", group, {
      d: "M0 0L-6 -3.5L-6 3.5Z",
      class: "head",
      transform: `translate(${x2} ${y2}) rotate(${angle})`,
    });
    return group;
  }

  function choose(index) {
    if (index === undefined || index === model.get("chosen")) return;
    model.set("chosen", index);
    model.save_changes();
  }
  root.addEventListener("keydown", (event) => {
    if (isModified(event)) return;
    event.stopPropagation(); // notebooks take single keys
    if (!unet.contains(event.target)) return;
    const { down, level } = blocks[model.get("chosen")];
    const deepest = level === levels;
    const side = down ? "down" : "up";
    const target = {
      ArrowUp: at[`${side} ${level - 1}`],
      ArrowDown: at[`${side} ${level + 1}`] ?? at[`down ${level + 1}`],
      ArrowLeft: deepest ? at[`down ${level - 1}`] : at[`down ${level}`],
      ArrowRight: deepest ? at[`up ${level - 1}`] : at[`up ${level}`],
      Home: 0,
      End: blocks.length - 1,
    };
    if (!(event.key in target)) return;
    event.preventDefault();
    choose(target[event.key]);
    buttons[model.get("chosen")].focus();
  });

  // ---- the chosen block
  const side = make("div", "side", root); // to the right of the U, or below it where there is little room
  const about = make("div", "about", side);
  const name = make("div", "name", about);
  const facts = make("dl", "facts", about, { "aria-live": "polite" });
  const row = make("div", "pictures", side);
  const framed = (parent, className, text) => {
    const figure = make("figure", className, parent);
    const frame = make("div", "frame", figure);
    const image = make("img", "", frame);
    return { figure, frame, image, caption: make("figcaption", "", figure, { text }) };
  };
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
    buttons.forEach((node, k) => {
      node.setAttribute("aria-pressed", k === index);
      node.tabIndex = k === index ? 0 : -1;
    });
    skips.forEach((node, level) => node.classList.toggle("lit", !block.down && level === block.level));
    name.textContent = block.name;
    const list = [
      ["layer", block.layer],
      ["channels", block.channels],
      ["size", `${block.height}×${block.width}`],
      ["then", block.then],
      ["mask", block.hole],
      ["reach", block.reach],
    ];
    facts.replaceChildren(
      ...list.flatMap(([term, text]) => [make("dt", "", null, { text: term }), make("dd", "", null, { text })]),
    );

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
