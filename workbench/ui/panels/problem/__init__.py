"""The panel of the problem: an objective, or a network."""
