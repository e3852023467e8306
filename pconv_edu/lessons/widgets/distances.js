// Distances between pixels, for growing and shrinking a hole and for the hole radius.

const FAR = 65535; // stands for "no pixel is the target"; pictures have fewer rows and columns

// Compute the chessboard distance of each pixel to the nearest pixel equal to `target`, by a sweep down and a sweep up.
// The generator yields the number of pixels processed after every row, so that a large picture can be processed in
// parts.
function* sweeps(bits, width, height, target) {
  const d = new Uint16Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0, k = y * width; x < width; x++, k++) {
      if (bits[k] === target) continue;
      let least = x ? d[k - 1] : FAR;
      if (y) {
        least = Math.min(least, d[k - width]);
        if (x) least = Math.min(least, d[k - width - 1]);
        if (x < width - 1) least = Math.min(least, d[k - width + 1]);
      }
      d[k] = Math.min(FAR - 1, least) + 1;
    }
    yield width;
  }
  let greatest = 0;
  for (let y = height - 1; y >= 0; y--) {
    for (let x = width - 1, k = y * width + x; x >= 0; x--, k--) {
      if (d[k] === 0) continue;
      let least = x < width - 1 ? d[k + 1] : FAR;
      if (y < height - 1) {
        least = Math.min(least, d[k + width]);
        if (x < width - 1) least = Math.min(least, d[k + width + 1]);
        if (x) least = Math.min(least, d[k + width - 1]);
      }
      d[k] = Math.min(d[k], Math.min(FAR - 1, least) + 1);
      greatest = Math.max(greatest, d[k]);
    }
    yield width;
  }
  return { distances: d, greatest };
}

function finished(steps) {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

// Return all distances as a Uint16Array. They are 65535 if no pixel equals `target`.
export function distances(bits, width, height, target) {
  return finished(sweeps(bits, width, height, target)).distances;
}

// Compute the hole radius, as `hole_radius` in Python does, within the smallest rectangle around the hole. The
// generator yields the number of pixels processed, row by row, and returns the radius.
export function* radiusSteps(hole) {
  const { bits, width, height, count } = hole;
  if (count === 0) return 0;
  if (count === bits.length) return Infinity;
  const [top, bottom] = [bits.indexOf(1), bits.lastIndexOf(1)].map((k) => Math.floor(k / width));
  let [left, right] = [width, 0];
  for (let y = top; y <= bottom; y++) {
    const row = bits.subarray(y * width, (y + 1) * width);
    const first = row.indexOf(1);
    if (first < 0) continue;
    left = Math.min(left, first);
    right = Math.max(right, row.lastIndexOf(1));
  }
  const [x0, y0] = [Math.max(0, left - 1), Math.max(0, top - 1)]; // include the valid pixels around the hole
  const [x1, y1] = [Math.min(width, right + 2), Math.min(height, bottom + 2)];
  yield (x1 - x0) * (y1 - y0); // before allocating, which is slow for a large part
  const part = new Uint8Array((x1 - x0) * (y1 - y0));
  for (let y = y0; y < y1; y++) part.set(bits.subarray(y * width + x0, y * width + x1), (y - y0) * (x1 - x0));
  return (yield* sweeps(part, x1 - x0, y1 - y0, 0)).greatest;
}
