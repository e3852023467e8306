"""Adapt the docstrings of the package to Sphinx, which reads them as reStructuredText.

The package writes what an argument is and what it means in one line, as in "mask : (H, W) bool array, True = valid".
Napoleon would take the whole line for a type. Short docstrings have such lines without the heading "Parameters".
"""

import re
from collections.abc import Iterable

from sphinx.application import Sphinx

ENTRY = re.compile(r"(\s*)([*\w][\w, *.]*) : (\S.*)")
NAMES = re.compile(r"[*\w][\w, *.]*")
SPECIAL = re.compile(r"(``.+?``|`[^`]+`|\*\*[^*\s][^*]*\*\*|^\s*\* )|([*|]|(?<=\w)_(?!\w))")
BEFORE_NAPOLEON = 400


def setup(app: Sphinx) -> None:
    """Change each docstring before Napoleon reads it."""
    app.connect("autodoc-process-docstring", _adapt, priority=BEFORE_NAPOLEON)


def _adapt(app, what, name, obj, options, lines):
    lines[:] = [_escaped(line) for line in _with_headings(_without_types(lines))]


def _without_types(lines: Iterable[str]) -> list[str]:
    """Return the lines with the text of each entry below its name, where Napoleon expects descriptions."""
    result: list[str] = []
    for line in lines:
        entry = ENTRY.fullmatch(line)
        if entry:
            indent, names, text = entry.groups()
            result += [indent + names, f"{indent}    {text}"]
        else:
            result.append(line)
    return result


def _with_headings(lines):
    """Return the lines with a heading above entries that follow prose, and two empty lines where entries end.

    Napoleon takes two empty lines for the end of a section.
    """
    result: list[str] = []
    for number, line in enumerate(lines):
        following = lines[number + 1] if number + 1 < len(lines) else ""
        if line and line[0] not in " -*>" and not (result and result[-1]):
            entry = NAMES.fullmatch(line) and following.startswith("    ")
            if entry and not _in_section(result):
                result += ["Parameters", "----------"]
            elif not entry and not following.startswith("---") and _in_section(result):
                result.append("")
        elif line[:1].isalpha() and result and result[-1].startswith("    ") and not following.startswith("    "):
            result.append("")  # a list of entries ends here
        result.append(line)
    return result


def _in_section(lines):
    return any(re.fullmatch("-{3,}", line) for line in lines)


def _escaped(line):
    """Return a line in which characters with a meaning in reStructuredText are escaped, except in code and bullets."""
    if line.lstrip().startswith(">>>"):
        return line
    return SPECIAL.sub(lambda match: match[1] or "\\" + match[2], line)
