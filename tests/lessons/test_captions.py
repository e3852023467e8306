"""Captions, credits and the results of checks: HTML in a notebook, and plain text elsewhere."""

import re

import pytest
from IPython.core.interactiveshell import InteractiveShell

from pconv_edu.core import photo_credit, photo_names
from pconv_edu.lessons import captions, museum
from pconv_edu.lessons.captions import caption
from pconv_edu.lessons.checks import check, load_exercise
from pconv_edu.lessons.museum.exhibit import catching
from pconv_edu.nn import PartialConv2d


@pytest.fixture
def shown(monkeypatch):
    """Return the list that receives what a notebook would show, as {type: text}."""
    shell, outputs = InteractiveShell(), []
    shell.kernel = object()
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    monkeypatch.setattr("IPython.display.display", lambda data, raw: outputs.append(data))
    return outputs


def test_a_caption_is_printed_where_there_is_no_notebook(capsys):
    caption("a & b: https://example.org/x")
    assert capsys.readouterr().out == "a & b: https://example.org/x\n"


def test_a_caption_is_html_with_a_link_in_a_notebook(shown, capsys):
    caption("<b> & c\n<i>second, https://www.example.org/a,b(c).jpg.")
    (data,) = shown
    assert capsys.readouterr().out == ""
    assert data["text/plain"] == "<b> & c\n<i>second, https://www.example.org/a,b(c).jpg."
    assert "&lt;b&gt; &amp; c<br>&lt;i&gt;second, " in data["text/html"]
    link = '<a href="https://www.example.org/a,b(c).jpg" target="_blank" rel="noopener">example.org</a>.'
    assert link in data["text/html"]


def test_every_credit_links_to_its_whole_address(shown):
    for name in photo_names():
        caption(photo_credit(name))
    for name, data in zip(photo_names(), shown, strict=True):
        address = photo_credit(name).split(", ", 2)[2]
        assert ("<a href=" in data["text/html"]) == address.startswith("https://")
        assert not address.startswith("https://") or f'href="{address.replace("&", "&amp;")}"' in data["text/html"]


def test_a_terminal_without_a_kernel_gets_text(monkeypatch, capsys):
    monkeypatch.setattr("IPython.get_ipython", InteractiveShell)
    captions.show("text", "<p>markup</p>")
    assert capsys.readouterr().out == "text\n"


@pytest.mark.parametrize(
    ("attempt", "sign", "verdict"),
    [
        (load_exercise("mean_fill").answer, "✓", "Right, in all"),
        (lambda image, mask: ..., "○", "Not attempted yet."),
        (lambda image, mask: image, "✗", "Not yet"),
        (lambda image, mask: 1 / 0, "✗", "Not yet: ZeroDivisionError"),
    ],
)
def test_the_result_of_a_check_begins_with_a_sign_and_its_verdict(shown, attempt, sign, verdict):
    check("mean_fill", attempt)
    (data,) = shown
    assert data["text/plain"].startswith(verdict)
    assert f"<strong>{sign}</strong> {verdict}" in data["text/html"]
    assert ("<code>return</code>" in data["text/html"]) == (sign == "○") and "`" not in data["text/html"].split("<pre")[
        0
    ]
    assert ("<pre" in data["text/html"]) == ("\n" in data["text/plain"])


def test_a_result_cannot_break_the_page(shown):
    def attempt(image, mask):
        raise ValueError("<script>")

    check("mean_fill", attempt)
    assert "<script>" not in shown[0]["text/html"]
    assert "&lt;script&gt;" in shown[0]["text/html"]


def test_the_museum_shows_its_results_in_the_same_way(shown):
    exhibit = museum.find_exhibit(2)
    best = catching(exhibit.code, museum.tests_of(exhibit.kind))[0]
    other = next(test for test in museum.tests_of(exhibit.kind) if test is not best)
    museum.check_matches({2: best.name})
    museum.check_matches({2: other.name, 4: None})
    museum.check_fix(2, exhibit.code)
    museum.check_fix(2, PartialConv2d)
    museum.check_fix(2, None)
    signs = [re.search("<strong>(.)</strong>", data["text/html"])[1] for data in shown]
    assert signs == ["✓", "✓", "✗", "○", "○", "✓", "✗"]
