// The elements, buttons and keys of the painter.

import { isModified, keepSingleKeys, make } from "./page.js";

const KEYS =
  "Arrows move the brush, Space paints a dot, Enter puts the pen down or up, e erases, [ and ] change the size, " +
  "z undoes, y redoes, + and − zoom, 0 shows the whole photo.";

export const ALONE =
  "No notebook runs behind this page: you can paint, load and save masks. Random holes and fills need one.";

export const OUTDATED =
  "The fill is hidden because it belongs to the hole before your changes. A new fill needs a running notebook. " +
  "Undo your changes to see the old fill again.";

// Make all elements except the buttons: { root, bar, pictures, photo, sheet, canvas, fill, below, count, says, saved }.
// `photo` and `fill` are figures; `below` is the place for the buttons below them.
export function makePage(el, hasKernel) {
  const root = make("div", "pconv-painter", el);
  keepSingleKeys(root);
  const bar = make("div", "bar", root, { role: "toolbar", "aria-label": "Mask painter" });
  const pictures = make("div", "pictures", root);
  const [photo, fill] = [make("figure", "", pictures), make("figure", "", pictures)];
  const sheet = make("div", "sheet", make("div", "frame", photo));
  const photoLabel = `Photo to paint on. ${KEYS}`;
  const canvas = make("canvas", "paint", sheet, { tabindex: 0, role: "application", "aria-label": photoLabel });
  const below = make("div", "", root);
  const count = make("div", "count", root, { role: "status" });
  const says = make("div", "says", root, { role: "alert" });
  const saved = make("div", "saved", root, { role: "status" });
  if (!hasKernel) make("div", "alone", root, { text: ALONE });
  return { root, bar, photo, sheet, canvas, fill, below, count, says, saved };
}

// Make the buttons in the bar. `act` contains their functions: choose(tool), setBrush(px), back(), again(), clear(),
// invert(), grow(px), random(per cent), save(), load(file). Returns { show(state), growBy(), ratio() }.
export function makeBar(bar, act, focusPhoto) {
  const button = (text, title, does) => {
    const node = make("button", "", bar, { type: "button", text, title });
    node.addEventListener("click", () => {
      does();
      focusPhoto();
    });
    return node;
  };
  const input = (text, attributes) => make("input", "", make("label", "", bar, { text }), attributes);

  const tools = {
    brush: button("Brush", "Paint a hole (p)", () => act.choose("brush")),
    erase: button("Erase", "Erase the hole (e)", () => act.choose("erase")),
    line: button("Line", "A straight line (l)", () => act.choose("line")),
  };
  const size = input("size", { type: "range", min: 1, title: "brush radius in pixels ([ and ])" });
  size.addEventListener("input", () => act.setBrush(+size.value));
  const undo = button("Undo", "Undo (z)", act.back);
  const redo = button("Redo", "Redo (y)", act.again);
  button("Clear", "No hole at all (c)", act.clear);
  button("Invert", "Hole becomes valid and valid hole (i)", act.invert);
  button("Grow", "Grow the hole (g)", () => act.grow(growBy()));
  button("Shrink", "Shrink the hole (s)", () => act.grow(-growBy()));
  const pixels = input("by", { type: "number", min: 1, max: 64, value: 3 });
  pixels.setAttribute("aria-label", "pixels to grow or shrink by");
  const growBy = () => +pixels.value;
  const random = button("Random", "A random irregular hole (r)", () => act.random(ratio()));
  const percent = input("of", { type: "number", min: 1, max: 90, value: 25 });
  percent.setAttribute("aria-label", "hole ratio of the random hole, per cent");
  percent.after("%");
  const ratio = () => +percent.value;
  button("Save PNG", "Save the mask, white = hole", act.save);
  const file = make("input", "", bar, { type: "file", accept: "image/png", "aria-label": "mask file" });
  file.style.display = "none";
  button("Load PNG", "Load a mask, white = hole", () => file.click());
  file.addEventListener("change", () => {
    if (file.files[0]) act.load(file.files[0]);
    file.value = "";
  });

  const show = ({ tool, canUndo, canRedo, hasKernel, brush, biggest }) => {
    for (const [name, node] of Object.entries(tools)) node.setAttribute("aria-pressed", name === tool);
    undo.disabled = !canUndo;
    redo.disabled = !canRedo;
    random.disabled = !hasKernel;
    size.max = biggest;
    size.value = brush;
  };
  return { show, growBy, ratio };
}

// Handle single keys on the photo. `act` also contains dot(), togglePen(), showBefore(on), move(dx, dy), zoom(way) and
// whole().
export function listenToKeys(canvas, act, bar, brush) {
  const does = {
    " ": act.dot,
    Enter: act.togglePen,
    p: () => act.choose("brush"),
    e: () => act.choose("erase"),
    l: () => act.choose("line"),
    z: act.back,
    y: act.again,
    c: act.clear,
    i: act.invert,
    g: () => act.grow(bar.growBy()),
    s: () => act.grow(-bar.growBy()),
    r: () => act.random(bar.ratio()),
    h: () => act.choose("move"),
    b: () => act.showBefore(true),
    "+": () => act.zoom("in"),
    "=": () => act.zoom("in"), // + without Shift on many keyboards
    "-": () => act.zoom("out"),
    0: act.whole,
    "[": () => act.setBrush(brush() - 2),
    "]": () => act.setBrush(brush() + 2),
  };
  const arrows = { ArrowLeft: [-4, 0], ArrowRight: [4, 0], ArrowUp: [0, -4], ArrowDown: [0, 4] };
  canvas.addEventListener("keydown", (event) => {
    if (isModified(event) || !(does[event.key] || arrows[event.key])) return;
    event.preventDefault();
    if (does[event.key]) return does[event.key]();
    const [dx, dy] = arrows[event.key];
    act.move(event.shiftKey ? 4 * dx : dx, event.shiftKey ? 4 * dy : dy);
  });
  canvas.addEventListener("keyup", (event) => event.key === "b" && act.showBefore(false));
}
