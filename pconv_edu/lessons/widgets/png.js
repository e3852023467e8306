// Read and write PNG files exactly. A canvas would reduce 16 bits to 8 and apply colour profiles, and some browsers add
// noise to the pixels that are read from a canvas.

const SIGNATURE = Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10);
const CHANNELS = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }; // by colour type: grey, RGB, palette, grey and alpha, RGBA
const DEPTHS = { 0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16] };
const WHOLE = [[0, 0, 1, 1]]; // passes: first column, first row, step across, step down
const INTERLACED = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
];

export function isPng(bytes) {
  return SIGNATURE.every((byte, i) => bytes[i] === byte);
}

// ---- writing

// Return a Uint8Array of grey values as a PNG file with 8 bits per pixel, as a Blob.
export async function writeGreyPng(pixels, width, height) {
  const rows = new Uint8Array((width + 1) * height); // each row begins with its filter; 0 is no filter
  for (let y = 0; y < height; y++) rows.set(pixels.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  const header = new Uint8Array(13);
  new DataView(header.buffer).setUint32(0, width);
  new DataView(header.buffer).setUint32(4, height);
  header[8] = 8;
  const stream = new Blob([rows]).stream().pipeThrough(new CompressionStream("deflate"));
  const packed = new Uint8Array(await new Response(stream).arrayBuffer());
  const parts = [chunk("IHDR", header), chunk("IDAT", packed), chunk("IEND", new Uint8Array())];
  return new Blob([SIGNATURE, ...parts], { type: "image/png" });
}

function chunk(name, data) {
  const bytes = new Uint8Array(data.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(name), 4);
  bytes.set(data, 8);
  view.setUint32(data.length + 8, crc32(bytes.subarray(4, data.length + 8)));
  return bytes;
}

const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n;
});

function crc32(bytes) {
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) crc = CRC[(crc ^ bytes[i]) & 255] ^ (crc >>> 8);
  return ~crc >>> 0;
}

// ---- reading

// Return the pixels of a PNG file, upright: { width, height, grey, transparent, white }. `grey` is the mean of red,
// green and blue in [0, 1]. `transparent` is true if any pixel is transparent. `white` is the file's value for white:
// 65535 for 16 bits, else 255. Throws an Error if the file is broken or cut short.
export async function readPng(bytes) {
  const { IHDR, PLTE, tRNS, eXIf, IDAT } = chunksOf(bytes);
  if (IHDR?.length !== 13 || !IDAT.length) throw new Error("the file is broken or cut short");
  const header = new DataView(IHDR.buffer, IHDR.byteOffset, 13);
  const [width, height, depth, type] = [header.getUint32(0), header.getUint32(4), IHDR[8], IHDR[9]];
  if (!width || !height || !DEPTHS[type]?.includes(depth) || (type === 3 && !PLTE)) {
    throw new Error("the file is broken: its header makes no sense");
  }
  const bits = CHANNELS[type] * depth;
  const passes = (IHDR[12] ? INTERLACED : WHOLE)
    .map(([x, y, dx, dy]) => ({ x, y, dx, dy, w: Math.ceil((width - x) / dx), h: Math.ceil((height - y) / dy) }))
    .filter(({ w, h }) => w > 0 && h > 0)
    .map((pass) => ({ ...pass, bytes: Math.ceil((pass.w * bits) / 8) }));
  const data = await inflate(
    IDAT,
    passes.reduce((sum, pass) => sum + pass.h * (pass.bytes + 1), 0),
  );
  const grey = new Float32Array(width * height);
  const image = { width, height, grey, transparent: false, white: depth === 16 ? 65535 : 255 };
  const put = pixelReader(image, { depth, type, PLTE, tRNS });
  let at = 0;
  for (const pass of passes) {
    let above = new Uint8Array(pass.bytes);
    for (let y = 0; y < pass.h; y++) {
      const row = data.subarray(at + 1, at + 1 + pass.bytes);
      unfilter(row, above, data[at], Math.max(1, bits >> 3));
      for (let x = 0; x < pass.w; x++) put(row, x, (pass.y + y * pass.dy) * width + pass.x + x * pass.dx);
      above = row;
      at += pass.bytes + 1;
    }
  }
  return upright(image, eXIf);
}

function chunksOf(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks = { IDAT: [] };
  for (let at = 8; at + 12 <= bytes.length; ) {
    const [length, name] = [view.getUint32(at), String.fromCharCode(...bytes.subarray(at + 4, at + 8))];
    const data = bytes.subarray(at + 8, at + 8 + length); // shorter if the file is cut off, which inflate() detects
    if (name === "IDAT") chunks.IDAT.push(data);
    else if (at + 12 + length > bytes.length) break;
    else if (view.getUint32(at + 8 + length) !== crc32(bytes.subarray(at + 4, at + 8 + length))) {
      throw new Error(`the file is broken: its part ${name} does not match its checksum`);
    } else chunks[name] ??= data;
    if (name === "IEND") break;
    at += 12 + length;
  }
  return chunks;
}

