"""The gradient check at the point where a run stands."""
