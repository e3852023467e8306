// Pointers on the painter's canvas. One pointer paints at a time. A second finger is ignored unless the two pinch, and
// a pen takes over from a palm that touches the screen.

const PALM = 1000; // ms: a touch this soon after a pen is taken for the hand that holds it
const BUTTONS = [0, 2, 5]; // left button or touch, right button, a pen's eraser

// Call these functions with the event: `down`, `move` and `up` for the pointer that paints, `takeBack` when its stroke
// was unintended, `hover` for a pointer that is not pressed, and `leave` when it leaves the canvas. Returns a function
// that stops listening.
export function followPointer(canvas, { down, move, up, takeBack, hover, leave }) {
  let painting = null; // { id, type } of the pointer that paints
  let penSeen = -Infinity;
  const others = new Set(); // other pointers that are pressed
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
      // the pointer was released in the meantime
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

  // Two fingers that zoom or move the page are a pinch, so the stroke of the first one was unintended.
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
