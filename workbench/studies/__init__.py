"""Studies: many runs of experiments, in tasks for any executor: sweeps from a file, and maps over two settings."""
