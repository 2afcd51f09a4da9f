"""How a call of the program ends."""

OK, FAILED, WRONG, INTERRUPTED = 0, 1, 2, 130


class Wrong(Exception):  # noqa: N818 - it is a request that is wrong, and only ever seen as its sentence
    """A request that cannot be carried out, in one sentence."""
