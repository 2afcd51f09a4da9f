"""The rate finder: loss against learning rate for every lane."""
