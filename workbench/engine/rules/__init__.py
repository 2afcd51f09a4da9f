"""The language of update rules: lines of assignments, read by the grammar of formulas and computed over all runs."""
