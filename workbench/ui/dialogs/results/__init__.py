"""The window of a results folder."""
