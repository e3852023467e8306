// The line of text under the photo: hole ratio and hole radius.

import { radiusSteps } from "./distances.js";

const AT_ONCE = 8e5; // pixels that are looked at before the page gets its turn again
const PAUSE = 100; // ms without a change before a large hole is looked at

// Keeps the text of `node`. show(hole): the ratio at once, and so the radius of a small hole; that of a large one a
// moment later. stop(): no more is shown until the next show().
export function makeCount(node) {
  let latest = 0;
  const write = (hole, radius) => {
    const ratio = ((100 * hole.count) / hole.bits.length).toFixed(1);
    node.textContent = `hole ratio ${ratio} %, hole radius ${radius === Infinity ? "∞" : radius} px`;
  };
  const show = (hole) => {
    const mine = ++latest;
    const steps = radiusSteps(hole);
    // Look at some pixels; true if that was all.
    const slice = () => {
      for (let looked = 0; looked < AT_ONCE; ) {
        const { done, value } = steps.next();
        if (done) write(hole, value);
        if (done) return true;
        looked += value;
      }
      return false;
    };
    const later = (delay) => setTimeout(() => mine === latest && !slice() && later(0), delay);
    if (slice()) return;
    write(hole, "…");
    later(PAUSE);
  };
  const stop = () => {
    latest++;
  };
  return { show, stop };
}
