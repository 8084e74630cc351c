"""Writing a file so that it is either wholly there or not touched."""

from __future__ import annotations

import os
from pathlib import Path


def write_atomically(path: Path, content: bytes) -> None:
    """Write ``content`` to a temporary sibling of ``path``, then rename it into place.

    A reader sees the old file or the new one, never half of it; whatever fails, no
    temporary file stays. Raises ``OSError`` if the folder cannot be written.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "a.txt")
    ...     write_atomically(path, b"content")
    ...     path.read_bytes(), len(list(Path(folder).iterdir()))
    (b'content', 1)
    """
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        with open(temporary, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
