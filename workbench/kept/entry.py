"""What a list says of a kept run: a small value, read without the record that it is of."""

from __future__ import annotations

import msgspec

FORMAT = 1


class KeptLane(msgspec.Struct, frozen=True, kw_only=True):
    """A lane that took part: the lowest loss of its starts at the end and on the way, none where all diverged.

    Attributes:
        index: its place in the experiment, disabled lanes counted.
        diverged_at: the first step at which a start of it diverged, -1 where none has.
        curve: the steps and losses of its first start, few points, for a small picture; of some lanes alone.
    """

    label: str
    color: str
    index: int
    final: float | None = None
    best: float | None = None
    diverged_at: int = -1
    curve: tuple[tuple[int, ...], tuple[float, ...]] = ((), ())


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A kept run.

    Attributes:
        id: the name of its folder, which sorts by time; it is not written into the folder.
        title: the experiment's, empty where it has none; `problem` is the key of its objective or data set.
        steps: those taken, of `limit` where there is one.
        layers: the names of the columns of the record's `gradient_rms`.
        starts: of each lane; curves are kept of the first `starts_kept`.
        final, best: the lowest loss of all runs at the end, and on the way.
        seconds: what the steps took.
        at: when it was kept, in seconds since 1970.
        why: `finished`, `forked` or `pinned`.
        digest: tells whether a run is this one: of equal ones all numbers are equal.
        rows, recorded: the points of the longest curve kept, and the rows of the record that they were chosen from.
        changes: how many settings were changed on the way, which the experiment does not say.
        weights: the lanes whose weights are kept; `weights_left_out` the bytes that were too many to keep.
        files: the size in bytes of each file of the folder.
        note: what a person wrote of it; `pinned`: it stays until it is deleted.
    """

    format: int = FORMAT
    id: str = ""
    title: str = ""
    problem: str = ""
    kind: str = "objective"
    lanes: tuple[KeptLane, ...] = ()
    seed: int = 0
    steps: int = 0
    limit: int | None = None
    layers: tuple[str, ...] = ()
    starts: int = 1
    starts_kept: int = 1
    final: float | None = None
    best: float | None = None
    seconds: float = 0.0
    at: float = 0.0
    why: str = "finished"
    digest: str = ""
    rows: int = 0
    recorded: int = 0
    changes: int = 0
    weights: tuple[int, ...] = ()
    weights_left_out: int = 0
    files: dict[str, int] = {}
    note: str = ""
    pinned: bool = False

    @property
    def size(self) -> int:
        """Its bytes on the disk."""
        return sum(self.files.values())


def encode(entry: Entry) -> bytes:
    """An entry as the content of a file, without what has files of its own: its name, note and pin."""
    return msgspec.json.encode(msgspec.structs.replace(entry, id="", note="", pinned=False))


_DECODER = msgspec.json.Decoder(Entry)


class _Version(msgspec.Struct):
    """What tells whether the rest can be read."""

    format: int


_VERSION = msgspec.json.Decoder(_Version)


def decode(content: bytes) -> Entry | None:
    """The entry in a file's content, None where it is of a newer version of the program.

    Raises:
        ValueError: it is none.
    """
    try:
        entry = _DECODER.decode(content)
    except msgspec.MsgspecError as error:
        if _is_newer(content):
            return None
        raise ValueError(str(error)) from None
    return entry if entry.format <= FORMAT else None


def _is_newer(content: bytes) -> bool:
    try:
        return _VERSION.decode(content).format > FORMAT
    except msgspec.MsgspecError:
        return False
