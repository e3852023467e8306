"""Write the pages of the API reference, one for each subpackage, from the docstrings.

The reference covers what the subpackages export and what the lessons import from other modules.
"""

import ast
import importlib
import inspect
import json
import pkgutil
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import pconv_edu


def reference_pages(lessons: Iterable[Path]) -> dict[str, str]:
    """Return the reStructuredText of each page by name.

    lessons : the notebook files, whose imports decide which modules are covered
    """
    modules = defaultdict(set)
    seen: set[object] = set()  # an object that a package exports is not listed again under the module that defines it
    for module, name in [*_exported(), *_imported(lessons)]:
        value = getattr(importlib.import_module(module), name)
        if not inspect.ismodule(value) and ((module, name) in seen or id(value) not in seen):
            modules[module].add(name)
            seen |= {id(value), (module, name)}
    pages = defaultdict(list)
    for module in sorted(modules):
        pages[_page(module)].append(_section(module, modules[module]))
    texts = {name: f"{_title(name, '=')}\n" + "\n".join(sections) for name, sections in pages.items()}
    listed = "\n".join(f"   {name}" for name in sorted(texts))
    return {**texts, "index": f"{_title('API reference', '=')}\n{INTRODUCTION}\n.. toctree::\n\n{listed}\n"}


INTRODUCTION = """These pages list what the subpackages export, and what the lessons import from other modules.

A mask is True where the image is valid and False in the hole. Images are float32 RGB in [0, 1].
"""


def _exported():
    """Yield (package, name) for what the packages export."""
    for info in pkgutil.walk_packages(pconv_edu.__path__, "pconv_edu."):
        if info.ispkg:
            names = getattr(importlib.import_module(info.name), "__all__", ())
            yield from ((info.name, name) for name in names)


def _imported(lessons):
    """Yield (module, name) for what the lessons import from the package. An imported module brings its public names."""
    for path in lessons:
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            for node in _imports(cell):
                package = importlib.import_module(node.module)
                for alias in node.names:
                    if not hasattr(package, alias.name):
                        importlib.import_module(f"{node.module}.{alias.name}")
                    value = getattr(package, alias.name)
                    if inspect.ismodule(value):
                        yield from ((value.__name__, name) for name in _defined(value))
                    elif not hasattr(package, "__all__"):
                        yield node.module, alias.name


def _imports(cell):
    if cell["cell_type"] != "code":
        return []
    try:
        tree = ast.parse("".join(cell["source"]))
    except SyntaxError:
        return []
    froms = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
    return [node for node in froms if node.module.split(".")[0] == "pconv_edu"]


def _defined(module):
    """Yield the public functions and classes that a module defines itself."""
    for name, value in vars(module).items():
        if not name.startswith("_") and callable(value) and getattr(value, "__module__", "") == module.__name__:
            yield name


def _page(module):
    """Return the page of a module: the subpackage that contains it."""
    return ".".join(module.split(".")[:2])


def _section(module, names):
    loaded = importlib.import_module(module)
    lines = [
        "",
        _title(module, "-") if module != _page(module) else "",
        f".. automodule:: {module}",
        *_index(module),
        "",
    ]
    for name in sorted(names, key=str.lower):
        value = getattr(loaded, name)
        if inspect.isclass(value):
            lines += [f".. autoclass:: {module}.{name}", "   :members:", ""]
        elif callable(value):
            lines += [f".. autofunction:: {module}.{name}", ""]
        else:
            lines += [f".. py:data:: {module}.{name}", f"   :type: {type(value).__name__}", ""]
    return "\n".join(lines)


def _index(module):
    """Return the option for a module that has the name of a function: the index can contain only one of them."""
    package, _, name = module.rpartition(".")
    same = package and not inspect.ismodule(getattr(importlib.import_module(package), name))
    return ["   :no-index:"] if same else []


def _title(text, line):
    return f"{text}\n{line * len(text)}\n"
