"""Short scripts that each show one thing: ``python -m demos.xor``."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path


def options(name: str, doc: str, argv: list[str] | None, seed: str | None = None) -> Namespace:
    """Read a demo's command line: ``--out DIR``, which is made, and ``--seed N``.

    ``seed`` says what the seed decides; without it the demo draws no random numbers.
    """
    parser = ArgumentParser(prog=f"python -m demos.{name}", description=doc.split("\n")[0])
    parser.add_argument("--out", type=Path, default=Path("demos/out"), help="folder for pictures")
    parser.add_argument(
        "--seed", type=int, default=0, help=f"seed of {seed}" if seed else "nothing is random here"
    )
    chosen = parser.parse_args(argv)
    try:
        chosen.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        parser.error(f"cannot make the folder {str(chosen.out)!r}: {error.strerror}")
    return chosen
