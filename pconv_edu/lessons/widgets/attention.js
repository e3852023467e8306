// The attention explorer: choose a cell of the hole, and see from which cells of the photo it is copied.
// State (traits of the model): chosen ([row, column], or empty), shown (name of a fill), size of the photo, count of
// source cells, message (why nothing can be chosen), photo (PNG), names and fills (JPEG), and, as 16-bit numbers: cells
// (indices), and for each cell eight sources (indices) and nine weights (the last one is outside of the photo).

import { isModified, keepSingleKeys, make, picture, pngUrl } from "./page.js";

const [CELL, KEPT, ONE] = [8, 8, 65535]; // px of a side, sources of a cell, the number that stands for a weight of 1
let explorers = 0;

function numbersIn(view) {
  return Array.from({ length: view.byteLength / 2 }, (_, k) => view.getUint16(2 * k, true));
}

// Return a weight as a percentage. Only weights of 0 and 1 are shown as 0 and 100 %.
function share(weight) {
  const percent = Math.floor((100 * weight) / ONE + 0.5);
  if (percent === 0 && weight > 0) return "< 1 %";
  return percent === 100 && weight < ONE ? "> 99 %" : `${percent} %`;
}

// Draw the outline of a cell around its pixels; `thickness` is in pixels of the photo.
function outline(drawing, { row, column }, thickness, className) {
  const side = CELL + thickness;
  const [x, y] = [CELL * column - thickness / 2, CELL * row - thickness / 2];
  for (const under of ["under ", ""]) {
    const rect = make("rect", under + className, drawing, { x, y, width: side, height: side });
    rect.style.strokeWidth = under ? thickness + 1 : thickness;
  }
}

// Draw a line from a source to a cell. It ends before their outlines.
function connect(drawing, source, cell, thickness) {
  const [x1, y1, x2, y2] = [source.column, source.row, cell.column, cell.row].map((k) => CELL * (k + 0.5));
  const length = Math.hypot(x2 - x1, y2 - y1);
  if (length <= 2 * CELL) return;
  const [dx, dy] = [x2 - x1, y2 - y1].map((d) => (0.9 * CELL * d) / length);
  for (const under of ["under ", ""]) {
    const ends = { x1: x1 + dx, y1: y1 + dy, x2: x2 - dx, y2: y2 - dy };
    const line = make("line", `${under}box`, drawing, ends);
    line.style.strokeWidth = under ? thickness + 0.8 : thickness;
  }
}

