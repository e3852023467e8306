"""Convert the formulas of the pages from LaTeX to MathML, which browsers display without scripts.

The font is a copy of STIX Two Math (SIL Open Font License) that contains only the characters of the formulas.
"""

import html
import logging
import re
from pathlib import Path

import latex2mathml.converter
import ziamath
from docutils import nodes
from fontTools import subset
from fontTools.ttLib import TTFont
from sphinx.application import Sphinx

FONT = Path(ziamath.__file__).parent / "fonts" / "STIXTwoMath-Regular.ttf"
SPACE_BETWEEN_ROWS = re.compile(r"\\\\\[\w+\]")  # the converter would print it
BOLD_DIGIT = re.compile(r'<mn mathvariant="bold">(\d)</mn>')
MATH = re.compile(r"<math.*?</math>", re.DOTALL)


def setup(app: Sphinx) -> None:
    """Register the renderer, and make the font when all pages are written."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    app.config.html_math_renderer = "mathml"
    app.connect("build-finished", _write_font)


def to_mathml(latex: str, display: str) -> str:
    """Return a formula as MathML. `display` is "inline" or "block"."""
    latex = SPACE_BETWEEN_ROWS.sub(r"\\\\", latex.strip())
    return BOLD_DIGIT.sub(_bold_digit, latex2mathml.converter.convert(latex, display=display))


def _bold_digit(match):
    """Return a digit as the bold character, because browsers ignore the attribute."""
    return f"<mn>{chr(ord('𝟎') + int(match[1]))}</mn>"


def _inline(translator, node):
    translator.body.append(to_mathml(node.astext(), "inline"))
    raise nodes.SkipNode


def _block(translator, node):
    translator.body.append(f'<div class="formula">{to_mathml(node.astext(), "block")}</div>')
    raise nodes.SkipNode


def _write_font(app, error):
    """Write the font with the characters of all formulas."""
    if error:
        return
    output = Path(app.outdir)
    pages = (path.read_text(encoding="utf-8") for path in output.rglob("*.html"))
    characters = {c for page in pages for formula in MATH.findall(page) for c in html.unescape(formula)}
    # Browsers draw the variable x with the character 𝑥, so letters need their italic forms.
    characters |= {chr(0x1D434 + i) for i in range(52)} | {"ℎ"} | {chr(0x1D6E2 + i) for i in range(58)}
    logging.getLogger("fontTools").setLevel(logging.WARNING)  # it would list every glyph
    font = TTFont(FONT)
    options = subset.Options(flavor="woff", layout_features=["ssty", "dtls", "flac"], notdef_outline=True)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=map(ord, characters))
    subsetter.subset(font)
    font.flavor = "woff"
    font.save(output / "_static" / "formulas.woff")
