"""List the demos, or run them all: ``python -m demos``, ``python -m demos --all``."""

from __future__ import annotations

import argparse
import shutil
from importlib import import_module
from pathlib import Path

HERE = Path(__file__).parent
GALLERY = HERE / "gallery"


def names() -> list[str]:
    """Give the names of the demos in alphabetical order."""
    return sorted(path.stem for path in HERE.glob("*.py") if not path.stem.startswith("_"))


def main(argv: list[str] | None = None) -> None:
    """List the demos; with ``--all`` run them and rebuild the gallery."""
    parser = argparse.ArgumentParser(prog="python -m demos", description="List or run the demos.")
    parser.add_argument("--all", action="store_true", help="run all, and rebuild the gallery")
    parser.add_argument("--out", type=Path, default=HERE / "out", help="folder for pictures")
    options = parser.parse_args(argv)
    for name in names():
        demo = import_module(f"demos.{name}")
        if not options.all:
            print(f"python -m demos.{name:<16}{(demo.__doc__ or '').splitlines()[0]}")
            continue
        print(f"\n=== {name} ===")
        demo.main(["--out", str(options.out)])
    if options.all:
        GALLERY.mkdir(exist_ok=True)
        for picture in sorted(options.out.glob("*.*")):
            shutil.copyfile(picture, GALLERY / picture.name)
        print(f"\nThe gallery: {GALLERY}")


if __name__ == "__main__":
    main()
