// The history of the hole, for Undo and Redo.

import { flip, unpack } from "./bits.js";

// Changes that can be undone and redone. Each is stored as runs of pixels, or as packed bits where those need fewer
// bytes. So 60 changes of 12 megapixels take at most 90 MB, and a stroke takes a few KB.
const MOST_CHANGES = 200;
const MOST_BYTES = 64e6; // the oldest changes are dropped first

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

  // Return the runs to toggle to undo a change, or null if there is no change to undo.
  back() {
    return this.#step(this.past, this.future);
  }
  // Return the runs to toggle to redo a change, or null.
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
