"""A person's own table: its columns are chosen, its faults said."""
