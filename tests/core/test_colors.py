"""The colours of holes and windows are defined once: every other file takes them from `core/colors.py`."""

import re
from pathlib import Path

import pytest

from pconv_edu.core import colors
from pconv_edu.lessons.widgets import MaskPainter, Stepper

PACKAGE = Path(colors.__file__).parents[1]
HOLE_LEVELS = [round(255 * value) for value in colors.HOLE]
WRITTEN = [*colors.WINDOWS.values(), colors.hex_code(colors.HOLE), "0.85, 0.11, 0.55", "0.72, 0.88, 0.72"]
WRITTEN += [", ".join(map(str, HOLE_LEVELS)), " ".join(map(str, HOLE_LEVELS))]


@pytest.mark.parametrize("text", WRITTEN)
def test_no_other_file_writes_a_color_down(text):
    files = [path for path in PACKAGE.rglob("*") if path.suffix in (".py", ".js", ".css")]
    assert {path.suffix for path in files} == {".py", ".js", ".css"}
    used = [path for path in files if text.lower() in path.read_text(encoding="utf-8").lower()]
    assert [path for path in used if path != Path(colors.__file__)] == []


def test_the_painter_paints_the_color_of_the_hole():
    painted = re.findall(r"HOLE_RGB = \[(\d+), (\d+), (\d+)\]", str(MaskPainter._esm))
    assert [[int(value) for value in levels] for levels in painted] == [HOLE_LEVELS]


@pytest.mark.parametrize("style", [Stepper._css, Stepper(position=0).portable_html()], ids=["live", "page"])
def test_the_steppers_windows_have_the_colors_of_the_figures(style):
    style = str(style)
    for name, code in colors.WINDOWS.items():
        assert f"--pconv-{name}: {code};" in style and f"--{name}: var(--pconv-{name});" in style


@pytest.mark.parametrize("name", colors.WINDOWS)
def test_the_windows_colors_can_be_read_as_text_on_white(name):
    """WCAG 2.1 asks for a contrast of 4.5 : 1."""
    levels = [int(colors.WINDOWS[name][k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in levels]
    luminance = sum(weight * v for weight, v in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    assert 1.05 / (luminance + 0.05) >= 4.5


def test_hex_codes_are_rounded():
    assert colors.hex_code((0.0, 1.0, 0.5)) == "#00ff80"
