// The hole of the painter: its pixels, what changed in it, and the way back.

import { flip, pack, stroke, unpack } from "./bits.js";
import { History } from "./history.js";

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
    this.history = new History(width * height);
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

  // Make what was drawn a step that can be taken back; true if it changed anything.
  commit() {
    const runs = this.takeDrawn();
    if (runs.length) this.history.add(runs);
    return runs.length > 0;
  }

  // Take back what was drawn; the step forward brings it again.
  reject() {
    if (this.commit()) this.toggle(this.history.back());
  }

  // One step "back", or "again"; true if there was one.
  step(way) {
    const runs = this.history[way]();
    if (runs) this.toggle(runs);
    return runs !== null;
  }

  // A copy of the packed bits, for the wire.
  view() {
    return new DataView(this.packed.slice().buffer);
  }

  #before(k) {
    return (this.packed[k >> 3] >> (7 - (k & 7))) & 1;
  }
}