// Inflate the first `size` bytes and ignore the rest.
async function inflate(parts, size) {
  const data = new Uint8Array(size);
  const reader = new Blob(parts).stream().pipeThrough(new DecompressionStream("deflate")).getReader();
  let filled = 0;
  try {
    while (filled < size) {
      const { done, value } = await reader.read();
      if (done) break;
      data.set(value.subarray(0, size - filled), filled);
      filled += value.length;
    }
  } catch {
    // a broken stream: what counts is whether enough bytes came before the fault
  }
  reader.cancel().catch(() => {});
  if (filled < size) throw new Error("the file is broken or cut short");
  return data;
}

// Undo the filter of a row: each byte was stored as its difference from the byte on the left, from the byte above, or
// from a mix of both.
function unfilter(row, above, filter, step) {
  if (filter > 4) throw new Error("the file is broken: a row has an unknown filter");
  if (filter === 0) return;
  for (let i = 0; i < row.length; i++) {
    const left = i < step ? 0 : row[i - step];
    const corner = i < step ? 0 : above[i - step];
    if (filter === 1) row[i] += left;
    else if (filter === 2) row[i] += above[i];
    else if (filter === 3) row[i] += (left + above[i]) >> 1;
    else row[i] += nearest(left, above[i], corner);
  }
}

// Return the one of three bytes that is nearest to left + above − corner.
function nearest(left, above, corner) {
  const toLeft = Math.abs(above - corner);
  const toAbove = Math.abs(left - corner);
  const toCorner = Math.abs(left + above - 2 * corner);
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}

// Return put(row, x, k), which reads pixel x of a row into place k of the image.
function pixelReader(image, { depth, type, PLTE, tRNS }) {
  const channels = CHANNELS[type];
  const sample = samplesOf(depth);
  const greatest = type === 3 ? 255 : 2 ** depth - 1;
  if (type === 3) {
    return (row, x, k) => {
      const index = sample(row, x);
      const color = PLTE.subarray(3 * index, 3 * index + 3);
      image.grey[k] = color.reduce((sum, part) => sum + part, 0) / (3 * greatest);
      image.transparent ||= (tRNS?.[index] ?? 255) < 255;
    };
  }
  const [green, blue] = type === 2 || type === 6 ? [1, 2] : [0, 0]; // the channels of green and blue
  // the colour that counts as transparent, if the file names one
  const clear = tRNS ? [0, green, blue].map((c) => (tRNS[2 * c] << 8) | tRNS[2 * c + 1]) : null;
  return (row, x, k) => {
    const at = x * channels;
    const [r, g, b] = [sample(row, at), sample(row, at + green), sample(row, at + blue)];
    image.grey[k] = (r + g + b) / (3 * greatest);
    if (clear) image.transparent ||= r === clear[0] && g === clear[1] && b === clear[2];
    if (type >= 4) image.transparent ||= sample(row, at + channels - 1) < greatest;
  };
}

// Return sample(row, i), which reads the i-th number in a row of bytes.
function samplesOf(depth) {
  if (depth === 8) return (row, i) => row[i];
  if (depth === 16) return (row, i) => (row[2 * i] << 8) | row[2 * i + 1];
  return (row, i) => (row[(i * depth) >> 3] >> (8 - depth - ((i * depth) & 7))) & (2 ** depth - 1);
}

// Return the image turned as the file's EXIF data require, if it has any.
function upright(image, exif) {
  const orientation = exif ? orientationOf(exif) : 1;
  if (!(orientation >= 2 && orientation <= 8)) return image;
  const [w, h] = [image.width, image.height];
  const [width, height] = orientation >= 5 ? [h, w] : [w, h];
  const grey = new Float32Array(w * h);
  for (let k = 0; k < grey.length; k++) {
    let [x, y] = [k % width, Math.floor(k / width)];
    if (orientation >= 5) [x, y] = [y, x];
    if ([2, 3, 7, 8].includes(orientation)) x = w - 1 - x;
    if ([3, 4, 6, 7].includes(orientation)) y = h - 1 - y;
    grey[k] = image.grey[y * w + x];
  }
  return { ...image, width, height, grey };
}

function orientationOf(exif) {
  const view = new DataView(exif.buffer, exif.byteOffset, exif.byteLength);
  try {
    const little = view.getUint16(0) === 0x4949;
    const directory = view.getUint32(4, little);
    for (let n = 0; n < view.getUint16(directory, little); n++) {
      const entry = directory + 2 + 12 * n;
      if (view.getUint16(entry, little) === 0x0112) return view.getUint16(entry + 8, little);
    }
  } catch {
    // EXIF data that end too early are ignored
  }
  return 1;
}
