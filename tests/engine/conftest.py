"""Imported before any test module here: the package sets the number of BLAS threads before numpy is loaded."""

import workbench  # noqa: F401 - for what importing it does
