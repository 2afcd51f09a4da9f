"""Checks of the engine's own numbers: exact gradients against central differences."""
