// Pixels that are 0 or 1: pack them for messages, and draw them as discs along lines.

// Unpack bits as numpy.packbits packs them: the first pixel is the highest bit of the first byte.
export function unpack(view, count) {
  const bits = new Uint8Array(count);
  const known = view ? Math.min(count, 8 * view.byteLength) : 0;
  for (let i = 0; i < known; i++) bits[i] = (view.getUint8(i >> 3) >> (7 - (i & 7))) & 1;
  return bits;
}

export function pack(bits) {
  const bytes = new Uint8Array((bits.length + 7) >> 3);
  for (let i = 0; i < bits.length; i++) if (bits[i]) bytes[i >> 3] |= 128 >> (i & 7);
  return new DataView(bytes.buffer);
}

// Draw the disc dx² + dy² <= r². All numbers are integers, so Python can draw the same disc. `mark(row, from, to)` is
// called for each row of the disc that is inside the picture.
export function disc(bits, width, height, x, y, r, value, mark) {
  for (let row = Math.max(0, y - r); row <= Math.min(height - 1, y + r); row++) {
    const reach = Math.floor(Math.sqrt(r * r - (row - y) * (row - y)));
    const from = Math.max(0, x - reach);
    const to = Math.min(width, x + reach + 1);
    if (from >= to) continue;
    bits.fill(value, row * width + from, row * width + to);
    mark?.(row, from, to);
  }
}

// Draw discs along a straight line, one for each pixel of its longer side.
export function stroke(bits, width, height, from, to, r, value, mark) {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const steps = Math.max(Math.abs(dx), Math.abs(dy), 1);
  for (let k = 0; k <= steps; k++) {
    const x = Math.round(from.x + (dx * k) / steps);
    const y = Math.round(from.y + (dy * k) / steps);
    disc(bits, width, height, x, y, r, value, mark);
  }
}

// Flip runs of packed bits. `runs` is [from, to, from, to, …).
export function flip(packed, runs) {
  for (let n = 0; n < runs.length; n += 2) {
    let k = runs[n];
    for (const end = runs[n + 1]; k < end; ) {
      if ((k & 7) === 0 && end - k >= 8) {
        packed[k >> 3] ^= 255;
        k += 8;
      } else {
        packed[k >> 3] ^= 128 >> (k & 7);
        k++;
      }
    }
  }
}
