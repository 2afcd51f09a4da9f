"""The main window and its flows: the wires between document, worker, panels and views."""
