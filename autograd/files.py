"""Writing a file so that it is either wholly there or not touched."""

from __future__ import annotations

import os
import stat
import threading
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from .errors import RenderingError

try:
    import fcntl
except ImportError:  # Windows does not let two processes open a file that is being replaced
    fcntl = None  # type: ignore[assignment]

_lock = threading.Lock()  # the temporary name is always the same, so that none can pile up


def write_atomically(path: Path, content: bytes) -> None:
    """Write ``content`` to a temporary sibling of ``path``, then rename it into place.

    A reader sees the old file or the new one, never half of it; whatever fails, no
    temporary file stays. A symbolic link is written through, permissions are kept, threads
    and processes that write to one path take turns. Raises ``OSError`` if the folder cannot
    be written.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "a.txt")
    ...     write_atomically(path, b"content")
    ...     path.read_bytes(), len(list(Path(folder).iterdir()))
    (b'content', 1)
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():  # a device or a pipe cannot be replaced
        target.write_bytes(content)
        return
    name = target.name
    if len(os.fsencode(name)) > 250:  # with 5 characters more it would be too long
        name = name[:60]
    try:
        _write(target, target.with_name(f".{name}.tmp"), content)
    except OSError as error:
        error.filename = str(path)  # not the temporary one; a full disk names none
        raise


def _write(target: Path, temporary: Path, content: bytes) -> None:
    with _lock, _claimed(temporary) as file:
        try:
            if target.exists():
                os.chmod(temporary, stat.S_IMODE(target.stat().st_mode))
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            if fcntl is None:
                file.close()
            os.replace(temporary, target)  # while it is ours
        except BaseException:
            if fcntl is None:
                file.close()
            temporary.unlink(missing_ok=True)
            raise


def _claimed(temporary: Path) -> BinaryIO:
    """Open the temporary file, empty, when no other process is writing to it."""
    while True:
        file = open(temporary, "ab")  # noqa: SIM115 (the caller closes it)
        if fcntl is not None:
            with suppress(OSError):  # not every file system has locks
                fcntl.flock(file, fcntl.LOCK_EX)
            # the one we waited for may have renamed what we opened: then it is its target now
            try:
                ours = os.path.samestat(os.fstat(file.fileno()), os.stat(temporary))
            except FileNotFoundError:
                ours = False
            if not ours:
                file.close()
                continue
        file.truncate(0)
        return file


def write_picture(path: Path, content: bytes) -> Path:
    """Write a picture or a page and give its path; ``RenderingError`` if it cannot be written.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_picture(Path(folder, "a.svg"), b"<svg/>").name
    'a.svg'
    """
    try:
        write_atomically(path, content)
    except (OSError, ValueError) as error:  # ValueError: no name that a file can have
        raise RenderingError(
            f"cannot write {str(path)!r}: {getattr(error, 'strerror', None) or error};"
            " choose a folder that exists and that you may write to"
        ) from None
    return path
