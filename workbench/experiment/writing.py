"""Files that appear whole or not at all: in the place of an older one, with its owner, permissions and links."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import shutil
import stat
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO

if sys.platform != "win32":
    import fcntl

_UMASK = threading.Lock()
#: Bytes of a name that a part keeps of its file's; a name may have 255, and the part's has some more than the file's.
_NAME = 160


def write_bytes(path: str | Path, content: bytes, *, safe: bool = True) -> None:
    """Write a file so that its final name never holds half of it; `safe` as in `whole_file`."""
    with whole_file(path, safe=safe) as file:
        file.write(content)


@contextlib.contextmanager
def whole_file(path: str | Path, *, safe: bool = True) -> Iterator[IO[bytes]]:
    """A file to write to, which takes the place of `path` when all is written, or leaves no trace.

    Links stay, and what they point to is replaced; owner and permissions stay, too. What has other names (hard links),
    or an owner that nobody else may give a file, cannot be replaced: once all is written and safe, its content is.
    Parts that killed calls have left of the same file are swept away. What is `safe` outlives a loss of power, too,
    which takes the disk a while.

    Raises:
        OSError: it cannot be written, or is a pipe or a device.
    """
    path = Path(os.path.realpath(path))
    before = _standing(path)
    _sweep(path)
    file, part = _open_part(path)
    try:
        with file:
            yield file
            file.flush()
            if safe:
                os.fsync(file.fileno())
            if before is None:
                part.chmod(0o666 & ~_umask())  # the part's own mode is for its owner alone
            poured = before is not None and (before.st_nlink > 1 or not _takes_over(part, before))
            if poured:
                _pour(file, path)
            elif sys.platform != "win32":
                part.replace(path)  # before it is closed: until then the lock says that somebody is at it
        if poured:
            part.unlink()
        elif sys.platform == "win32":
            part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _standing(path: Path) -> os.stat_result | None:
    """The file that is there already."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(found.st_mode):
        if stat.S_ISDIR(found.st_mode):
            raise IsADirectoryError(errno.EISDIR, "a folder has this name", str(path))
        raise OSError(errno.EINVAL, "this is no file, but a pipe or a device", str(path))
    return found


def _umask() -> int:
    with _UMASK:  # of the whole process: files may be written in several threads
        umask = os.umask(0)
        os.umask(umask)
    return umask


def _takes_over(part: Path, before: os.stat_result) -> bool:
    """Give the part the owner and the permissions of the file before it; False where the owner cannot be given."""
    if sys.platform != "win32":
        now = part.stat()
        if (now.st_uid, now.st_gid) != (before.st_uid, before.st_gid):
            try:
                os.chown(part, before.st_uid, before.st_gid)
            except OSError:
                return False
    part.chmod(stat.S_IMODE(before.st_mode))
    return True


def _pour(file: IO[bytes], path: Path) -> None:
    """Put all that was written into the file that is there."""
    file.seek(0)
    with path.open("r+b") as target:
        shutil.copyfileobj(file, target, 1 << 20)
        target.truncate()
        target.flush()
        os.fsync(target.fileno())


# Parts of files


def _part_prefix(path: Path) -> str:
    """How the names of a file's parts begin; a long name is cut and told from others by its digest."""
    name = path.name
    if len(os.fsencode(name)) > _NAME:
        digest = hashlib.sha256(os.fsencode(name)).hexdigest()[:16]
        while len(os.fsencode(name)) > _NAME:
            name = name[:-1]
        name = f"{name}~{digest}"
    return f".{name}."


def _open_part(path: Path) -> tuple[IO[bytes], Path]:
    while True:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=_part_prefix(path), suffix=".part")
        file = os.fdopen(handle, "w+b")
        _lock(file)
        if os.fstat(handle).st_nlink:  # else it was swept away before the lock held
            return file, Path(name)
        file.close()


def _lock(file: IO[bytes]) -> None:
    """Say that somebody is at this part, for as long as it is open. Where nobody can say that, no part is swept."""
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_EX)


def _sweep(path: Path) -> None:
    """Remove the parts of this file that nobody is at."""
    own, left = re.compile(re.escape(_part_prefix(path)) + r"[a-z0-9_]{8}\.part"), []
    with contextlib.suppress(OSError), os.scandir(path.parent) as entries:
        left = [Path(e.path) for e in entries if own.fullmatch(e.name) and e.is_file(follow_symlinks=False)]
    for part in left:
        with contextlib.suppress(OSError), part.open("rb") as file:
            if sys.platform != "win32":
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                part.unlink()
        if sys.platform == "win32":
            with contextlib.suppress(OSError):  # there an open file cannot be removed
                part.unlink()
