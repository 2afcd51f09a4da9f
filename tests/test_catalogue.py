"""The catalogue page is what the registries say today."""

from __future__ import annotations

from pathlib import Path

from workbench.export.catalogue import REGISTRIES, catalogue

PAGE = Path(__file__).parents[1] / "docs" / "catalogue.md"


def test_the_page_is_fresh() -> None:
    page = PAGE.read_text("utf-8")
    assert page == catalogue(), "stale: python -m workbench.export.catalogue > docs/catalogue.md"


def test_every_entry_has_its_section_and_every_setting_its_row() -> None:
    page = PAGE.read_text("utf-8")
    for _, _, registry in REGISTRIES:
        for entry in registry:
            assert page.count(f"(`{entry.key}`)\n") >= 1
            section = page[page.index(f"### {entry.title} (`{entry.key}`)") :].split("\n### ")[0]
            for param in entry.params:
                assert f"| `{param.name}` |" in section
