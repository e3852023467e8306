// Pointers on the painter's canvas. One pointer paints at a time. A second finger is ignored until it moves: then the two
// fingers zoom and move the photo. A pen takes over from a palm that touches the screen.

const PALM = 1000; // ms: a touch this soon after a pen is taken for the hand that holds it
const BUTTONS = [0, 1, 2, 5]; // left button or touch, middle button, right button, a pen's eraser
const REST = 10; // px on the screen: a second finger that moves less is resting

// Call these functions with the event: `down`, `move` and `up` for the pointer that paints, `takeBack` when its stroke
// was unintended, `hover` for a pointer that is not pressed, and `leave` when it leaves the canvas. `pinch` is called with
// { from, to, factor }: the point between two fingers on the screen before and after a movement, and by how much their
// distance has grown. Returns a function that stops listening.
export function followPointer(canvas, { down, move, up, takeBack, hover, leave, pinch }) {
  let painting = null; // { id, type } of the pointer that paints
  let penSeen = -Infinity;
  const others = new Set(); // other pointers that are pressed
  const fingers = new Map(); // fingers that are pressed: where each one is, and where it began
  let pinching = false; // until every finger is lifted
  const isPainting = (event) => event.pointerId === painting?.id;
  const end = (event, how) => {
    others.delete(event.pointerId);
    fingers.delete(event.pointerId);
    pinching &&= fingers.size > 0;
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

  const place = (event) => ({ x: event.clientX, y: event.clientY });
  // Follow a finger that moves; return whether two fingers zoom the photo.
  const twoFingers = (event) => {
    const before = [...fingers.values()];
    const moved = { ...place(event), began: fingers.get(event.pointerId).began };
    fingers.set(event.pointerId, moved);
    if (fingers.size !== 2) return pinching;
    const rests = isPainting(event) || apart(moved, moved.began) < REST;
    if (!pinching && (painting?.type !== "touch" || rests)) return false;
    if (!pinching) stopPainting();
    pinching = true;
    const after = [...fingers.values()];
    const factor = apart(...after) / Math.max(1, apart(...before));
    pinch({ from: between(...before), to: between(...after), factor });
    return true;
  };
  const stopPainting = () => {
    painting = null;
    takeBack();
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (!BUTTONS.includes(event.button)) return;
    if (event.pointerType === "pen") penSeen = event.timeStamp;
    else if (event.pointerType === "touch" && event.timeStamp - penSeen < PALM) return;
    if (event.pointerType === "touch") fingers.set(event.pointerId, { ...place(event), began: place(event) });
    if (pinching) return;
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
    if (fingers.has(event.pointerId) && twoFingers(event)) return;
    if (isPainting(event)) move(event);
    else if (!painting && event.pointerType !== "touch") hover(event);
  });
  canvas.addEventListener("pointerup", (event) => end(event, up));
  canvas.addEventListener("pointercancel", (event) => end(event, others.size ? takeBack : up));
  canvas.addEventListener("lostpointercapture", (event) => end(event, up));
  canvas.addEventListener("pointerleave", () => painting || leave());
  canvas.addEventListener("contextmenu", (event) => event.preventDefault());

  // If two fingers zoom or move the page (one of them is outside), the stroke of the first one was unintended.
  const pageMoves = () => painting && others.size && stopPainting();
  const stop = new AbortController();
  for (const change of ["resize", "scroll"]) {
    window.visualViewport?.addEventListener(change, pageMoves, { signal: stop.signal });
  }
  return () => stop.abort();
}

function apart(a, b) {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

function between(a, b) {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}
