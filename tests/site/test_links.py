"""The search of the website, its links to the glossary, and its formulas."""

import re

from .conftest import SITE, lessons


def test_search_finds_a_word(open_page):
    page = open_page("search.html?q=chessboard")
    page.wait_for_selector("#search-results li a")
    results = page.locator("#search-results li a").all_inner_texts()
    assert "Glossary" in results and len(results) > 1
    page.locator("#search-results li a", has_text="Glossary").click()
    assert "chessboard distance" in page.locator("article").inner_text()


def test_the_first_use_of_a_term_links_to_the_glossary(open_page):
    name = next(name for name in lessons() if "/05_" in name)
    page = open_page(name)
    link = page.locator("a.term", has_text="stride")
    assert link.count() == 1 and "pixels a window moves" in link.get_attribute("title")
    link.click()
    assert page.url.endswith("GLOSSARY.html#term-stride")
    assert page.locator("#term-stride").inner_text().startswith("stride")


def test_a_lesson_links_only_terms_that_have_been_introduced():
    glossary = (SITE / "GLOSSARY.html").read_text(encoding="utf-8")
    rows = dict(re.findall(r'<tr[^>]* id="(term-[\w-]+)">.*?_\w+\.html">(\d\d)</a>', glossary, re.DOTALL))
    assert len(rows) > 80
    for name in lessons():
        number = name.split("/")[1][:2]
        linked = re.findall(r"GLOSSARY\.html#(term-[\w-]+)", (SITE / name).read_text(encoding="utf-8"))
        assert {term: rows[term] for term in linked if rows[term] > number} == {}
        assert len(linked) > 3 or number == "00"


def test_formulas_need_no_script(open_page):
    page = open_page(next(name for name in lessons() if "/04_" in name))
    assert page.locator("math").count() >= 3
    page.wait_for_function("document.fonts.check('16px \"course formulas\"')")
    brace = page.locator("math mo", has_text="{").first
    assert brace.bounding_box()["height"] > 40  # it spans both rows, which only a font for formulas can do
    page.wait_for_function("document.fonts.status === 'loaded'")
