// Parts that the layer explorer and the gates explorer share: a U of buttons, one for each block of the network, the
// list of facts about the chosen block, and framed pictures.

import { isModified, make } from "./page.js";

const [WIDTH, ROW, WIDE, TALL, GAP] = [400, 48, 138, 36, 30]; // px: the U, its rows, a block, the least room inside

// Draw the network of `model` (traits: blocks, size, chosen), whose first block receives `inputs` channels. Clicks and
// keys change `chosen`. Returns a function that marks the chosen block.
export function drawUnet(root, model, inputs) {
  const blocks = model.get("blocks");
  const [height, width] = model.get("size");
  const levels = blocks.length / 2;

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
    "aria-label": `the photo and its mask: ${inputs} channels, ${height}×${width}`,
  });
  label(input, "photo, mask", inputs, [height, width]);
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

  return () => {
    const index = model.get("chosen");
    const { down, level } = blocks[index];
    buttons.forEach((node, k) => {
      node.setAttribute("aria-pressed", k === index);
      node.tabIndex = k === index ? 0 : -1;
    });
    skips.forEach((node, k) => node.classList.toggle("lit", !down && k === level));
  };
}

// Append a picture with a frame and a caption to `parent`.
export function framed(parent, className, text) {
  const figure = make("figure", className, parent);
  const frame = make("div", "frame", figure);
  const image = make("img", "", frame);
  return { figure, frame, image, caption: make("figcaption", "", figure, { text }) };
}

// Fill a <dl> with a list of [term, text].
export function listFacts(node, list) {
  node.replaceChildren(
    ...list.flatMap(([term, text]) => [make("dt", "", null, { text: term }), make("dd", "", null, { text })]),
  );
}
