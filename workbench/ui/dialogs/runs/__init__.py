"""The list of kept runs: looked through, opened, compared, laid over the pictures, and deleted."""
