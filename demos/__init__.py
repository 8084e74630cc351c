"""Short scripts that each show one topic: ``python -m demos`` lists them in a course's order.

Each prints what it shows, asserts what it claims, and writes its pictures as ``NAME.*`` or
``NAME-*.*``. Its docstring is its place in the gallery: a title, the command, what to see, and
the rows of the syllabus that it covers. Claims about derivatives hold on graphs and on tapes;
where something is trained, ``--engine`` says on which.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograd import record, value_and_grad


def options(
    name: str, doc: str | None, argv: list[str] | None, seed: str = "", trains: bool | str = False
) -> Namespace:
    """Read a demo's command line: ``--out DIR``, which is made, ``--seed N``, ``--engine E``.

    ``seed`` says what the seed decides; without it nothing depends on one. ``trains``
    says whether it calls ``nn.fit``, whose ``engine`` it then is; a text is that engine's name if
    none is asked for, for many runs that are each too short for ``"auto"`` to record.
    """
    title = (doc or "").split("\n")[0]
    parser = ArgumentParser(prog=f"python -m demos.{name}", description=title)
    parser.add_argument("--out", type=Path, default=Path("demos/out"), help="folder for pictures")
    parser.add_argument(
        "--seed", type=int, default=0, help=f"seed of {seed}" if seed else "nothing depends on it"
    )
    engines = ("auto", "eager", "tape")
    parser.add_argument(
        "--engine", choices=engines, default=trains if isinstance(trains, str) else "auto",
        help="what trains, see nn.fit" if trains else "nothing is trained here",
    )  # fmt: skip
    chosen = parser.parse_args(argv)
    try:
        chosen.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        parser.error(f"cannot make the folder {str(chosen.out)!r}: {error.strerror}")
    return chosen


def on_both(f: Callable[..., Any], *at: float) -> tuple[float, list[float]]:
    """Give f and its gradient at a point, from a graph; asserts that a tape gives the same.

    >>> on_both(lambda x, y: x * y, 2.0, 3.0)
    (6.0, [3.0, 2.0])
    """
    value, slopes = value_and_grad(f, tuple(range(len(at))))(*at)
    tape = record(lambda x: f(*x), len(at))
    (((replayed,),), (((*again,),),)) = tape.forward([at]), tape.jacobian([at])
    pairs = zip([value, *slopes], [replayed, *again], strict=True)
    assert all(abs(a - b) <= 1e-12 * abs(a) + 1e-15 for a, b in pairs), "graph and tape differ"
    return value, list(slopes)


def panels(count: int, columns: int = 0, size: tuple[float, float] = (3.2, 2.8)) -> tuple[Any, Any]:
    """Give a figure and its ``count`` panels, row by row, in the look of ``nn.plots``.

    ``size`` is that of one panel, in inches; ``columns`` is how many stand side by side, all of
    them if 0.
    """
    from nn.plots import canvas

    with canvas.style():
        return canvas.panels(None, count, columns or count, size, "a demo")
