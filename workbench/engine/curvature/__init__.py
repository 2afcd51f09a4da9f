"""Curvature: second derivatives along the steepest directions, and what a rule's steps do along each of them."""
