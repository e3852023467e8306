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

  // Zoom around the brush or, without one, around the hole, as much of which stays in sight as there is room for.
  const step = (way, cursor) =>
    act(() => {
      const hole = current();
      const part = view.pixels(hole.width, hole.height);
      const box = holeBox(hole);
      const around = cursor ?? nearestToMiddle(hole, part);
      view.zoom(way, around ? share(around) : middle(), hole.width);
      if (!cursor && box && contains(part, box)) view.include(box, hole.width, hole.height);
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

// Return the rectangle around the hole, or null if there is no hole.
function holeBox({ bits, width, height, count }) {
  if (!count) return null;
  const box = { left: width, right: 0, top: height, bottom: 0 };
  for (let y = 0; y < height; y++) {
    const row = bits.subarray(y * width, (y + 1) * width);
    const first = row.indexOf(1);
    if (first < 0) continue;
    box.left = Math.min(box.left, first);
    box.right = Math.max(box.right, row.lastIndexOf(1) + 1);
    box.top = Math.min(box.top, y);
    box.bottom = y + 1;
  }
  return box;
}

function contains(part, box) {
  return part.left <= box.left && part.top <= box.top && part.right >= box.right && part.bottom >= box.bottom;
}

// Return the pixel { x, y } of the hole that is nearest to the middle of a part of the photo, or null if none is in it.
function nearestToMiddle({ bits, width }, { left, top, right, bottom }) {
  const [middleX, middleY] = [(left + right - 1) / 2, (top + bottom - 1) / 2];
  let [best, found] = [Infinity, null];
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      if (!bits[y * width + x]) continue;
      const apart = (x - middleX) ** 2 + (y - middleY) ** 2;
      if (apart < best) [best, found] = [apart, { x, y }];
    }
  }
  return found;
}
