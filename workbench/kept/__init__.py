"""Runs kept: what races came to, in the person's data folder, bounded in size, for any window to open and compare."""
