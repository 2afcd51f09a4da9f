"""Pages: views that are drawn without a window, with words around them, for figures and films."""
