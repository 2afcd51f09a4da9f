"""Gradient Workbench: see and understand gradient descent and backpropagation.

The layers, and who may import whom, are told in docs/architecture.md and guarded by
tests/test_architecture.py.
"""

import os

# One BLAS thread, set before numpy is first imported: the products here are small, so that further threads cost
# more than they bring, they take the core that paints, and a fixed number keeps sums in a fixed order.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")

__version__ = "0.1.0"
