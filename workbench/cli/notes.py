"""What is worth a word beside the results of a command."""

from __future__ import annotations

import sys
from collections.abc import Iterable


def tell(sentences: Iterable[str]) -> None:
    """Say each on the error output, so that what is printed and written stays what it is."""
    for sentence in sentences:
        print(f"gradient-workbench: note: {sentence}", file=sys.stderr)
