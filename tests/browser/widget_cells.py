"""Which cells of a lesson show a widget, and which cells above make what these use. The browser tests run only those.

nbval runs all cells of each lesson twice and compares their outputs with the stored ones. Only a browser can show that
the widgets appear in JupyterLab and work.
"""

import dis
import re
import types


def shows_widget(cell):
    """Return whether the stored output contains the text for a widget, such as "Stepper(5×5, kernel 3×3, …)".

    A `Comparison` has such a text too, but it is HTML and no widget.
    """
    data = [output.data for output in cell.outputs if "data" in output]
    return any(len(each) > 1 and re.match(r"(?!Comparison)[A-Z]\w+\(", each.get("text/plain", "")) for each in data)


def names_used_and_made(source):
    """Return the global names that a cell reads before it binds them, and those that it binds."""
    used, made = set(), set()

    def read(code):
        for step in dis.get_instructions(code):
            if step.opname in ("LOAD_NAME", "LOAD_GLOBAL") and step.argval not in made:
                used.add(step.argval)
            elif step.opname in ("STORE_NAME", "STORE_GLOBAL"):
                made.add(step.argval)
            elif isinstance(step.argval, types.CodeType):  # the body of a function, a class or a comprehension
                read(step.argval)

    read(compile(source, "cell", "exec"))
    return used, made


def cells_for_widgets(cells):
    """Return the numbers of the cells to run, in order: those with widgets, and the last ones that bind what is used.

    cells : the code cells of a lesson
    """
    run, wanted = [], set()
    for number in reversed(range(len(cells))):
        used, made = names_used_and_made(cells[number].source)
        if shows_widget(cells[number]) or made & wanted:
            run.append(number)
            wanted = wanted - made | used
    return run[::-1]
