// One pointer paints at a time. A second finger pinches, or is ignored; a palm gives way to the pen.

const PALM = 1000; // ms after a pen was seen in which touches count as those of the hand that holds it
const BUTTONS = [0, 2, 5]; // left or touch, right, a pen's eraser

// Calls, with the event: `down`, `move` and `up` for the pointer that paints, `takeBack` when what it has painted was
// not meant, `hover` for a pointer that is up, `leave` when it goes. Returns a function that stops listening.
export function followPointer(canvas, { down, move, up, takeBack, hover, leave }) {
  let painting = null; // { id, type } of the pointer that paints
  let penSeen = -Infinity;
  const others = new Set(); // pointers that are down beside it
  const isPainting = (event) => event.pointerId === painting?.id;
  const end = (event, how) => {
    others.delete(event.pointerId);
    if (!isPainting(event)) return;
    painting = null;
    how(event);
  };
  const begin = (event) => {
    painting = { id: event.pointerId, type: event.pointerType };
    try {
      canvas.setPointerCapture(event.pointerId);
    } catch {
      // the pointer is up already
    }
    down(event);
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (!BUTTONS.includes(event.button)) return;
    if (event.pointerType === "pen") penSeen = event.timeStamp;
    else if (event.pointerType === "touch" && event.timeStamp - penSeen < PALM) return;
    if (!painting) return begin(event);
    if (event.pointerType === "pen" && painting.type === "touch") {
      others.add(painting.id);
      takeBack(event);
      return begin(event);
    }
    others.add(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerType === "pen") penSeen = event.timeStamp;
    if (isPainting(event)) move(event);
    else if (!painting && event.pointerType !== "touch") hover(event);
  });
  canvas.addEventListener("pointerup", (event) => end(event, up));
  canvas.addEventListener("pointercancel", (event) => end(event, others.size ? takeBack : up));
  canvas.addEventListener("lostpointercapture", (event) => end(event, up));
  canvas.addEventListener("pointerleave", () => painting || leave());
  canvas.addEventListener("contextmenu", (event) => event.preventDefault());

  // Two fingers that zoom or move the page are a pinch: the first one did not mean to paint.
  const pinch = () => {
    if (!painting || !others.size) return;
    painting = null;
    takeBack();
  };
  const stop = new AbortController();
  for (const change of ["resize", "scroll"]) {
    window.visualViewport?.addEventListener(change, pinch, { signal: stop.signal });
  }
  return () => stop.abort();
}
