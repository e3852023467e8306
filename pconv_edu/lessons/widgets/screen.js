// The photo with its hole on a canvas. Only pixels that changed are repainted.

import { HOLE_RGB } from "./colors.js"; // portable.py generates this module from core/colors.py

const PINK = new Uint32Array(Uint8Array.of(...HOLE_RGB, 255).buffer)[0];
const BAND = 64; // rows painted at once, from their first changed column to their last

export class Screen {
  // `placeRing` is a function that shows the pixels under the brush (see ring.js).
  constructor(canvas, placeRing) {
    Object.assign(this, { canvas, placeRing });
    this.context = canvas.getContext("2d", { willReadFrequently: true });
    this.photo = null;
    this.watcher = new ResizeObserver(() => {
      canvas.style.imageRendering = canvas.clientWidth < canvas.width ? "auto" : ""; // enlarged pixels stay sharp
    });
    this.watcher.observe(canvas);
  }

  stop() {
    this.watcher.disconnect();
  }

  // Show an ImageBitmap, or none if it is null.
  setPhoto(bitmap) {
    this.photo = null;
    if (!bitmap) return;
    const { width, height } = this.canvas;
    this.context.drawImage(bitmap, 0, 0, width, height);
    this.photo = new Uint32Array(this.context.getImageData(0, 0, width, height).data.buffer);
  }

  // Paint what changed. `cursor` is the pixel { x, y } under the brush, or null; `radius` is the radius of the brush.
  paint(hole, cursor, radius) {
    this.placeRing(cursor, hole.width, hole.height, radius);
    if (!this.photo) return;
    const { first, end } = hole.unshown;
    for (let top = 0; top < hole.height; top += BAND) {
      const bottom = Math.min(top + BAND, hole.height);
      const left = first.subarray(top, bottom).reduce((a, b) => Math.min(a, b));
      const right = end.subarray(top, bottom).reduce((a, b) => Math.max(a, b));
      if (left < right) this.#paintPart(hole, left, top, right, bottom);
    }
    hole.unshown.clear();
    this.canvas.dataset.painted = (Number(this.canvas.dataset.painted) || 0) + 1;
  }

  #paintPart(hole, left, top, right, bottom) {
    const image = new ImageData(right - left, bottom - top);
    const pixels = new Uint32Array(image.data.buffer);
    for (let y = top, i = 0; y < bottom; y++) {
      for (let k = y * hole.width + left; k < y * hole.width + right; k++, i++) {
        pixels[i] = hole.bits[k] ? PINK : this.photo[k];
      }
    }
    this.context.putImageData(image, left, top);
  }
}
