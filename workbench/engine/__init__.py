"""The door: what all rooms of the numerics share - problem, settings, registry, random streams, pool.

Arrays in, arrays out; no Qt, no files.

Letters used in every docstring: R runs, P parameters, D dimensions of an objective, S starts, B batch, N samples,
C classes, L layers, T recorded rows, G grid points a side.
"""
