"""Races: several rules side by side on a problem, their record, their states to go back to, and what they show."""
