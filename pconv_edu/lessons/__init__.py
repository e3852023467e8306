"""What only a notebook needs: widgets, checks of exercises, figures."""
