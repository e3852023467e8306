// The stepper shows a partial convolution one window at a time. It does its own arithmetic, so it needs no kernel.
// State (traits of the model): x (H, W), mask (H, W) with 1 = valid, weight (kH, kW), bias, position, article, start.

import { isModified, keepSingleKeys, make } from "./page.js";

// Compute one window by equations (1) and (2) of arXiv 1804.07723. The fields are those of worked_example.Window in
// Python.
export function traceWindow({ x, mask, weight, bias }, row, col) {
  const products = [];
  const terms = [];
  let raw = 0;
  let sum_M = 0;
  weight.forEach((line, i) => {
    products.push(
      line.map((w, j) => {
        const r = row + i - (weight.length >> 1);
        const c = col + j - (line.length >> 1);
        if (!mask[r]?.[c]) return 0; // a hole, or outside the image
        sum_M += 1;
        raw += w * x[r][c];
        terms.push([w, x[r][c]]);
        return w * x[r][c];
      }),
    );
  });
  const sum_1 = weight.length * weight[0].length;
  const ratio = sum_M ? sum_1 / sum_M : 0;
  const y_article = raw * ratio + bias;
  return { sum_1, sum_M, ratio, raw, products, terms, y: sum_M ? y_article : 0, y_article, new_mask: sum_M > 0 };
}

const MINUS = "\u2212";
const rounded = (v) => Math.round(v * 100) / 100;
const number = (v) => String(Math.abs(rounded(v))).replace(/^/, rounded(v) < 0 ? MINUS : "");
const bracketed = (v) => (rounded(v) < 0 ? `(${number(v)})` : number(v));
const equals = (...values) => (values.every((v) => Math.abs(v - rounded(v)) < 1e-9) ? "=" : "\u2248");
const parse = (text) => {
  const clean = text.trim().replace(MINUS, "-").replace(",", ".");
  return clean !== "" && Number.isFinite(Number(clean)) ? Number(clean) : null;
};
const copy = (value) => JSON.parse(JSON.stringify(value));
const SPECIAL = { "0,0": "orange", "2,2": "purple", "3,3": "blue" }; // the windows that the article shows

