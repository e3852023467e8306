"""A PNG writer for tests: every depth, kind of colour, filter and interlacing, which Pillow does not write."""

import struct
import zlib

import numpy as np

SIGNATURE = b"\x89PNG\r\n\x1a\n"
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
GREY, RGB, PALETTE, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(pixels, kind=GREY, depth=8, *, interlaced=False, extra=()):
    """Return a PNG file as bytes.

    pixels : (H, W) or (H, W, C) array of whole numbers below 2 ** depth
    extra : (name, data) of chunks before the pixels
    """
    pixels = np.asarray(pixels)
    pixels = pixels.reshape(*pixels.shape[:2], -1)
    step = max(1, pixels.shape[2] * depth // 8)
    data = b""
    for x, y, dx, dy in ADAM7 if interlaced else [(0, 0, 1, 1)]:
        part = pixels[y::dy, x::dx]
        if part.size:
            data += _filtered([_packed(row, depth) for row in part], step)
    header = struct.pack(">IIBBBBB", pixels.shape[1], pixels.shape[0], depth, kind, 0, 0, interlaced)
    chunks = [(b"IHDR", header), *extra, (b"IDAT", zlib.compress(data)), (b"IEND", b"")]
    return SIGNATURE + b"".join(chunk(name, data) for name, data in chunks)


def _packed(row, depth):
    """A row of pixels as bytes: int array."""
    values = row.ravel()
    if depth == 16:
        return np.stack([values >> 8, values & 255], axis=1).ravel()
    bits = (values[:, None] >> np.arange(depth)[::-1]) & 1
    return np.packbits(bits.astype(np.uint8)).astype(int)


def _filtered(rows, step):
    """The rows, each stored by another of the five filters in turn."""
    above, data = np.zeros_like(rows[0]), b""
    for number, row in enumerate(rows):
        left, corner = (np.concatenate([np.zeros(step, int), line[:-step]])[: len(row)] for line in (row, above))
        nearest = np.select(*_paeth(left, above, corner))
        guess = [0 * row, left, above, (left + above) // 2, nearest][number % 5]
        data += bytes([number % 5]) + bytes(((row - guess) % 256).astype(np.uint8))
        above = row
    return data


def _paeth(left, above, corner):
    estimate = left + above - corner
    distances = [abs(estimate - left), abs(estimate - above), abs(estimate - corner)]
    least = np.minimum(np.minimum(*distances[:2]), distances[2])
    return [distance == least for distance in distances], [left, above, corner]
