"""List the demos, or run them all: ``python -m demos``, ``python -m demos --all``."""

from __future__ import annotations

import argparse
import shutil
import time
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import fill

from autograd.files import write_atomically

from . import _gallery


def main(argv: list[str] | None = None) -> None:
    """List the demos; with ``--all`` run them, and rebuild the gallery and its page."""
    parser = argparse.ArgumentParser(prog="python -m demos", description="List or run the demos.")
    parser.add_argument("--all", action="store_true", help="run all, and rebuild the gallery")
    parser.add_argument(
        "--out",
        type=Path,
        default=_gallery.HERE,
        help="with --all: where gallery/ and README.md go",
    )
    options = parser.parse_args(argv)
    columns = max(60, shutil.get_terminal_size().columns)
    if options.all:
        rebuild(options.out)
        return
    print("Run one with python -m demos.NAME, all with python -m demos --all.")
    for part, members in _gallery.parts(_gallery.demos()):
        print(f"\n{part}")
        for demo in members:
            print(fill(demo.title, columns, initial_indent=f"  {demo.name:<26}",
                       subsequent_indent=" " * 28))  # fmt: skip


def rebuild(out: Path) -> None:
    """Run every demo; only when all have succeeded, replace the gallery and its page."""
    written = out / "README.md"
    if written.exists() and not written.read_text(encoding="utf-8").startswith(_gallery.HEADING):
        raise SystemExit(f"{written} is another page, which would be lost: choose another --out")
    course = _gallery.demos()
    with TemporaryDirectory() as folder:
        for number, demo in enumerate(course, start=1):
            print(f"\n=== {number} of {len(course)}: {demo.name} ===", flush=True)
            start = time.perf_counter()
            import_module(f"demos.{demo.name}").main(["--out", folder])
            print(f"({time.perf_counter() - start:.1f} seconds)")
        gallery = out / "gallery"
        shutil.rmtree(gallery, ignore_errors=True)
        shutil.copytree(folder, gallery)
    write_atomically(out / "README.md", _gallery.page(gallery).encode())
    print(f"\nThe gallery: {out / 'README.md'}")


if __name__ == "__main__":
    main()
