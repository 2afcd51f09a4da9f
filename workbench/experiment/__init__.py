"""What a person asked for, as frozen values; their file format; building a race from them."""
