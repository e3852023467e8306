// The hole of the painter: its pixels, what has changed in them, and the history of changes.

import { flip, pack, stroke, unpack } from "./bits.js";
import { History } from "./history.js";

// The columns that were changed in each row, from `first` up to but not including `end`.
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

// `bits` is the hole that is shown, one byte per pixel. `packed` is the hole after the last finished change. They
// differ by what is being drawn. A change is a list of runs of pixels [from, to, from, to, …) that flip: applying it
// twice restores the hole.
export class Hole {
  constructor(width, height, view) {
    Object.assign(this, { width, height, bits: unpack(view, width * height) });
    this.packed = new Uint8Array(pack(this.bits).buffer);
    this.history = new History(width * height);
    this.count = this.bits.reduce((sum, bit) => sum + bit, 0);
    this.undecided = new Touched(width, height); // changed since the last finished change
    this.unshown = new Touched(width, height); // changed since the hole was last painted on the screen
    this.unshown.addAll();
    this.mark = (row, from, to) => {
      this.undecided.add(row, from, to);
      this.unshown.add(row, from, to);
    };
  }

  draw(from, to, r, value) {
    stroke(this.bits, this.width, this.height, from, to, r, value, this.mark);
  }

  // Set every pixel k to `value(old, k)`.
  setAll(value) {
    for (let k = 0; k < this.bits.length; k++) this.bits[k] = value(this.bits[k], k);
    this.undecided.addAll();
    this.unshown.addAll();
  }

  // Discard what was drawn since the last finished change.
  dropDrawn() {
    for (let y = 0; y < this.height; y++) {
      const [from, to] = [this.undecided.first[y], this.undecided.end[y]];
      for (let k = y * this.width + from; k < y * this.width + to; k++) this.bits[k] = this.#before(k);
      if (from < to) this.unshown.add(y, from, to);
    }
    this.undecided.clear();
  }

  // Finish the change that was drawn; return its runs.
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

  // Apply a change, to undo or redo it.
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

  // Finish the change that was drawn and add it to the history; return true if it changed a pixel.
  commit() {
    const runs = this.takeDrawn();
    if (runs.length) this.history.add(runs);
    return runs.length > 0;
  }

  // Undo what was drawn; Redo restores it.
  reject() {
    if (this.commit()) this.toggle(this.history.back());
  }

  // Undo (way = "back") or redo (way = "again") a change; return true if there was one.
  step(way) {
    const runs = this.history[way]();
    if (runs) this.toggle(runs);
    return runs !== null;
  }

  // Return a copy of the packed bits, for a message.
  view() {
    return new DataView(this.packed.slice().buffer);
  }

  #before(k) {
    return (this.packed[k >> 3] >> (7 - (k & 7))) & 1;
  }
}
