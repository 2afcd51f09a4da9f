"""What is worth a word beside the results of a command."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from workbench.cli.ending import sentence


def tell(sentences: Iterable[str]) -> None:
    """Say each on the error output, so that what is printed and written stays what it is."""
    for note in sentences:
        print(f"gradient-workbench: note: {sentence(note)}", file=sys.stderr)
