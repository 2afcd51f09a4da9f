"""The dialog of a fair race."""
