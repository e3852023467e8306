// The mask painter: paint a hole over a photo, by mouse, pen, finger or keyboard.
// State (traits of the model): photo (bytes of a PNG or JPEG file), hole (bits packed as by numpy.packbits, 1 = hole),
// width, height, save_width and save_height (the size of saved masks, or 0), zoom, brush, result (a filled picture
// as a file, or empty), known (whether the photo under the hole is the truth), has_kernel.
// The painting is done here, so it also works without a kernel. Each stroke is sent to Python as one message.

import { unpack } from "./bits.js";
import { makeCount } from "./count.js";
import { distances } from "./distances.js";
import { makeFiles } from "./files.js";
import { makeFill } from "./fill.js";
import { Hole } from "./hole.js";
import { isModified, offerFile, picture } from "./page.js";
import { ALONE, listenToKeys, makeBar, makePage, OUTDATED } from "./painter_controls.js";
import { followPointer } from "./pointers.js";
import { makeRing } from "./ring.js";
import { Screen } from "./screen.js";
import { View } from "./view.js";
import { makeViewBar } from "./view_bar.js";
import { makeZoom } from "./zoom.js";

function render({ model, el }) {
  let hole;
  let [result, sent] = [null, null];
  let drawing = null; // the current stroke: { start, last, value, line }
  let [tool, penDown, cursor] = ["brush", false, null];
  const brush = () => model.get("brush");
  const biggest = () => Math.max(48, Math.round(Math.max(hole.width, hole.height) / 16));

  const act = {
    choose: (name) => {
      tool = name === "move" && (tool === "move" || view.scale === 1) ? "brush" : name;
      showControls();
    },
    setBrush: (pixels) => {
      model.set("brush", Math.min(biggest(), Math.max(1, pixels)));
      model.save_changes();
    },
    back: () => step("back"),
    again: () => step("again"),
    clear: () => change(() => hole.setAll(() => 0)),
    invert: () => change(() => hole.setAll((bit) => 1 - bit)),
    grow,
    random,
    save: () => {
      finish();
      files.save();
    },
    load: (file) => files.load(file),
    dot: () => change(() => draw(middle(), middle(), valueFor())),
    togglePen: () => {
      penDown = !penDown;
      if (penDown) act.dot();
    },
    move,
    showBefore: (all) => compare({ all }),
    compareWith: (before) => compare({ before }),
    zoom: (way) => zoom.step(way, cursor),
    whole: () => zoom.whole(),
  };
  const page = makePage(el, model.get("has_kernel"));
  const { canvas, saved } = page;
  const focusPhoto = () => canvas.focus({ preventScroll: true });
  const bar = makeBar(page.bar, act, focusPhoto);
  const showViewBar = makeViewBar(page.below, act, focusPhoto);
  const fill = makeFill(page.fill, canvas, () => view);
  const view = new View([page.sheet, fill.sheet]);
  const zoom = makeZoom(
    view,
    () => hole,
    () => {
      fill.draw();
      showControls();
    },
  );
  const screen = new Screen(canvas, makeRing(page.sheet));
  const count = makeCount(page.count);
  listenToKeys(canvas, act, bar, brush);
  for (const [kind, on] of Object.entries({ keydown: true, keyup: false })) {
    fill.divider.addEventListener(kind, (event) => event.key === "b" && !isModified(event) && act.showBefore(on));
  }
  canvas.addEventListener("focus", () => canvas.matches(":focus-visible") && hover(middle()));

  const files = makeFiles(
    model,
    () => hole,
    (bits) => {
      change(() => hole.setAll((_, k) => bits[k]));
      zoom.keepHole();
    },
    saved,
    showMessage,
  );

  // ---- painting
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return {
      x: Math.floor(((event.clientX - box.left) * hole.width) / box.width),
      y: Math.floor(((event.clientY - box.top) * hole.height) / box.height),
    };
  };
  const draw = (from, to, value) => hole.draw(from, to, brush(), value);
  const valueFor = (event) => (tool === "erase" || event?.shiftKey || event?.button > 0 ? 0 : 1);
  const hover = (place) => {
    cursor = place;
    later();
  };
  const stopFollowing = followPointer(canvas, {
    down: (event) => {
      finish();
      if (zoom.grab(event, tool)) return hover(null);
      count.stop(); // until the stroke is finished
      canvas.focus({ preventScroll: true });
      hover(at(event));
      drawing = { start: cursor, last: cursor, value: valueFor(event), line: tool === "line" };
      draw(cursor, cursor, drawing.value);
    },
    move: (event) => {
      if (zoom.drag(event)) return;
      hover(at(event));
      if (!drawing) return;
      if (drawing.line) {
        hole.dropDrawn();
        draw(drawing.start, cursor, drawing.value);
        return;
      }
      const between = event.getCoalescedEvents?.() ?? [];
      for (const to of between.length ? between.map(at) : [cursor]) {
        draw(drawing.last, to, drawing.value);
        drawing.last = to;
      }
    },
    up: () => {
      zoom.release();
      finish();
    },
    takeBack,
    hover: (event) => hover(tool === "move" ? null : at(event)),
    leave: () => hover(null),
    pinch: (fingers) => {
      hover(null);
      zoom.pinch(fingers);
    },
  });
  function middle() {
    cursor ??= { x: hole.width >> 1, y: hole.height >> 1 };
    return cursor;
  }
  function move(dx, dy) {
    const from = middle();
    const inside = (value, end) => Math.min(end - 1, Math.max(0, value));
    hover({ x: inside(from.x + dx, hole.width), y: inside(from.y + dy, hole.height) });
    zoom.reveal(cursor, brush());
    if (penDown) change(() => draw(from, cursor, valueFor()));
  }

  // ---- changing the hole
  // Finish the current stroke.
  function finish() {
    if (!drawing) return;
    drawing = null;
    commit();
  }
  // Undo an unintended stroke. It is not sent to Python, but Redo restores it.
  function takeBack() {
    drawing = null;
    hole.reject();
    show();
  }
  function change(how) {
    finish();
    how();
    commit();
  }
  function commit() {
    if (hole.commit()) send();
    show();
  }
  function step(way) {
    finish();
    if (!hole.step(way)) return;
    send();
    show();
  }
  function send() {
    sent = hole.view();
    model.set("hole", sent);
    model.save_changes(); // one message per stroke
  }
  function grow(by) {
    finish();
    const n = Math.abs(by);
    if (!(Number.isInteger(n) && n >= 1)) return showMessage("Grow and shrink by a whole number of pixels, 1 or more.");
    const reach = distances(hole.bits, hole.width, hole.height, by > 0 ? 1 : 0);
    change(() => hole.setAll(by > 0 ? (_, k) => (reach[k] <= n ? 1 : 0) : (bit, k) => (reach[k] > n ? bit : 0)));
  }
  function random(percent) {
    if (!model.get("has_kernel")) return showMessage(ALONE);
    if (!(percent >= 1 && percent <= 90)) return showMessage("Choose a hole ratio from 1 to 90 %.");
    model.send({ random: percent / 100 });
  }

  // ---- showing
  function showMessage(text) {
    page.says.textContent = text;
  }
  let queued = false;
  function later() {
    if (!queued) requestAnimationFrame(paint);
    queued = true;
  }
  function paint() {
    queued = false;
    screen.paint(hole, cursor, brush());
    fill.draw(); // what is left of its line may have changed
  }
  // Without a kernel, the fill still belongs to the stored hole after the hole has changed.
  function isOutdated() {
    return result && !model.get("has_kernel") && hole.history.past.length > 0;
  }
  function showFilled() {
    page.fill.style.display = result && !isOutdated() ? "" : "none";
    fill.set({ result });
  }
  function compare(values) {
    fill.set(values);
    showControls();
  }
  function onKnown() {
    compare({ before: model.get("known") ? "hole" : "photo" });
  }
  function showControls() {
    if (tool === "move" && view.scale === 1) tool = "brush";
    const [canUndo, canRedo] = [hole.history.past.length > 0, hole.history.future.length > 0];
    bar.show({ tool, canUndo, canRedo, hasKernel: model.get("has_kernel"), brush: brush(), biggest: biggest() });
    const compares = result && !isOutdated();
    const { scale } = view;
    showViewBar({ ...fill.now, scale, most: view.most(hole.width), tool, compares, known: model.get("known") });
    canvas.classList.toggle("moves", tool === "move");
    later();
  }
  function show() {
    showMessage(isOutdated() ? OUTDATED : "");
    showFilled();
    showControls();
    count.show(hole);
  }

  // ---- changes from Python
  async function onPhoto() {
    const [width, height, bytes] = ["width", "height", "photo"].map((name) => model.get(name));
    for (const node of [canvas, fill.canvas]) {
      Object.assign(node, { width, height });
      const { style } = node.closest(".frame");
      style.width = `min(${width * model.get("zoom")}px, ${(80 * width) / height}vh)`;
      style.aspectRatio = `${width} / ${height}`;
    }
    hole = new Hole(width, height, model.get("hole"));
    [drawing, cursor] = [null, null];
    view.whole();
    fill.set({ photo: null });
    screen.setPhoto(null);
    saved.replaceChildren();
    if (brush() > biggest()) act.setBrush(biggest());
    show();
    const bitmap = await picture(bytes);
    if (bytes !== model.get("photo")) return; // another photo has arrived by now
    screen.setPhoto(bitmap);
    hole.unshown.addAll();
    fill.set({ photo: bitmap });
    later();
  }
  function onHole() {
    const view = model.get("hole");
    const resized = model.get("width") !== hole.width || model.get("height") !== hole.height;
    if (view === sent || resized) return; // a new size arrives together with a new photo
    if (hole.packed.every((byte, i) => byte === view.getUint8(i))) return;
    drawing = null;
    hole.dropDrawn();
    const bits = unpack(view, hole.bits.length);
    hole.setAll((_, k) => bits[k]);
    hole.commit();
    zoom.keepHole();
    show();
  }
  async function onResult() {
    const bytes = model.get("result");
    const bitmap = bytes?.byteLength ? await picture(bytes) : null;
    if (bytes !== model.get("result")) return;
    result = bitmap;
    showFilled();
    showControls();
  }
  function onMessage(content, buffers) {
    if (content.save) offerFile(saved, new Blob([buffers[0]], { type: "image/png" }), content.save, content.detail);
  }
  const heard = {
    "change:photo": onPhoto,
    "change:hole": onHole,
    "change:brush": showControls,
    "change:result": onResult,
    "change:known": onKnown,
    "msg:custom": onMessage,
  };
  for (const [event, hear] of Object.entries(heard)) model.on(event, hear);
  zoom.listen([page.photo, page.fill]);
  onPhoto();
  onKnown();
  onResult();
  return () => {
    count.stop();
    screen.stop();
    stopFollowing();
    for (const [event, hear] of Object.entries(heard)) model.off(event, hear);
  };
}

export default { render };
