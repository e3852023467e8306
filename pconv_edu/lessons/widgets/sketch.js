// The curve sketch of lesson 11: draw the curves that you expect, then compare them with the measured ones.
// State (traits of the model): labels (of the columns), names and colors (of the curves), x_title, y_title, low, high,
// drawn (for each curve a value or null in each column), truth (for each curve [value, low, high] in each column),
// revealed, known (curves that are shown in grey from the start: [name, values]). The truth can be shown once every
// curve is drawn. Values can be drawn or typed.

import { keepSingleKeys, make } from "./page.js";

// Lengths in the units of the plot, which is drawn larger or smaller on the page. On a narrow page the letters get more
// units, so that they keep LETTER pixels, and so does the room around the plot.
const WIDTH = 680;
const LETTER = 12;
const RIGHT = 14;
const TOP = 14;

let pages = 0;

function render({ model, el }) {
  const labels = model.get("labels");
  const names = model.get("names");
  const colors = model.get("colors");
  const truth = model.get("truth");
  const low = model.get("low");
  const high = model.get("high");
  const group = `pconv-sketch-${pages++}`;
  const root = make("div", "pconv-sketch", el);
  keepSingleKeys(root);
  let curve = 0; // the number of the curve that the pointer draws

  // ---- the plot
  const svg = make("svg", "plot", root, {
    role: "img",
    "aria-label": `${model.get("y_title")} against ${model.get("x_title")}; the table below holds the same numbers`,
  });
  const axes = make("g", "", svg);
  const below = make("g", "known", svg);
  const lines = make("g", "", svg);
  let enlarged = 0; // how much larger the letters are than on a page as wide as the plot
  let left = 0;
  let inner = 0; // the height of the plot without its axis
  const x = (column) => left + ((column + 0.5) * (WIDTH - left - RIGHT)) / labels.length;
  const y = (value) => TOP + ((high - value) * inner) / (high - low);
  const middle = (text, place, parent = axes) => make("text", "", parent, { "text-anchor": "middle", text, ...place });

  function layOut() {
    const needed = Math.max(1, (LETTER * WIDTH) / (13 * (svg.getBoundingClientRect().width || WIDTH)));
    if (Math.abs(needed - enlarged) < 0.02) return;
    enlarged = needed;
    left = 52 * enlarged;
    inner = 300 * Math.min(enlarged, 1.6);
    const line = 18 * enlarged;
    const split = enlarged > 1.3; // a label such as 0.1–0.2 takes two lines
    const bottom = TOP + inner + (split ? 3 : 2) * line;
    svg.setAttribute("viewBox", `0 0 ${WIDTH} ${bottom + 10 * enlarged}`);
    svg.style.fontSize = `${13 * enlarged}px`;
    axes.replaceChildren();
    for (let value = Math.ceil(low / 2) * 2; value <= high; value += 2) {
      make("line", "grid", axes, { x1: left, x2: WIDTH - RIGHT, y1: y(value), y2: y(value) });
      make("text", "", axes, { x: left - 8, y: y(value) + 4 * enlarged, "text-anchor": "end", text: value });
    }
    labels.forEach((label, column) => {
      const parts = split ? label.split(/(?<=–)/) : [label];
      parts.forEach((part, n) => middle(part, { x: x(column), y: TOP + inner + (n + 1) * line }));
    });
    middle(model.get("x_title"), { x: (left + WIDTH - RIGHT) / 2, y: bottom + 2 });
    middle(model.get("y_title"), { transform: `translate(${14 * enlarged} ${TOP + inner / 2}) rotate(-90)` });
    below.replaceChildren();
    for (const [name, values] of model.get("known") ?? []) {
      make("path", "", below, { d: path(values) });
      const end = values.length - 1;
      make("text", "", below, { x: WIDTH - RIGHT, y: y(values[end]) - 6, "text-anchor": "end", text: name });
    }
    update();
  }

  // ---- drawing with the pointer: a column's value is the height at which the stroke passes the column's middle
  let passed = []; // the smallest distance of this stroke from each column's middle, in columns
  const put = (event) => {
    const box = svg.getBoundingClientRect();
    const scale = WIDTH / box.width;
    const across = (((event.clientX - box.left) * scale - left) / (WIDTH - left - RIGHT)) * labels.length;
    const value = high - (((event.clientY - box.top) * scale - TOP) * (high - low)) / inner;
    const column = Math.floor(across);
    const off = Math.abs(across - column - 0.5);
    if (column < 0 || column >= labels.length || off > Math.max(0.1, passed[column] ?? 1)) return;
    passed[column] = off;
    set(curve, column, value);
  };
  svg.addEventListener("pointerdown", (event) => {
    if (model.get("revealed") || event.button !== 0) return;
    svg.setPointerCapture(event.pointerId);
    passed = [];
    put(event);
  });
  svg.addEventListener("pointermove", (event) => {
    if (svg.hasPointerCapture(event.pointerId)) put(event);
  });
  svg.addEventListener("lostpointercapture", () => model.save_changes());

  // ---- the table: choose a curve, type values
  const table = make("table", "", make("div", "scroll", root));
  const head = make("tr", "", make("thead", "", table));
  for (const text of ["draw", ...labels]) make("th", "", head, { text, scope: "col" });
  const body = make("tbody", "", table);
  const inputs = names.map((name, k) => {
    const row = make("tr", "", body);
    const label = make("label", "", make("th", "", row, { scope: "row" }));
    const radio = make("input", "", label, { type: "radio", name: group });
    radio.checked = k === 0;
    radio.addEventListener("change", () => {
      curve = k;
    });
    make("span", "swatch", label).style.background = colors[k];
    make("span", "", label, { text: name });
    return labels.map((text, column) => {
      const input = make("input", "", make("td", "", row), {
        type: "number",
        min: low,
        max: high,
        step: 0.5,
        "aria-label": `${name}, ${text}`,
      });
      input.addEventListener("change", () => {
        set(k, column, input.value === "" ? null : Number(input.value));
        model.save_changes();
      });
      return input;
    });
  });
  const answers = names.map((name) => {
    const row = make("tr", "truth", body);
    make("th", "", row, { scope: "row", text: `${name}, measured` });
    return labels.map(() => make("td", "", row));
  });

  const bar = make("div", "bar", root);
  const show = make("button", "", bar, { type: "button", text: "Show the truth" });
  const clear = make("button", "", bar, { type: "button", text: "Start again" });
  const says = make("div", "says", bar, { role: "status" });
  show.addEventListener("click", () => {
    model.set("revealed", true);
    model.save_changes();
  });
  clear.addEventListener("click", () => {
    model.set("revealed", false);
    model.set(
      "drawn",
      names.map(() => labels.map(() => null)),
    );
    model.save_changes();
  });

  function set(k, column, value) {
    if (model.get("revealed")) return;
    const kept =
      value === null || !Number.isFinite(value) ? null : Math.round(Math.min(high, Math.max(low, value)) * 10) / 10;
    model.set(
      "drawn",
      model.get("drawn").map((values, n) => (n === k ? values.map((old, c) => (c === column ? kept : old)) : values)),
    );
  }
  const meanError = (k) =>
    model.get("drawn")[k].reduce((sum, value, c) => sum + Math.abs(value - truth[k][c][0]), 0) / labels.length;
  const path = (values) =>
    values
      .map((value, column) =>
        value === null ? "" : `${column && values[column - 1] !== null ? "L" : "M"}${x(column)} ${y(value)}`,
      )
      .join("");

  function update() {
    const drawn = model.get("drawn");
    const revealed = model.get("revealed");
    lines.replaceChildren();
    drawn.forEach((values, k) => {
      make("path", "drawn", lines, { d: path(values), stroke: colors[k] });
      values.forEach((value, column) => {
        if (value !== null)
          make("circle", "", lines, { cx: x(column), cy: y(value), r: 5, stroke: colors[k], fill: "white" });
        const input = inputs[k][column];
        if (document.activeElement !== input || revealed) input.value = value === null ? "" : value;
        input.disabled = revealed;
      });
    });
    truth.forEach((values, k) => {
      if (revealed) make("path", "true", lines, { d: path(values.map((v) => v[0])), stroke: colors[k] });
      values.forEach(([mean, from, to], column) => {
        answers[k][column].textContent = revealed ? mean.toFixed(1) : "";
        if (!revealed) return;
        make("line", "interval", lines, { x1: x(column), x2: x(column), y1: y(from), y2: y(to), stroke: colors[k] });
        make("circle", "", lines, { cx: x(column), cy: y(mean), r: 4, fill: colors[k] });
      });
      answers[k][0].parentNode.hidden = !revealed;
    });
    const missing = drawn.flat().filter((value) => value === null).length;
    show.disabled = revealed || missing > 0;
    says.textContent = revealed
      ? names.map((name, k) => `${name}: your curve is ${meanError(k).toFixed(1)} off on average.`).join(" ")
      : missing
        ? `${missing} of ${labels.length * names.length} values are still to be drawn.`
        : "All drawn: now look.";
  }
  for (const name of ["drawn", "revealed"]) model.on(`change:${name}`, update);
  layOut();
  const watcher = new ResizeObserver(layOut);
  watcher.observe(svg);
  return () => {
    watcher.disconnect();
    for (const name of ["drawn", "revealed"]) model.off(`change:${name}`, update);
  };
}

export default { render };
