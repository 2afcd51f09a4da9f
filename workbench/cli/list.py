"""The command `list`: what there is to choose from."""

from __future__ import annotations

import argparse
import json

from workbench.cli.ending import OK, Wrong
from workbench.engine.params import nearest, show
from workbench.listing import catalogues, describe

HELP = "list what there is to choose from"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("kind", metavar="KIND", help="one of: " + ", ".join(catalogues()))
    parser.add_argument("--json", action="store_true", help="everything known, as JSON")


def carry_out(options: argparse.Namespace) -> int:
    """Print a catalogue."""
    kinds = catalogues()
    if options.kind not in kinds:
        hint = nearest(options.kind, kinds)
        raise Wrong(f"list: KIND must be one of {', '.join(kinds)}, got {show(options.kind)}{hint}")
    entries = [describe(entry, options.kind) for entry in kinds[options.kind]()]
    if options.json:
        print(json.dumps(entries, indent=2, ensure_ascii=False))
        return OK
    width = max(len(entry["key"]) for entry in entries)
    for entry in entries:
        print(f"{entry['key']:<{width}}  {entry['title']:<24}  {entry.get('formula', entry['doc'])}".rstrip())
    return OK
