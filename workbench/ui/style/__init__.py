"""Themes, colours, typeface, icons, and text that gives way."""
