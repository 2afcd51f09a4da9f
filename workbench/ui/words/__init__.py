"""Sentences and numbers as people read them, for every part of the window."""