function render({ model, el }) {
  const state = () => Object.fromEntries(["x", "mask", "weight", "bias", "article"].map((k) => [k, model.get(k)]));
  const height = model.get("x").length;
  const width = model.get("x")[0].length;
  const kernel = [model.get("weight").length, model.get("weight")[0].length];
  const last = height * width - 1;
  const visited = new Set([model.get("position")]);
  let all = false;
  let timer = null;
  let pointed = null;

  const root = make("div", "pconv-stepper", el);
  keepSingleKeys(root);
  const update = (name, value) => {
    model.set(name, value);
    model.save_changes();
  };

  // ---- the controls
  const bar = make("div", "bar", root, { role: "toolbar", "aria-label": "Stepper controls" });
  const button = (text, title, act) => {
    const node = make("button", "", bar, { type: "button", title, text });
    node.addEventListener("click", act);
    return node;
  };
  const back = button("Back", "One window back", () => move(-1));
  const step = button("Step", "One window on", () => move(1));
  const play = button("Play", "Step by itself", () => (timer ? pause() : start()));
  const showAll = button("Show all", "Show every output", () => {
    all = !all;
    show();
  });
  button("Reset", "Back to the first numbers", reset);
  const biasLabel = make("label", "", bar, { text: "b =" });
  const bias = make("input", "cell bias", biasLabel, { type: "text", inputmode: "decimal", "aria-label": "bias b" });
  onEdit(
    bias,
    "b",
    () => model.get("bias"),
    (value) => edit("bias", value),
  );
  const choice = make("fieldset", "", bar);
  make("legend", "", choice, { text: "empty window:" });
  const group = `empty-window-${Math.random()}`; // so that the radio buttons of two views are independent
  const radios = [
    ["0 (paper)", false],
    ["0 + b (article)", true],
  ].map(([text, value]) => {
    const label = make("label", "", choice);
    const radio = make("input", "", label, { type: "radio", name: group });
    label.append(text);
    radio.addEventListener("change", () => update("article", value));
    return [radio, value];
  });

  // ---- the five grids
  const grids = make("div", "grids", root);
  const ring = [kernel[0] >> 1, kernel[1] >> 1];
  const input = grid("Input X", [height, width], ring, (parent, r, c) => {
    const node = make("input", "cell", parent, {
      type: "text",
      inputmode: "decimal",
      "aria-label": `input, row ${r}, column ${c}`,
    });
    onEdit(
      node,
      "the input",
      () => model.get("x")[r][c],
      (value) => set("x", r, c, value),
    );
    return node;
  });
  const mask = grid("Mask M (click a cell)", [height, width], ring, (parent, r, c) => {
    const node = make("button", "cell", parent, { type: "button", title: "switch between valid and hole" });
    node.addEventListener("click", () => set("mask", r, c, 1 - model.get("mask")[r][c]));
    return node;
  });
  const weights = grid("Kernel W", kernel, [0, 0], (parent, r, c) => {
    const node = make("input", "cell", parent, {
      type: "text",
      inputmode: "decimal",
      "aria-label": `kernel, row ${r}, column ${c}`,
    });
    onEdit(
      node,
      "the kernel",
      () => model.get("weight")[r][c],
      (value) => set("weight", r, c, value),
    );
    return node;
  });
  const made = make("div", "made", grids); // output and new mask stay side by side on a narrow page
  const output = grid(
    "Output",
    [height, width],
    [0, 0],
    (parent, r, c) => {
      const node = make("button", "cell", parent, { type: "button" });
      for (const event of ["focus", "click"]) node.addEventListener(event, () => go(r * width + c));
      node.addEventListener("mousemove", () => {
        // mouseenter would also fire when the page scrolls under the pointer
        if (pointed !== node) go(r * width + c);
        pointed = node;
      });
      return node;
    },
    made,
  );
  const updated = grid("New mask M\u2032", [height, width], [0, 0], (parent) => make("div", "cell", parent), made);
  output.body.addEventListener("keydown", onKey);
  output.body.addEventListener("mouseleave", () => {
    pointed = null;
  });

  const sums = make("dl", "sums", root, { "aria-live": "polite" });
  const says = make("div", "says", root, { role: "status" });

  // Make a titled grid with a ring of zero padding and a frame for the window. `cell` makes each of cells[r][c].
  function grid(name, [rows, cols], [ringRows, ringCols], cell, row = grids) {
    const block = make("div", "block", row);
    make("div", "name", block, { text: name });
    const body = make("div", "grid", block, { role: "group", "aria-label": name });
    body.style.gridTemplateColumns = `repeat(${cols + 2 * ringCols}, var(--column))`;
    const cells = Array.from({ length: rows }, () => []);
    for (let r = -ringRows; r < rows + ringRows; r++) {
      for (let c = -ringCols; c < cols + ringCols; c++) {
        const inside = r >= 0 && r < rows && c >= 0 && c < cols;
        if (inside) cells[r].push(cell(body, r, c));
        else make("div", "cell ring", body, { text: "0", title: "padding: counts as hole" });
      }
    }
    return { body, cells, frame: ringRows + ringCols ? make("div", "frame", body) : null };
  }

  // Let a cell be edited. Text that is not a number is rejected, and the old number stays.
  function onEdit(node, where, current, accept) {
    node.addEventListener("change", () => {
      const value = parse(node.value);
      const typed = node.value;
      forgive();
      if (value === null) {
        node.setAttribute("aria-invalid", true);
        says.classList.add("error");
        says.textContent = `"${typed}" in ${where} is not a number; ${number(current())} stays.`;
      } else {
        accept(value);
      }
      node.value = number(current());
    });
    node.addEventListener("focus", () => node.select());
  }

  // Change a number or the mask, and say how many outputs that changes: none, if only the hole's content changed.
  function edit(name, value) {
    const outputs = () => {
      const now = state();
      return now.x.flatMap((line, r) => line.map((_, c) => traceWindow(now, r, c)[now.article ? "y_article" : "y"]));
    };
    const before = outputs();
    update(name, value);
    const changed = outputs().filter((y, k) => y !== before[k]).length;
    forgive();
    says.textContent = `${changed} of ${before.length} outputs changed`;
  }

  function forgive() {
    root.querySelectorAll("[aria-invalid]").forEach((node) => node.removeAttribute("aria-invalid"));
    says.className = "says";
    says.textContent = "";
  }

  function set(name, r, c, value) {
    const changed = copy(model.get(name));
    changed[r][c] = value;
    edit(name, changed);
  }

  // ---- moving
  function go(position) {
    if (position !== model.get("position")) update("position", position);
  }
  function move(by) {
    go(Math.min(Math.max(model.get("position") + by, 0), last));
  }
  function start() {
    if (model.get("position") === last) go(0);
    timer = setInterval(() => {
      move(1);
      if (model.get("position") === last) pause();
    }, 800);
    play.textContent = "Pause";
  }
  function pause() {
    clearInterval(timer);
    timer = null;
    play.textContent = "Play";
  }
  function reset() {
    pause();
    for (const [name, value] of Object.entries(copy(model.get("start")))) model.set(name, value);
    model.save_changes();
    visited.clear();
    visited.add(model.get("position"));
    all = false;
    forgive();
    show();
  }
  function onKey(event) {
    if (isModified(event)) return;
    const row = Math.floor(model.get("position") / width);
    const col = model.get("position") % width;
    const target = {
      ArrowLeft: [row, col - 1],
      ArrowRight: [row, col + 1],
      ArrowUp: [row - 1, col],
      ArrowDown: [row + 1, col],
      Home: [0, 0],
      End: [height - 1, width - 1],
    }[event.key];
    if (target) {
      const [r, c] = target;
      if (r >= 0 && r < height && c >= 0 && c < width) output.cells[r][c].focus(); // this also moves the window there
    } else if (event.key === " ") {
      play.click();
    } else {
      return;
    }
    event.preventDefault();
  }

  // ---- showing
  function show() {
    const now = state();
    const position = model.get("position");
    visited.add(position);
    const row = Math.floor(position / width);
    const col = position % width;
    const special = (r, c) =>
      height === 5 && width === 5 && kernel[0] === 3 && kernel[1] === 3 ? SPECIAL[`${r},${c}`] : null;
    const color = special(row, col) || "plain";
    const each = (cells, act) => cells.forEach((line, r) => line.forEach((node, c) => act(node, r, c)));
    const write = (node, value) => {
      if (node !== document.activeElement || parse(node.value) !== value) node.value = number(value);
    };
    const windows = now.x.map((line, r) => line.map((_, c) => traceWindow(now, r, c)));

    // Columns are as wide as the longest number, including numbers that are not shown yet, so nothing shifts while
    // stepping.
    const fit = (node, values) => node.style.setProperty("--chars", Math.max(...values.map((v) => number(v).length)));
    fit(bias, [now.bias]);
    fit(input.body, now.x.flat());
    fit(weights.body, now.weight.flat());
    fit(
      output.body,
      windows.flat().flatMap((window) => [window.y, window.y_article]),
    );

    each(input.cells, (node, r, c) => {
      write(node, now.x[r][c]);
      node.className = now.mask[r][c] ? "cell" : "cell hole";
    });
    each(weights.cells, (node, r, c) => write(node, now.weight[r][c]));
    each(mask.cells, (node, r, c) => {
      node.textContent = now.mask[r][c];
      node.className = now.mask[r][c] ? "cell" : "cell hole";
      node.setAttribute("aria-pressed", now.mask[r][c] === 1);
      node.setAttribute("aria-label", `valid, row ${r}, column ${c}`);
    });
    each(output.cells, (node, r, c) => {
      const seen = all || visited.has(r * width + c);
      const here = r === row && c === col;
      const window = windows[r][c];
      const text = seen ? number(now.article ? window.y_article : window.y) : "\u00b7";
      const marks = [special(r, c) || "plain", here ? "here" : special(r, c) ? "special" : ""];
      node.textContent = text;
      node.className = ["cell", ...marks, seen ? (window.new_mask ? "" : "hole") : "unseen"].join(" ");
      node.tabIndex = here ? 0 : -1;
      node.setAttribute("aria-label", `output, row ${r}, column ${c}: ${seen ? text : "not stepped to yet"}`);
      const after = updated.cells[r][c];
      after.textContent = seen ? Number(window.new_mask) : "\u00b7";
      after.className = ["cell", ...marks, seen ? (window.new_mask ? "" : "hole") : "unseen"].join(" ");
    });
    for (const { frame } of [input, mask]) {
      if (!frame) continue;
      frame.className = `frame ${color}`;
      frame.style.left = `calc(${col} * var(--column))`;
      frame.style.top = `calc(${row} * var(--cell))`;
      frame.style.width = `calc(${kernel[1]} * var(--column))`;
      frame.style.height = `calc(${kernel[0]} * var(--cell))`;
    }
    write(bias, now.bias);
    radios.forEach(([radio, value]) => {
      radio.checked = now.article === value;
    });
    showAll.setAttribute("aria-pressed", all);
    back.setAttribute("aria-disabled", position === 0); // `disabled` would take the focus away
    step.setAttribute("aria-disabled", position === last);
    if (output.body.contains(document.activeElement)) output.cells[row][col].focus(); // the focus follows Play
    sums.className = `sums ${color}`;
    sums.replaceChildren(...lines(now, windows[row][col], color, row, col));
  }

  function lines(now, w, color, row, col) {
    const list = [];
    const line = (name, text) => {
      list.push(make("dt", "", null, { text: name }), make("dd", "", null, { text }));
      return list.at(-1);
    };
    const colored = color === "plain" ? "" : ` (${color})`;
    line(
      "window",
      `row ${row}, column ${col}${colored}: ${w.sum_M} of ${w.sum_1} values are valid, sum(M) = ${w.sum_M}`,
    );
    if (w.sum_M) {
      const scaled = w.raw * w.ratio;
      const products = w.terms.map(([a, b]) => `${bracketed(a)}\u00d7${bracketed(b)}`).join(" + ");
      line("sum", `${products} ${equals(w.raw, ...w.terms.flat())} ${number(w.raw)}`);
      const steps = [
        `${number(w.raw)} \u00d7 ${w.sum_1}/${w.sum_M} + b`,
        `${equals(w.raw, scaled)} ${number(scaled)} + b`,
        `${equals(scaled, now.bias)} ${number(scaled)} + ${bracketed(now.bias)}`,
        `${equals(scaled, now.bias, w.y)} ${number(w.y)}`,
      ];
      line("output", steps.join(" "));
      line("new mask", "1, because at least one value is valid");
    } else {
      line("sum", "nothing to add up");
      const both = line("output", "");
      [
        ["paper: 0", !now.article],
        [`article: 0 + b = ${number(now.bias)}`, now.article],
      ].forEach(([text, chosen], k) => {
        if (k) both.append(";  ");
        both.append(make(chosen ? "strong" : "span", "", null, { text }));
      });
      line("new mask", "0: it stays a hole");
    }
    return list;
  }

  const names = ["x", "mask", "weight", "bias", "position", "article"].map((name) => `change:${name}`);
  names.forEach((name) => model.on(name, show));
  show();
  return () => {
    pause();
    names.forEach((name) => model.off(name, show));
  };
}

export default { render };
