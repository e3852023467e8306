"""Answers to the exercises in several styles, right and wrong, written without a look at the checks.

Each module is named after an exercise. `RIGHT` maps a style to the source of a right answer `f`. Each entry of `WRONG`
is (style, old, new, diagnosis): replace the code `old` in the right answer by `new`, and the check should print a
message in which the regular expression `diagnosis` is found. If `old` is empty, `new` is the source of the whole answer.
"""
