"""The open document, the loop around a race, its thread and its process, and the clock of the frames."""
