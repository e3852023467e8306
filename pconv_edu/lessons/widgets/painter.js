// The mask painter: paint a hole over a photo, by mouse, pen, finger or keyboard.
// State (traits of the model): photo (bytes of a PNG or JPEG file), hole (packed bits, 1 = hole, as numpy.packbits packs them), width,
// height, zoom, brush, result (a filled picture as a file, or empty), has_kernel.
// It paints by itself, so it also works with no kernel, and sends one message a stroke.

const HOLE = [217, 28, 140];

export function unpack(view, count) {
  const bits = new Uint8Array(count);
  for (let i = 0; view && i < count && i >> 3 < view.byteLength; i++) bits[i] = (view.getUint8(i >> 3) >> (7 - (i & 7))) & 1;
  return bits;
}
export function pack(bits) {
  const bytes = new Uint8Array((bits.length + 7) >> 3);
  bits.forEach((bit, i) => { if (bit) bytes[i >> 3] |= 128 >> (i & 7); });
  return new DataView(bytes.buffer);
}
// A disc in whole numbers, so that Python draws the same one: dx² + dy² <= r².
export function disc(bits, width, height, x, y, r, value) {
  for (let dy = -r; dy <= r; dy++) for (let dx = -r; dx <= r; dx++) {
    const px = x + dx, py = y + dy;
    if (dx * dx + dy * dy <= r * r && px >= 0 && py >= 0 && px < width && py < height) bits[py * width + px] = value;
  }
}
export function stroke(bits, width, height, from, to, r, value) {
  const steps = Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y), 1);
  for (let k = 0; k <= steps; k++) {
    disc(bits, width, height, Math.round(from.x + ((to.x - from.x) * k) / steps), Math.round(from.y + ((to.y - from.y) * k) / steps), r, value);
  }
}
// The chessboard distance of every pixel to the nearest one that is `target`: two sweeps over the picture.
export function distances(bits, width, height, target) {
  const far = 1e9, d = Float64Array.from(bits, (bit) => (bit === target ? 0 : far));
  const sweep = (rows, cols, neighbours) => {
    for (const y of rows) for (const x of cols) for (const [dx, dy] of neighbours) {
      if (x + dx < 0 || x + dx >= width || y + dy < 0 || y + dy >= height) continue;
      d[y * width + x] = Math.min(d[y * width + x], d[(y + dy) * width + x + dx] + 1);
    }
  };
  const rows = [...Array(height).keys()], cols = [...Array(width).keys()];
  sweep(rows, cols, [[-1, 0], [-1, -1], [0, -1], [1, -1]]);
  sweep(rows.reverse(), cols.reverse(), [[1, 0], [1, 1], [0, 1], [-1, 1]]);
  return d;
}

function make(tag, className, parent, attributes = {}) {
  const node = document.createElement(tag);
  node.className = className;
  for (const [name, value] of Object.entries(attributes)) name === "text" ? (node.textContent = value) : node.setAttribute(name, value);
  parent?.append(node);
  return node;
}
const kind = (bytes) => (bytes.getUint8(0) === 0xff ? "image/jpeg" : "image/png"); // the first byte tells
const picture = (bytes) => createImageBitmap(new Blob([bytes], { type: kind(bytes) }));

