// Mask files, white = hole. They are read by the rules of `read_hole_image` in Python, and written at any size.

import { isPng, readPng, writeGreyPng } from "./png.js";

// Return bits at another size: each pixel takes the pixel under its centre, as `resize_nearest` does in Python.
export function resizeNearest(bits, width, height, newWidth, newHeight) {
  if (width === newWidth && height === newHeight) return bits;
  const place = (n, size, newSize) => Math.floor(((2 * n + 1) * size) / (2 * newSize));
  const columns = Uint32Array.from({ length: newWidth }, (_, x) => place(x, width, newWidth));
  const resized = new Uint8Array(newWidth * newHeight);
  for (let y = 0, k = 0; y < newHeight; y++) {
    const start = place(y, height, newHeight) * width;
    for (let x = 0; x < newWidth; x++) resized[k++] = bits[start + columns[x]];
  }
  return resized;
}

// Return the hole as a PNG file of this size, in pure black and white, as a Blob.
export function writeHole({ bits, width, height }, size) {
  const pixels = resizeNearest(bits, width, height, size.width, size.height).map((bit) => 255 * bit);
  return writeGreyPng(pixels, size.width, size.height);
}

// Read the hole in a file: { width, height, bits }. Throws an Error whose message names the file and the fault.
export async function readHole(file) {
  let image;
  try {
    const bytes = new Uint8Array(await file.arrayBuffer());
    image = isPng(bytes) ? await readPng(bytes) : await readByBrowser(file);
  } catch (error) {
    throw new Error(`${file.name}: ${error.message}`);
  }
  const { width, height, grey, transparent, white } = image;
  if (transparent) {
    throw new Error(
      `${file.name}: some pixels are transparent, so they are neither black (valid) nor white (hole). Save the mask ` +
        "without transparency: flatten it onto a black layer if you painted the hole white.",
    );
  }
  refuseBetween(grey, white, file.name);
  return { width, height, bits: Uint8Array.from(grey) };
}

// Throw an Error if there are values between black, 0, and white, 1. The message explains what may have caused them.
function refuseBetween(grey, white, name) {
  let [low, high, between] = [1, 0, 0];
  for (let k = 0; k < grey.length; k++) {
    low = Math.min(low, grey[k]);
    high = Math.max(high, grey[k]);
    if (grey[k] > 0 && grey[k] < 1) between++;
  }
  if (!between) return;
  if (low < high && grey.every((value) => value === low || value === high)) {
    const [dark, bright] = [low, high].map((value) => Number((value * white).toPrecision(5)));
    const looks = high < 0.1 ? ", which looks all black" : "";
    throw new Error(
      `${name}: its pixels have two values, ${dark} and ${bright} of ${white}${looks}. In a mask file black (0) is ` +
        `valid and white (${white}) is hole. If the brighter value is the hole, make it white: stretch the contrast ` +
        "in an image program.",
    );
  }
  throw new Error(
    `${name}: ${Number(((100 * between) / grey.length).toPrecision(2))} % of the pixels are neither black nor white. ` +
      "A mask file has two values: black = valid, white = hole. Values in between come from JPEG compression, from " +
      "bilinear resizing or from a soft brush: save the mask as PNG, resize it with nearest-neighbour, or paint with " +
      "a hard brush.",
  );
}

// Fit a mask to the painter, which shows the photo at the size `shown` after an upload at the size `full`. Returns
// { bits, note }; the note reports what was lost. Throws an Error for a mask of any other size.
export function fitHole({ width, height, bits }, name, shown, full) {
  const is = (size) => width === size.width && height === size.height;
  if (is(shown)) return { bits, note: "" };
  const [said, saidFull, saidMask] = [shown, full, { width, height }].map((s) => `${s.width} × ${s.height}`);
  if (!is(full)) {
    const also = saidFull === said ? "" : `, and ${saidFull} as it was uploaded`;
    const turned = [shown, full].some((size) => width === size.height && height === size.width);
    const hint = turned ? " Width and height are swapped: was the photo or the mask turned?" : "";
    throw new Error(`${name} is ${saidMask} pixels, the photo ${said}${also}.${hint}`);
  }
  const reduced = resizeNearest(bits, width, height, shown.width, shown.height);
  const again = resizeNearest(reduced, shown.width, shown.height, width, height);
  const changed = again.reduce((sum, bit, k) => sum + (bit !== bits[k]), 0);
  if (!changed) return { bits: reduced, note: "" };
  const share = Number(((100 * changed) / bits.length).toPrecision(2));
  const note =
    `${name} was reduced to ${said} pixels, the size that is shown here. Saved again at ${saidFull}, it will differ ` +
    `in ${share} % of the pixels: use the file itself where its exact edge matters.`;
  return { bits: reduced, note };
}

// Read any other picture that the browser can decode, and ignore its colour profile.
async function readByBrowser(file) {
  const options = { colorSpaceConversion: "none", premultiplyAlpha: "none" };
  const bitmap = await createImageBitmap(file, options).catch(() => {
    throw new Error("not an image, or a broken one");
  });
  const { width, height } = bitmap;
  const sheet = Object.assign(document.createElement("canvas"), { width, height });
  const context = sheet.getContext("2d", { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const grey = new Float32Array(width * height);
  let transparent = false;
  for (let k = 0, i = 0; k < grey.length; k++, i += 4) {
    grey[k] = (data[i] + data[i + 1] + data[i + 2]) / 765;
    transparent ||= data[i + 3] < 255;
  }
  return { width, height, grey, transparent, white: 255 };
}
