"""The colours of holes and windows are written down once."""

import re
from pathlib import Path

import pytest

from pconv_edu.core import colors

PACKAGE = Path(colors.__file__).parents[1]
WRITTEN = [*colors.WINDOWS.values(), colors.hex_code(colors.HOLE), "0.85, 0.11, 0.55", "0.72, 0.88, 0.72"]


@pytest.mark.parametrize("text", WRITTEN)
def test_no_other_module_writes_a_color_down(text):
    files = [path for path in PACKAGE.rglob("*.py") if text.lower() in path.read_text(encoding="utf-8").lower()]
    assert files == [Path(colors.__file__)]


def test_the_painters_pink_is_the_hole():
    screen = (PACKAGE / "lessons" / "widgets" / "screen.js").read_text(encoding="utf-8")
    painted = re.search(r"PINK = .*\((\d+), (\d+), (\d+), 255\)", screen)
    assert painted and [int(value) for value in painted.groups()] == [round(255 * value) for value in colors.HOLE]


def test_hex_codes_are_rounded():
    assert colors.hex_code((0.0, 1.0, 0.5)) == "#00ff80"
