"""Tables, pictures and documents of a race."""
