"""Everything that only notebooks need: widgets, checks of exercises, the bug museum, figures, copies of the lessons."""
