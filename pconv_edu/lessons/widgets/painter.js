// The mask painter: paint a hole over a photo, by mouse, pen, finger or keyboard.
// State (traits of the model): photo (bytes of a PNG or JPEG file), hole (bits packed as by numpy.packbits, 1 = hole),
// width, height, save_width and save_height (the size of saved masks, or 0), zoom, brush, result (a filled picture
// as a file, or empty), has_kernel.
// The painting is done here, so it also works without a kernel. Each stroke is sent to Python as one message.

import { unpack } from "./bits.js";
import { makeCount } from "./count.js";
import { distances } from "./distances.js";
import { Hole } from "./hole.js";
import { makeFiles } from "./files.js";
import { offerFile, picture } from "./page.js";
import { ALONE, listenToKeys, makeBar, makePage, OUTDATED } from "./painter_controls.js";
import { followPointer } from "./pointers.js";
import { Screen } from "./screen.js";

function render({ model, el }) {
  let hole;
  let [photo, result, sent] = [null, null, null];
  let drawing = null; // the current stroke: { start, last, value, line }
  let [tool, penDown, cursor, compare] = ["brush", false, null, false];
  const brush = () => model.get("brush");
  const biggest = () => Math.max(48, Math.round(Math.max(hole.width, hole.height) / 16));

  const act = {
    choose: (name) => {
      tool = name;
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
    showBefore: (on) => {
      compare = on;
      showFilled();
    },
  };
  const page = makePage(el, model.get("has_kernel"));
  const { canvas, filled, saved } = page;
  const bar = makeBar(page.bar, act, () => canvas.focus({ preventScroll: true }));
  const screen = new Screen(canvas, page.ring);
  const count = makeCount(page.count);
  listenToKeys(canvas, act, bar, brush);
  for (const [name, on] of Object.entries({ pointerdown: true, pointerup: false, pointerleave: false })) {
    filled.addEventListener(name, () => act.showBefore(on));
  }

  const files = makeFiles(
    model,
    () => hole,
    (bits) => change(() => hole.setAll((_, k) => bits[k])),
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
      count.stop(); // until the stroke is finished
      canvas.focus({ preventScroll: true });
      hover(at(event));
      drawing = { start: cursor, last: cursor, value: valueFor(event), line: tool === "line" };
      draw(cursor, cursor, drawing.value);
    },
    move: (event) => {
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
    up: finish,
    takeBack,
    hover: (event) => hover(at(event)),
    leave: () => hover(null),
  });
  function middle() {
    cursor ??= { x: hole.width >> 1, y: hole.height >> 1 };
    return cursor;
  }
  function move(dx, dy) {
    const from = middle();
    const inside = (value, end) => Math.min(end - 1, Math.max(0, value));
    hover({ x: inside(from.x + dx, hole.width), y: inside(from.y + dy, hole.height) });
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
  }
  // Without a kernel, the fill still belongs to the stored hole after the hole has changed.
  function isOutdated() {
    return result && !model.get("has_kernel") && hole.history.past.length > 0;
  }
  function showFilled() {
    filled.parentNode.style.display = result && !isOutdated() ? "" : "none";
    const shown = compare ? photo : result;
    if (result && shown) filled.getContext("2d").drawImage(shown, 0, 0, filled.width, filled.height);
  }
  function showControls() {
    const [canUndo, canRedo] = [hole.history.past.length > 0, hole.history.future.length > 0];
    bar.show({ tool, canUndo, canRedo, hasKernel: model.get("has_kernel"), brush: brush(), biggest: biggest() });
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
    for (const node of [canvas, filled]) {
      Object.assign(node, { width, height });
      node.style.width = `min(${width * model.get("zoom")}px, ${(80 * width) / height}vh)`;
    }
    hole = new Hole(width, height, model.get("hole"));
    [drawing, cursor, photo] = [null, null, null];
    screen.setPhoto(null);
    saved.replaceChildren();
    if (brush() > biggest()) act.setBrush(biggest());
    show();
    const bitmap = await picture(bytes);
    if (bytes !== model.get("photo")) return; // another photo has arrived by now
    photo = bitmap;
    screen.setPhoto(photo);
    hole.unshown.addAll();
    showFilled();
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
    show();
  }
  async function onResult() {
    const bytes = model.get("result");
    const bitmap = bytes?.byteLength ? await picture(bytes) : null;
    if (bytes !== model.get("result")) return;
    result = bitmap;
    showFilled();
  }
  function onMessage(content, buffers) {
    if (content.save) offerFile(saved, new Blob([buffers[0]], { type: "image/png" }), content.save, content.detail);
  }
  const heard = {
    "change:photo": onPhoto,
    "change:hole": onHole,
    "change:brush": showControls,
    "change:result": onResult,
    "msg:custom": onMessage,
  };
  for (const [event, hear] of Object.entries(heard)) model.on(event, hear);
  onPhoto();
  onResult();
  return () => {
    count.stop();
    screen.stop();
    stopFollowing();
    for (const [event, hear] of Object.entries(heard)) model.off(event, hear);
  };
}

export default { render };
