"""All that is seen: everything that needs widgets."""
