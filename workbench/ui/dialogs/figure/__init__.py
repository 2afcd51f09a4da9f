"""The dialog of figures: views on one page, with a preview."""
