"""The one room that knows pyqtgraph's ways: plots, axes, curves, marks, surfaces."""
