"""Swarms: many runs of one rule on one problem, in blocks that fit the cache, of which only the outcome is kept."""
