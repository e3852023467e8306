"""Provide code for the notebooks, such as widgets, exercise checks, the bug museum, figures and copies of lessons."""
