"""Small ICC colour profiles (ICC.1:2001-04), so that every kind of pixels has one whose values are known."""

import struct

D50 = (0.9642, 1.0, 0.8249)


def icc(space, connection, tags):
    """An ICC profile of version 2. space : b"RGB ", …; connection : b"XYZ " or b"Lab "; tags : name -> content."""
    tags = {b"desc": _description(), b"cprt": b"text\0\0\0\0none\0", b"wtpt": _xyz(D50), **tags}
    place = 128 + 4 + 12 * len(tags)
    table, body = struct.pack(">I", len(tags)), b""
    for name, content in tags.items():
        table += struct.pack(">4sII", name, place + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    header = struct.pack(">I4sI4s4s4s", place + len(body), b"test", 0x02400000, b"prtr", space, connection)
    header += struct.pack(">6H4s", 2024, 1, 1, 0, 0, 0, b"acsp") + bytes(28) + struct.pack(">3i", *_fixed(D50))
    return header + bytes(128 - len(header)) + table + body


def cmyk_profile():
    """Ink and black in a CMYK profile: paper is white, black is black, cyan alone is a neutral grey of L* = 50."""
    corners = [[255, 128, 128]] * 16  # L*, a*, b* at each corner of the four inks; black varies fastest
    corners[1::2] = [[0, 128, 128]] * 8
    corners[8] = [128, 128, 128]
    table = b"mft1\0\0\0\0" + bytes([4, 3, 2, 0]) + struct.pack(">9i", *_fixed((1, 0, 0, 0, 1, 0, 0, 0, 1)))
    table += bytes(range(256)) * 4 + bytes(value for corner in corners for value in corner) + bytes(range(256)) * 3
    return icc(b"CMYK", b"Lab ", {b"A2B0": table})


def grey_profile(gamma=1.8):
    return icc(b"GRAY", b"XYZ ", {b"kTRC": _gamma(gamma)})


def rgb_profile(gamma=1.8):
    """Primaries of Adobe RGB (1998), with another gamma."""
    primaries = {
        b"rXYZ": (0.6097, 0.3111, 0.0195),
        b"gXYZ": (0.2053, 0.6257, 0.0609),
        b"bXYZ": (0.1492, 0.0632, 0.7446),
    }
    curves = {name: _gamma(gamma) for name in (b"rTRC", b"gTRC", b"bTRC")}
    return icc(b"RGB ", b"XYZ ", {name: _xyz(value) for name, value in primaries.items()} | curves)


def _fixed(values):
    return [round(value * 65536) for value in values]


def _xyz(values):
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *_fixed(values))


def _gamma(value):
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(value * 256))


def _description():
    return b"desc\0\0\0\0" + struct.pack(">I", 5) + b"test\0" + bytes(8) + bytes(3 + 67)
