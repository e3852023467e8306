// The line of text under the photo: hole ratio and hole radius.

import { radiusSteps } from "./distances.js";

const AT_ONCE = 8e5; // pixels that are processed before the page can respond again
const PAUSE = 100; // ms without a change before the radius of a large hole is computed

// Return { show(hole), stop() }, which set the text of `node`. show() writes the ratio at once. It also writes the
// radius of a small hole at once, and that of a large hole a moment later. After stop(), nothing is written until the
// next show().
export function makeCount(node) {
  let latest = 0;
  const write = (hole, radius) => {
    const ratio = ((100 * hole.count) / hole.bits.length).toFixed(1);
    node.textContent = `hole ratio ${ratio} %, hole radius ${radius === Infinity ? "∞" : radius} px`;
  };
  const show = (hole) => {
    const mine = ++latest;
    const steps = radiusSteps(hole);
    // Process some pixels; return true if these were the last ones.
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
