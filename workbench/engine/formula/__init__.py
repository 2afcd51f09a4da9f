"""Typed formulas: their grammar, graph of operations and exact derivatives. Text is never evaluated as Python."""
