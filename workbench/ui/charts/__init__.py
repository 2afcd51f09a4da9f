"""Charts of studies: lines with their bands, heat maps and parallel coordinates, drawn from plain values."""
