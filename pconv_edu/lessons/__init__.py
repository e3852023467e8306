"""Provide what only notebooks need: widgets, exercise checks, the bug museum, figures and copies of the lessons."""