function render({ model, el }) {
  let width, height, photo = null, result = null, hole, before = [], after = [], sent = null;
  let tool = "brush", last = null, start = null, shown = null, penDown = false, cursor = null, compare = false;
  const root = make("div", "pconv-painter", el);
  root.addEventListener("keydown", (event) => { if (!modified(event)) event.stopPropagation(); }); // notebooks take single keys
  const modified = (event) => event.ctrlKey || event.metaKey || event.altKey;

  // ---- the controls
  const bar = make("div", "bar", root, { role: "toolbar", "aria-label": "Mask painter" });
  const button = (text, title, act) => {
    const node = make("button", "", bar, { type: "button", text, title });
    node.addEventListener("click", () => { act(); canvas.focus(); });
    return node;
  };
  const tools = Object.fromEntries([["brush", "Paint a hole (p)"], ["erase", "Erase the hole (e)"], ["line", "A straight line (l)"]].map(
    ([name, title]) => [name, button(name[0].toUpperCase() + name.slice(1), title, () => choose(name))]));
  const sizeLabel = make("label", "", bar, { text: "size" });
  const size = make("input", "", sizeLabel, { type: "range", min: 1, max: 48, title: "brush radius in pixels ([ and ])" });
  size.addEventListener("input", () => { model.set("brush", +size.value); model.save_changes(); later(); });
  const undo = button("Undo", "Undo (z)", () => swap(before, after));
  const redo = button("Redo", "Redo (y)", () => swap(after, before));
  button("Clear", "No hole at all (c)", () => change(() => hole.fill(0)));
  button("Invert", "Hole becomes valid and valid hole (i)", () => change(() => hole.forEach((v, i) => { hole[i] = 1 - v; })));
  const step = make("input", "", null, { type: "number", min: 1, max: 64, value: 3, "aria-label": "pixels to grow or shrink by" });
  button("Grow", "Grow the hole (g)", () => grow(+step.value));
  button("Shrink", "Shrink the hole (s)", () => grow(-step.value));
  const stepLabel = make("label", "", bar, { text: "by" });
  stepLabel.append(step);
  const random = button("Random", "A random irregular hole (r)", askRandom);
  const ratioLabel = make("label", "", bar, { text: "of" });
  const ratio = make("input", "", ratioLabel, { type: "number", min: 1, max: 90, value: 25, "aria-label": "hole ratio of the random hole, per cent" });
  ratioLabel.append("%");
  button("Save PNG", "Save the mask, white = hole", save);
  const file = make("input", "", bar, { type: "file", accept: "image/png", "aria-label": "mask file", style: "display: none" });
  button("Load PNG", "Load a mask, white = hole", () => file.click());
  file.addEventListener("change", () => { if (file.files[0]) load(file.files[0]); file.value = ""; });

  // ---- the pictures
  const pictures = make("div", "pictures", root);
  const canvas = make("canvas", "paint", make("figure", "", pictures), {
    tabindex: 0, role: "application",
    "aria-label": "Photo to paint on. Arrows move the brush, Space paints a dot, Enter puts the pen down or up, e erases, [ and ] change the size, z undoes, y redoes.",
  });
  const filled = make("canvas", "", make("figure", "", pictures), { role: "img", "aria-label": "The filled photo. Hold b to see the photo before." });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const count = make("div", "count", root, { role: "status" });
  const says = make("div", "says", root, { role: "alert" });

  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return { x: Math.floor(((event.clientX - box.left) * width) / box.width), y: Math.floor(((event.clientY - box.top) * height) / box.height) };
  };
  const radius = () => model.get("brush");
  const value = (event) => (tool === "erase" || event?.shiftKey || event?.button === 2 ? 0 : 1);
  const draw = (from, to, v) => stroke(hole, width, height, from, to, radius(), v);

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 && event.button !== 2) return;
    canvas.setPointerCapture(event.pointerId);
    canvas.focus();
    remember();
    start = last = at(event);
    shown = tool === "line" ? hole.slice() : null;
    last.value = value(event);
    draw(last, last, last.value);
    later();
  });
  canvas.addEventListener("pointermove", (event) => {
    cursor = at(event);
    if (last) {
      if (shown) { hole.set(shown); draw(start, cursor, start.value); }
      else for (const e of event.getCoalescedEvents?.() ?? [event]) { const to = { ...at(e), value: last.value }; draw(last, to, to.value); last = to; }
    }
    later();
  });
  const lift = () => { if (last) { last = start = shown = null; commit(); } };
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);
  canvas.addEventListener("pointerleave", () => { if (!last) { cursor = null; later(); } });
  canvas.addEventListener("contextmenu", (event) => event.preventDefault());
  canvas.addEventListener("keydown", onKey);
  canvas.addEventListener("keyup", (event) => { if (event.key === "b") { compare = false; later(); } });
  for (const [name, on] of [["pointerdown", true], ["pointerup", false], ["pointerleave", false]]) filled.addEventListener(name, () => { compare = on; later(); });

  function onKey(event) {
    if (modified(event)) return;
    const far = event.shiftKey ? 16 : 4;
    const move = { ArrowLeft: [-far, 0], ArrowRight: [far, 0], ArrowUp: [0, -far], ArrowDown: [0, far] }[event.key];
    const act = {
      " ": () => change(() => draw(cursor, cursor, value())), Enter: () => { penDown = !penDown; if (penDown) change(() => draw(cursor, cursor, value())); },
      p: () => choose("brush"), e: () => choose("erase"), l: () => choose("line"), z: () => swap(before, after), y: () => swap(after, before),
      c: () => change(() => hole.fill(0)), i: () => change(() => hole.forEach((v, k) => { hole[k] = 1 - v; })),
      g: () => grow(+step.value), s: () => grow(-step.value), r: askRandom, b: () => { compare = true; later(); },
      "[": () => resize(-2), "]": () => resize(2),
    }[event.key];
    if (!move && !act) return;
    event.preventDefault();
    cursor ??= { x: width >> 1, y: height >> 1 };
    if (act) return act();
    const from = cursor;
    cursor = { x: Math.min(width - 1, Math.max(0, from.x + move[0])), y: Math.min(height - 1, Math.max(0, from.y + move[1])) };
    if (penDown) change(() => draw(from, cursor, value()));
    later();
  }

  // ---- changing the hole
  function choose(name) { tool = name; show(); }
  function resize(by) { model.set("brush", Math.min(48, Math.max(1, radius() + by))); model.save_changes(); }
  function remember() { before.push(hole.slice()); if (before.length > 60) before.shift(); after = []; }
  function change(act) { remember(); act(); commit(); }
  function swap(from, to) { if (from.length) { to.push(hole); hole = from.pop(); commit(); } }
  function grow(by) {
    const n = Math.abs(by);
    if (!(Number.isInteger(n) && n >= 1)) return tell("Grow and shrink by a whole number of pixels, 1 or more.");
    const reach = distances(hole, width, height, by > 0 ? 1 : 0);
    change(() => hole.forEach((v, k) => { hole[k] = by > 0 ? +(reach[k] <= n) : +(v && reach[k] > n); }));
  }
  function askRandom() {
    const wanted = +ratio.value;
    if (!(wanted >= 1 && wanted <= 90)) return tell("Choose a hole ratio from 1 to 90 %.");
    remember();
    model.send({ random: wanted / 100 });
  }
  function commit() {
    sent = pack(hole);
    model.set("hole", sent);
    model.save_changes(); // one message a stroke
    show();
  }

  // ---- files
  function save() {
    const sheet = make("canvas", "", null);
    [sheet.width, sheet.height] = [width, height];
    const image = new ImageData(width, height);
    hole.forEach((v, k) => image.data.set([255 * v, 255 * v, 255 * v, 255], 4 * k));
    sheet.getContext("2d").putImageData(image, 0, 0);
    make("a", "", null, { download: "mask.png", href: sheet.toDataURL("image/png") }).click();
  }
  async function load(blob) {
    const image = await createImageBitmap(blob).catch(() => null);
    if (!image) return tell(`${blob.name} is no image.`);
    if (image.width !== width || image.height !== height) return tell(`${blob.name} is ${image.width} × ${image.height} pixels, the photo ${width} × ${height}.`);
    const sheet = make("canvas", "", null);
    [sheet.width, sheet.height] = [width, height];
    const pen = sheet.getContext("2d");
    pen.drawImage(image, 0, 0);
    const data = pen.getImageData(0, 0, width, height).data;
    const grey = hole.map((_, k) => data[4 * k]);
    if (grey.some((v) => v !== 0 && v !== 255)) return tell(`${blob.name} holds values between black and white: was it stored as JPEG, or resized?`);
    change(() => grey.forEach((v, k) => { hole[k] = +(v === 255); }));
  }

  // ---- showing
  function tell(text) { says.textContent = text; }
  function paint() {
    if (!photo) return;
    context.drawImage(photo, 0, 0, width, height);
    const image = context.getImageData(0, 0, width, height), d = image.data;
    hole.forEach((v, k) => { if (v) for (let c = 0; c < 3; c++) d[4 * k + c] = HOLE[c]; });
    context.putImageData(image, 0, 0);
    if (cursor) {
      context.strokeStyle = "#ffffff"; context.beginPath(); context.arc(cursor.x + 0.5, cursor.y + 0.5, radius(), 0, 7); context.stroke();
      context.strokeStyle = "#000000"; context.beginPath(); context.arc(cursor.x + 0.5, cursor.y + 0.5, radius() + 1, 0, 7); context.stroke();
    }
    filled.parentNode.style.display = result ? "" : "none";
    if (result) filled.getContext("2d").drawImage(compare ? photo : result, 0, 0, width, height);
    canvas.dataset.painted = (Number(canvas.dataset.painted) || 0) + 1;
  }
  let queued = false;
  function later() {
    if (!queued) { queued = true; requestAnimationFrame(() => { queued = false; paint(); }); }
  }
  function show() {
    const n = hole.reduce((sum, v) => sum + v, 0);
    const deepest = n === 0 ? 0 : n === hole.length ? Infinity : distances(hole, width, height, 0).reduce((a, b) => Math.max(a, b));
    count.textContent = `hole ratio ${((100 * n) / hole.length).toFixed(1)} %, hole radius ${deepest === Infinity ? "∞" : deepest} px`;
    says.textContent = "";
    for (const [name, node] of Object.entries(tools)) node.setAttribute("aria-pressed", name === tool);
    undo.disabled = !before.length;
    redo.disabled = !after.length;
    random.disabled = !model.get("has_kernel");
    size.value = radius();
    later();
  }
  async function onPhoto() {
    [width, height] = [model.get("width"), model.get("height")];
    for (const node of [canvas, filled]) { [node.width, node.height] = [width, height]; node.style.width = `${width * model.get("zoom")}px`; }
    [before, after, cursor] = [[], [], null];
    hole = unpack(model.get("hole"), width * height);
    photo = await picture(model.get("photo"));
    show();
  }
  const onHole = () => { if (model.get("hole") !== sent) { hole = unpack(model.get("hole"), width * height); show(); } };
  const onResult = async () => { const bytes = model.get("result"); result = bytes?.byteLength ? await picture(bytes) : null; later(); };
  const heard = { "change:photo": onPhoto, "change:hole": onHole, "change:brush": show, "change:result": onResult };
  Object.entries(heard).forEach(([event, act]) => model.on(event, act));
  onPhoto();
  onResult();
  return () => Object.entries(heard).forEach(([event, act]) => model.off(event, act));
}

export default { render };