function render({ model, el }) {
  const [height, width] = model.get("size");
  const columns = width / CELL;
  const place = (index) => ({ index, row: Math.floor(index / columns), column: index % columns });
  const cells = numbersIn(model.get("cells")).map(place);
  const sources = numbersIn(model.get("sources"));
  const weights = numbersIn(model.get("weights"));
  const names = model.get("names");
  const root = make("div", "pconv-attention", el);
  keepSingleKeys(root);

  // ---- the pictures
  const framed = () => {
    const figure = make("figure", "", root);
    const frame = make("div", "frame", figure);
    frame.style.aspectRatio = `${width} / ${height}`;
    return { figure, frame };
  };
  const left = framed();
  make("img", "", left.frame, { src: pngUrl(model.get("photo")), alt: "", draggable: false });
  const right = framed();
  const canvas = make("canvas", "", right.frame, { width, height, role: "img" });
  const [copied, filled] = [left, right].map(({ frame }) =>
    make("svg", "", frame, { viewBox: `0 0 ${width} ${height}`, "aria-hidden": true }),
  );
  const text = cells.length
    ? "Point at the hole (pink). Click to keep a cell, or press the arrow keys."
    : "The photo and its hole (pink).";
  make("figcaption", "", left.figure, { text });
  left.frame.setAttribute("role", cells.length ? "application" : "img");
  left.frame.setAttribute(
    "aria-label",
    cells.length ? "Cells of the hole. Arrow keys go from cell to cell." : "The photo with its hole.",
  );
  if (cells.length) left.frame.tabIndex = 0;

  // ---- the choice of the fill
  const choice = make("fieldset", "", right.figure);
  make("legend", "", choice, { text: "fill" });
  const group = `pconv-attention-${explorers++}`;
  const radios = names.map((name) => {
    const label = make("label", "", choice);
    const radio = make("input", "", label, { type: "radio", name: group, value: name });
    make("span", "", label, { text: name });
    radio.addEventListener("change", () => set("shown", name));
    return radio;
  });

  // ---- the list of sources
  const about = make("div", "about", root, { role: "status", "aria-atomic": true });
  const head = make("div", "head", about);
  const list = make("ol", "", about);
  const spread = make("div", "spread", about);
  const note = [
    "A cell is 8×8 px. Rows and columns of cells are counted from 0. The network copies from source cells: cells that",
    "contain no hole pixel, and whose neighbours contain none either. If there is no such cell, any cell without a hole",
    "pixel is a source.",
  ].join(" ");
  make("div", "note", root, { text: note });

  // ---- choosing a cell
  let hovered = null; // the cell under the pointer, or null
  const chosen = () => {
    const [row, column] = model.get("chosen");
    return cells.find((cell) => cell.row === row && cell.column === column);
  };
  function set(name, value) {
    if (String(value) === String(model.get(name))) return;
    model.set(name, value);
    model.save_changes();
  }
  const choose = (cell) => {
    hovered = null;
    set("chosen", [cell.row, cell.column]);
    show();
  };
  const nearest = (candidates, measure) =>
    candidates.reduce((best, cell) => (measure(cell) < measure(best) ? cell : best), candidates[0]);
  // The hole's edge may cross the cell at the pointer. Then the nearest cell in the hole is meant.
  const pointedAt = (event) => {
    const box = copied.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * columns - 0.5;
    const y = ((event.clientY - box.top) / box.height) * (height / CELL) - 0.5;
    const cell = nearest(cells, ({ row, column }) => (row - y) ** 2 + (column - x) ** 2);
    return cell && Math.max(Math.abs(cell.row - y), Math.abs(cell.column - x)) < 1.5 ? cell : null;
  };
  const hover = (cell) => {
    if (cell === hovered) return;
    hovered = cell;
    show();
  };
  left.frame.addEventListener("pointermove", (event) => event.pointerType !== "touch" && hover(pointedAt(event)));
  left.frame.addEventListener("pointerleave", () => hover(null));
  left.frame.addEventListener("click", (event) => {
    const cell = pointedAt(event);
    if (cell) choose(cell);
  });
  // Left and right go through the cells in reading order, so that each one can be reached. Up and down go to the next
  // row with cells.
  left.frame.addEventListener("keydown", (event) => {
    const now = chosen();
    if (isModified(event) || !now) return;
    const at = cells.indexOf(now);
    const vertical = (next) => {
      const rows = cells.filter((cell) => (cell.row - now.row) * next > 0).map((cell) => cell.row * next);
      const row = next * Math.min(...rows);
      return nearest(
        cells.filter((cell) => cell.row === row),
        (cell) => Math.abs(cell.column - now.column),
      );
    };
    const moves = {
      ArrowLeft: () => cells[at - 1],
      ArrowRight: () => cells[at + 1],
      ArrowUp: () => vertical(-1),
      ArrowDown: () => vertical(1),
      Home: () => cells[0],
      End: () => cells[cells.length - 1],
    };
    if (!(event.key in moves)) return;
    event.preventDefault();
    choose(moves[event.key]() ?? now);
  });

  function show() {
    copied.replaceChildren();
    filled.replaceChildren();
    list.replaceChildren();
    const cell = hovered ?? chosen();
    if (!cell) {
      head.textContent = model.get("message");
      return;
    }
    const at = cells.indexOf(cell);
    const all = weights.slice((KEPT + 1) * at, (KEPT + 1) * (at + 1));
    const found = sources
      .slice(KEPT * at, KEPT * (at + 1))
      .map((index, k) => ({ ...place(index), weight: all[k] }))
      .filter(({ weight }) => weight > 0);
    for (const source of [...found].reverse()) {
      const strength = Math.sqrt(source.weight / ONE); // the square root, so that small weights stay visible
      const group = make("g", "source", copied);
      const lines = make("g", "", copied);
      group.style.opacity = 0.5 + 0.5 * strength;
      lines.style.opacity = 0.9 * strength;
      connect(lines, source, cell, 0.3 + 0.7 * strength);
      outline(group, source, 0.6 + 1.6 * strength, "box");
    }
    for (const drawing of [copied, filled]) outline(drawing, cell, 1, "cursor");
    head.textContent = `Cell row ${cell.row}, column ${cell.column} copies from`;
    for (const { row, column, weight } of found) {
      const item = make("li", "", list);
      make("span", "bar", make("span", "room", item)).style.width = `${(100 * weight) / ONE}%`;
      make("span", "", item, { text: `row ${row}, column ${column} (${share(weight)})` });
    }
    const total = Math.min(
      ONE,
      found.reduce((sum, { weight }) => sum + weight, 0),
    );
    const first = found.length === 1 ? "The first" : `The first ${found.length}`;
    const have = found.length === 1 ? "has" : "have";
    const outside = all[KEPT];
    spread.textContent = [
      `${first} of ${model.get("count")} source cells ${have} ${share(total)} of the weight.`,
      outside ? ` Cells outside of the photo, which the network adds, have ${share(outside)}.` : "",
    ].join("");
  }

  const bitmaps = model.get("fills").map((bytes) => picture(bytes));
  async function showFill() {
    const at = names.indexOf(model.get("shown"));
    radios.forEach((radio, k) => {
      radio.checked = k === at;
    });
    canvas.setAttribute("aria-label", names[at] === "true" ? "The photo without a hole." : `The ${names[at]} fill.`);
    const bitmap = await bitmaps[at];
    if (at !== names.indexOf(model.get("shown"))) return; // changed in the meantime
    canvas.getContext("2d").drawImage(bitmap, 0, 0);
    canvas.dataset.shown = names[at];
  }

  model.on("change:chosen", show);
  model.on("change:shown", showFill);
  show();
  showFill();
  return () => {
    model.off("change:chosen", show);
    model.off("change:shown", showFill);
  };
}

export default { render };
