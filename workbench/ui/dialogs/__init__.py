"""Windows that ask for one thing, or show one thing."""
