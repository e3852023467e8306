// Zooming and moving the photo, by buttons, keys, wheel, mouse and fingers. The hole is not touched.

// `changed` is called after each change of the view. `current()` returns the hole. Returns { step(way, cursor), whole(),
// reveal(cursor, radius), keepHole(), pinch(fingers), grab(event, tool), drag(event), release(), listen(figures) }.
export function makeZoom(view, current, changed) {
  let held = null; // where the pointer that moves the photo was
  const share = ({ x, y }) => ({ x: (x + 0.5) / current().width, y: (y + 0.5) / current().height });
  const middle = () => ({ x: view.left + 0.5 / view.scale, y: view.top + 0.5 / view.scale });
  const boxOf = (sheet) => sheet.getBoundingClientRect();
  const under = (point, sheet) => {
    const box = boxOf(sheet);
    return { x: (point.x - box.left) / box.width, y: (point.y - box.top) / box.height };
  };
  const act = (how) => {
    how();
    changed();
  };
  const moveBy = (from, to) => {
    const box = boxOf(view.sheets[0]);
    act(() => view.move({ x: (from.x - to.x) / box.width, y: (from.y - to.y) / box.height }));
  };
  const place = (event) => ({ x: event.clientX, y: event.clientY });

  // Zoom around the brush or, from the whole photo, to the middle of the hole.
  const step = (way, cursor) =>
    act(() => {
      const first = view.scale === 1 && !cursor ? holeBox(current()) : null;
      view.zoom(way, cursor ? share(cursor) : middle(), current().width);
      if (first) view.centre({ x: (first.left + first.right) / 2, y: (first.top + first.bottom) / 2 });
    });
  // Show the whole photo if a hole has arrived outside the part that is shown.
  const keepHole = () => {
    const { width, height, bits, count } = current();
    if (view.scale === 1 || !count) return;
    const { left, top, right, bottom } = view.pixels(width, height);
    for (let y = top; y < bottom; y++) if (bits.subarray(y * width + left, y * width + right).includes(1)) return;
    act(() => view.whole());
  };
  const wheel = (event) => {
    if (!event.ctrlKey) return; // the wheel alone scrolls the page; two fingers on a touchpad arrive with ctrlKey
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : 1;
    const factor = Math.exp(Math.min(0.7, Math.max(-0.7, -0.01 * lines * event.deltaY)));
    const sheet = event.currentTarget.querySelector(".sheet");
    act(() => view.zoom(factor, under(place(event), sheet), current().width));
  };

  return {
    step,
    keepHole,
    whole: () => act(() => view.whole()),
    reveal: (cursor, radius) => {
      const { width, height } = current();
      act(() => view.reveal(share(cursor), { x: (radius + 1) / width, y: (radius + 1) / height }));
    },
    pinch: ({ from, to, factor }) => {
      act(() => view.zoom(factor, under(from, view.sheets[0]), current().width));
      moveBy(from, to);
    },
    // Begin to move the photo; return whether this pointer moves it instead of painting.
    grab: (event, tool) => {
      if (event.button === 1 || tool === "move") held = place(event);
      return held !== null;
    },
    drag: (event) => {
      if (!held) return false;
      moveBy(held, place(event));
      held = place(event);
      return true;
    },
    release: () => {
      held = null;
    },
    listen: (figures) => {
      const noScroll = (event) => event.button === 1 && event.preventDefault(); // the browser's own way to scroll
      for (const figure of figures) {
        figure.addEventListener("wheel", wheel, { passive: false });
        figure.addEventListener("mousedown", noScroll);
      }
    },
  };
}

// Return the rectangle around the hole in shares of the photo, or null if there is no hole.
function holeBox({ bits, width, height, count }) {
  if (!count) return null;
  const box = { left: width, right: 0, top: height, bottom: 0 };
  for (let y = 0; y < height; y++) {
    const row = bits.subarray(y * width, (y + 1) * width);
    const [first, last] = [row.indexOf(1), row.lastIndexOf(1)];
    if (first < 0) continue;
    box.left = Math.min(box.left, first);
    box.right = Math.max(box.right, last + 1);
    box.top = Math.min(box.top, y);
    box.bottom = y + 1;
  }
  return { left: box.left / width, right: box.right / width, top: box.top / height, bottom: box.bottom / height };
}
