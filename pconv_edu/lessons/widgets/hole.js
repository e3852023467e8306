// The hole of the painter: its pixels, what changed in it, and the way back.

import { flip, pack, stroke, unpack } from "./bits.js";

// For each row the columns that were touched: from `first` up to, not including, `end`.
export class Touched {
  constructor(width, height) {
    Object.assign(this, { width, height, first: new Int32Array(height), end: new Int32Array(height) });
    this.clear();
  }
  clear() {
    this.first.fill(this.width);
    this.end.fill(0);
  }
  add(row, from, to) {
    if (from < this.first[row]) this.first[row] = from;
    if (to > this.end[row]) this.end[row] = to;
  }
  addAll() {
    this.first.fill(0);
    this.end.fill(this.width);
  }
}

// `bits` is what is shown, a byte a pixel; `packed` is the hole after the last whole change. Between them is what is
// being drawn. A change is a list of runs of pixels [from, to, from, to, …) that flip, so it is its own undoing.
export class Hole {
  constructor(width, height, view) {
    Object.assign(this, { width, height, bits: unpack(view, width * height) });
    this.packed = new Uint8Array(pack(this.bits).buffer);
    this.count = this.bits.reduce((sum, bit) => sum + bit, 0);
    this.undecided = new Touched(width, height); // since the last whole change
    this.unshown = new Touched(width, height); // since it was last put on the screen
    this.unshown.addAll();
    this.mark = (row, from, to) => {
      this.undecided.add(row, from, to);
      this.unshown.add(row, from, to);
    };
  }

  draw(from, to, r, value) {
    stroke(this.bits, this.width, this.height, from, to, r, value, this.mark);
  }

  // Set every pixel: `value(old, k)` is its new value.
  setAll(value) {
    for (let k = 0; k < this.bits.length; k++) this.bits[k] = value(this.bits[k], k);
    this.undecided.addAll();
    this.unshown.addAll();
  }

  // Forget what was drawn since the last whole change.
  dropDrawn() {
    for (let y = 0; y < this.height; y++) {
      const [from, to] = [this.undecided.first[y], this.undecided.end[y]];
      for (let k = y * this.width + from; k < y * this.width + to; k++) this.bits[k] = this.#before(k);
      if (from < to) this.unshown.add(y, from, to);
    }
    this.undecided.clear();
  }

  // Make what was drawn a whole change; return its runs.
  takeDrawn() {
    const runs = [];
    for (let y = 0; y < this.height; y++) {
      const end = y * this.width + this.undecided.end[y];
      for (let k = y * this.width + this.undecided.first[y]; k < end; k++) {
        if (this.bits[k] === this.#before(k)) continue;
        if (runs.length && runs[runs.length - 1] === k) runs[runs.length - 1]++;
        else runs.push(k, k + 1);
        this.count += this.bits[k] ? 1 : -1;
      }
    }
    this.undecided.clear();
    flip(this.packed, runs);
    return runs;
  }

  // Apply a change once more, which takes it back, or does it again.
  toggle(runs) {
    this.dropDrawn();
    for (let n = 0; n < runs.length; n += 2) {
      for (let k = runs[n]; k < runs[n + 1]; k++) {
        this.bits[k] ^= 1;
        this.count += this.bits[k] ? 1 : -1;
      }
      const [first, last] = [Math.floor(runs[n] / this.width), Math.floor((runs[n + 1] - 1) / this.width)];
      const whole = first !== last;
      for (let y = first; y <= last; y++) {
        this.unshown.add(y, whole ? 0 : runs[n] - y * this.width, whole ? this.width : runs[n + 1] - y * this.width);
      }
    }
    flip(this.packed, runs);
  }

  // A copy of the packed bits, for the wire.
  view() {
    return new DataView(this.packed.slice().buffer);
  }

  #before(k) {
    return (this.packed[k >> 3] >> (7 - (k & 7))) & 1;
  }
}

// The changes that can be taken back and done again. Each is kept as runs of pixels, or as packed bits where those are
// fewer bytes, so 60 changes of 12 megapixels take 90 MB at the very most, and a stroke takes a few KB.
const MOST_CHANGES = 200;
const MOST_BYTES = 64e6; // the oldest changes go first

export class History {
  constructor(pixels) {
    Object.assign(this, { pixels, past: [], future: [], bytes: 0 });
  }

  add(runs) {
    for (const kept of this.future) this.bytes -= kept.byteLength;
    this.future = [];
    const kept = this.#pack(runs);
    this.past.push(kept);
    this.bytes += kept.byteLength;
    while (this.past.length > MOST_CHANGES || (this.bytes > MOST_BYTES && this.past.length > 1)) {
      this.bytes -= this.past.shift().byteLength;
    }
  }

  // The runs to toggle for a step back, or null if there is none.
  back() {
    return this.#step(this.past, this.future);
  }
  again() {
    return this.#step(this.future, this.past);
  }

  #step(from, to) {
    if (!from.length) return null;
    to.push(from.pop());
    return this.#unpack(to[to.length - 1]);
  }

  #pack(runs) {
    if (4 * runs.length <= this.pixels / 8) return Uint32Array.from(runs);
    const packed = new Uint8Array((this.pixels + 7) >> 3);
    flip(packed, runs);
    return packed;
  }

  #unpack(kept) {
    return kept instanceof Uint32Array ? kept : runsOf(unpack(new DataView(kept.buffer), this.pixels));
  }
}

function runsOf(bits) {
  const runs = [];
  for (let k = bits.indexOf(1); k >= 0; k = bits.indexOf(1, k)) {
    runs.push(k);
    k = bits.indexOf(0, k);
    if (k < 0) k = bits.length;
    runs.push(k);
    if (k === bits.length) break;
  }
  return runs;
}
