// The photo with its hole on a canvas. Only what changed is painted again.

const PINK = new Uint32Array(Uint8Array.of(217, 28, 140, 255).buffer)[0];
const BAND = 64; // rows that are painted at once, from the first column that changed in them to the last

export class Screen {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d", { willReadFrequently: true });
    this.photo = null;
  }

  // An ImageBitmap, or null while there is none.
  setPhoto(bitmap) {
    this.photo = null;
    if (!bitmap) return;
    const { width, height } = this.canvas;
    this.context.drawImage(bitmap, 0, 0, width, height);
    this.photo = new Uint32Array(this.context.getImageData(0, 0, width, height).data.buffer);
  }

  paint(hole) {
    if (!this.photo) return;
    const { first, end } = hole.unshown;
    for (let top = 0; top < hole.height; top += BAND) {
      const bottom = Math.min(top + BAND, hole.height);
      const left = first.subarray(top, bottom).reduce((a, b) => Math.min(a, b));
      const right = end.subarray(top, bottom).reduce((a, b) => Math.max(a, b));
      if (left < right) this.#paintPart(hole, left, top, right, bottom);
    }
    hole.unshown.clear();
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
