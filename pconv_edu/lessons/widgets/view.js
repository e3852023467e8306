// The part of the photo that is shown: zoom and pan. Every sheet (an element as large as the whole photo) is moved and
// enlarged in the same way inside its frame, so the browser itself says where a pixel of the photo is on the screen.

const STEP = 1.5; // the factor of a button or key
const LARGEST = 24; // screen pixels per pixel of the photo: larger ones help nobody

export class View {
  // `sheets` are elements, each inside a frame that cuts it off.
  constructor(sheets) {
    this.sheets = sheets;
    this.whole();
  }

  // Show the whole photo.
  whole() {
    Object.assign(this, { scale: 1, left: 0, top: 0 });
    this.#place();
  }

  // Return how much the whole photo can be enlarged if it is `pixels` wide.
  most(pixels) {
    const shown = this.sheets[0].parentNode.clientWidth || pixels;
    return Math.max(1, (LARGEST * pixels) / shown);
  }

  // Enlarge by `factor` (1 or more steps if `factor` is "in", fewer if "out"). The point { x, y } of the photo, in
  // shares of its width and height, stays at the same place on the screen.
  zoom(factor, point, pixels) {
    const by = { in: STEP, out: 1 / STEP }[factor] ?? factor;
    const before = this.scale;
    const wanted = Math.min(this.most(pixels), Math.max(1, before * by));
    this.scale = wanted < 1.01 ? 1 : wanted;
    const keep = (start, at) => at - ((at - start) * before) / this.scale;
    this.left = keep(this.left, point.x);
    this.top = keep(this.top, point.y);
    this.#place();
  }

  // Move what is shown by { x, y }, in shares of the photo.
  move({ x, y }) {
    this.left += x;
    this.top += y;
    this.#place();
  }

  // Move as little as needed to show the point { x, y } with `margin` around it, all in shares of the photo.
  reveal({ x, y }, margin) {
    const size = 1 / this.scale;
    const fit = (start, at, edge) => Math.min(Math.max(start, at + edge - size), at - edge);
    this.left = fit(this.left, x, Math.min(margin.x, size / 2));
    this.top = fit(this.top, y, Math.min(margin.y, size / 2));
    this.#place();
  }

  // Move as little as needed to show a rectangle of pixels, if it fits into the frame.
  include({ left, right, top, bottom }, width, height) {
    const half = { x: (right - left) / 2 / width, y: (bottom - top) / 2 / height };
    if (Math.max(half.x, half.y) > 0.5 / this.scale) return;
    this.reveal({ x: left / width + half.x, y: top / height + half.y }, half);
  }

  // Return the pixels of a photo of this size that are shown, at least in part: { left, top, right, bottom }.
  pixels(width, height) {
    const size = 1 / this.scale;
    return {
      left: Math.floor(this.left * width),
      top: Math.floor(this.top * height),
      right: Math.min(width, Math.ceil((this.left + size) * width)),
      bottom: Math.min(height, Math.ceil((this.top + size) * height)),
    };
  }

  #place() {
    const last = 1 - 1 / this.scale;
    this.left = Math.min(last, Math.max(0, this.left));
    this.top = Math.min(last, Math.max(0, this.top));
    for (const { style } of this.sheets) {
      style.width = style.height = `${100 * this.scale}%`;
      style.left = `${-100 * this.left * this.scale}%`;
      style.top = `${-100 * this.top * this.scale}%`;
    }
  }
}
