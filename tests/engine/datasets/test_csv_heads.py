"""Files of many programs: each is read as a person reads it, or refused with the way round."""

import numpy as np
import pytest

from tests.engine.datasets.csv_heads import CASES, EXPORTS
from workbench.engine.datasets import CsvFile, CsvFormat
from workbench.engine.params import RequestError


def _load(head, tmp_path):
    path = tmp_path / "my.csv"
    path.write_bytes(head.text if isinstance(head.text, bytes) else head.text.encode())
    return CsvFile(path, head.target, head.chosen, told=CsvFormat(**head.told), missing=head.missing).table


@pytest.mark.parametrize("head", [*CASES, *EXPORTS], ids=lambda head: head.key)
def test_a_head_is_read_as_a_person_reads_it_or_refused_with_the_way_round(head, tmp_path):
    """The names, every number, the classes by the file's own text; and a word where it was not certain."""
    if head.words:
        with pytest.raises(RequestError) as error:
            _load(head, tmp_path)
        for word in head.words:
            assert word in str(error.value)
        return
    table = _load(head, tmp_path)
    assert table.columns == head.columns
    assert np.array_equal(table.x, np.array(head.x, float), equal_nan=True)
    given = [table.classes[k] for k in table.y] if table.classes else table.y[:, 0].tolist()
    assert given == head.y
    assert head.note in "; ".join(table.notes)
    assert all("\n" not in note for note in table.notes)
