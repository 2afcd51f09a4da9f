"""The part of the problem panel that builds a network and chooses its data."""
