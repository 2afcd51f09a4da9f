"""Networks of affine layers with activations, and what they are made of."""
