"""Studies: many runs of experiments, in tasks for any executor: sweeps from a file, fair races, and maps."""
