"""How a training went: the losses and other records of its epochs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import ceil, floor, inf, isfinite, log10, nan
from typing import Any, NamedTuple

from autograd.errors import shortened
from autograd.primitives import as_real

from ..checks import sequence_of
from .canvas import BLACK, BLUE, GREEN, GREY, VERMILLION, matplotlib, panels, style
from .data import finite


class Look(NamedTuple):
    """How a line is drawn: its colour, its dashes, and the marker of a point by itself."""

    colour: str
    dash: str
    marker: str


# the same in every panel; a record that says none of these has the last look
LOOKS = {
    "training": Look(BLUE, "-", "o"),
    "validation": Look(VERMILLION, "--", "s"),
    "test": Look(GREEN, ":", "^"),
}
OTHER = Look(BLACK, "-", "D")
REASON = 60  # characters of why training stopped


class Curve(NamedTuple):
    """One line of the picture: what stands at its end, its numbers by epoch, how it is drawn.

    A number that is not known, or not finite, is nan.
    """

    name: str
    numbers: list[float]
    look: Look


def learning_curves(history: Any, ax: Any = None) -> tuple[Any, Any]:
    """Draw the losses over the epochs, and below them what else was recorded.

    ``history`` has the attributes ``loss``, and if they are known ``validation_loss``,
    ``records`` (a dict from names to numbers, one an epoch, nan for none), ``best_epoch``
    (counted from 1) and ``stopped`` (why it ended). Training is solid, validation dashed, test
    dotted; losses have a logarithmic axis if all are positive. Every record has a panel of its
    own, but "training accuracy", "validation accuracy" and "test accuracy" share that of
    "accuracy". Lines break where nothing is known. ``axes`` is one Axes if there are no records,
    else a list of them; ``ax``: see ``nn.plots``. Raises
    ``ValueError`` if there is no epoch, ``TypeError`` if there is no ``loss``, ``ImportError``
    without matplotlib. Source: syllabus E7.

    >>> from types import SimpleNamespace
    >>> figure, axes = learning_curves(SimpleNamespace(loss=[0.5, 0.1, 0.05]))
    >>> axes.get_yscale(), axes.get_xlabel()
    ('log', 'epoch')
    """
    if not hasattr(history, "loss"):
        kind = type(history).__name__
        raise TypeError(
            "learning_curves expects a history with the attribute loss, a list of numbers,"
            f" got {kind} {shortened(history)}"
        )
    groups = _groups(history)
    epochs = len(groups["loss"][0].numbers)
    if not epochs or not any(map(isfinite, groups["loss"][0].numbers)):
        raise ValueError("learning_curves expects at least one epoch with a finite loss, got none")

    with style(ax):
        figure, axes = panels(ax, len(groups), 1, (5.8, 2.5), "learning_curves", shared=True)
        for panel, (name, lines) in zip(axes, groups.items(), strict=True):
            _draw(panel, name, lines)
            _number_epochs(panel, epochs, labelled=not _above(panel, axes[-1]))
        validated = any(line.name == "validation" for line in groups["loss"])
        best = getattr(history, "best_epoch", None) if validated else None
        if best is not None:
            _mark(axes, best, epochs)
        stopped = " ".join(str(getattr(history, "stopped", "")).split())
        if stopped and stopped != "epochs":  # which the axis says
            above = 6 if best is None else 18
            title = f"stopped: {_cut(stopped)}"
            axes[0].set_title(
                title, loc="left", fontsize=9, color=GREY, pad=above, parse_math=False
            )
    return figure, axes if len(axes) > 1 else axes[0]


def _cut(reason: str) -> str:
    return reason if len(reason) <= REASON else reason[: REASON - 1].rstrip() + "…"


def _groups(history: Any) -> dict[str, list[Curve]]:
    """Give the lines of each panel by the name of its axis; lines without numbers are left out."""
    losses = {"training loss": _numbers(history.loss, "loss")}
    known = getattr(history, "validation_loss", None)
    losses["validation loss"] = _numbers([] if known is None else known, "validation_loss")
    records = getattr(history, "records", None) or {}
    if not isinstance(records, Mapping):
        kind = f"{type(records).__name__} {shortened(records)}"
        raise TypeError(f"learning_curves expects a dict of records by name, got {kind}")
    named = [*losses.items(), *((str(k), _numbers(v, str(k))) for k, v in records.items())]

    groups: dict[str, list[Curve]] = {"loss": []}
    for name, numbers in named:
        first, _, rest = name.partition(" ")
        panel, end = (rest, first) if first in LOOKS and rest else (name, name)
        if name == "training loss" or any(map(isfinite, numbers)):
            curve = Curve(end, numbers, LOOKS.get(end, OTHER))
            groups.setdefault(panel, []).append(curve)
    return groups


def _numbers(record: Any, name: str) -> list[float]:
    numbers = [as_real(x) for x in sequence_of(record, f"{name} of a history")]
    return [nan if x is None or not isfinite(x) else x for x in numbers]


def _draw(panel: Any, name: str, lines: Sequence[Curve]) -> None:
    ends = []
    for line in lines:
        colour, dash, marker = line.look
        marked = _marked(line.numbers)
        panel.plot(
            range(1, len(line.numbers) + 1), line.numbers, dash, color=colour, linewidth=1.6,
            marker=marker if marked else None, markevery=marked, markersize=4.0,
            label=line.name, clip_on=False,
        )  # fmt: skip
        if [line.name] != [name] * len(lines):  # else the axis says it
            ends.append((list(finite(line.numbers))[-1], line.name, colour))
    known = [x for line in lines for x in finite(line.numbers)]
    logarithmic = name == "loss" and min(known) > 0.0
    if logarithmic:
        _logarithmic(panel, min(known), max(known))
    panel.yaxis.set_major_formatter(matplotlib().ticker.FuncFormatter(_written(panel)))
    panel.set_ylabel("loss (log)" if logarithmic else name, parse_math=False)
    _label(panel, ends)


def _marked(numbers: Sequence[float]) -> list[int]:
    """Give the indices of the points that need a marker: of all that are known if few are, else
    of those between gaps, where there is no line.

    >>> _marked([1.0, nan, 1.0, 1.0, 1.0]), _marked([nan, 1.0, 1.0, nan, nan])
    ([0], [1, 2])
    """
    known = [isfinite(x) for x in numbers]
    few = 2 * sum(known) < len(known)
    around = [False, *known, False]
    return [k for k, here in enumerate(known) if here and (few or not (around[k] or around[k + 2]))]


def _above(panel: Any, last: Any) -> bool:
    """Say whether the numbers at another Axes, lower down, are those of this one, too."""
    left, left_of_last = panel.get_position().x0, last.get_position().x0
    joined = panel.get_shared_x_axes().joined(panel, last)
    return panel is not last and joined and abs(left - left_of_last) < 1e-6


def _number_epochs(panel: Any, epochs: int, labelled: bool) -> None:
    ticker = matplotlib().ticker
    panel.xaxis.set_major_locator(ticker.FixedLocator(epoch_ticks(epochs)))
    panel.xaxis.set_major_formatter(ticker.FuncFormatter(lambda x, _: _whole(x, epochs)))
    panel.set_xlim((0.5, 1.5) if epochs == 1 else (1, epochs))
    panel.tick_params(labelbottom=labelled)
    if labelled:
        panel.set_xlabel("epoch")


def epoch_ticks(epochs: int) -> list[int]:
    """Give the epochs to write at an axis: the first, the last, and round ones between them.

    >>> epoch_ticks(3), epoch_ticks(537)
    ([1, 2, 3], [1, 100, 200, 300, 400, 537])
    """
    around = matplotlib().ticker.MaxNLocator(6, integer=True, steps=[1, 2, 5, 10])
    apart = 0.11 * epochs  # as wide as a long number
    ticks = around.tick_values(1, epochs)
    between = [round(t) for t in ticks if 1 + 0.6 * apart < t < epochs - apart]
    return [1, *between, epochs] if epochs > 1 else [1]


def _whole(epoch: float, epochs: int) -> str:
    return f"{epoch:,.0f}" if epochs > 9999 else f"{epoch:.0f}"


def _logarithmic(panel: Any, low: float, high: float) -> None:
    """Set a logarithmic y axis from below ``low`` to above ``high``."""
    ticker = matplotlib().ticker
    bottom, top = log10(low), log10(high)  # high / low may be too large for a float
    margin = 0.05 * (top - bottom) if top - bottom > 1e-12 else 0.05
    # and so may be what is beyond them, which matplotlib would compute
    above = min(top + margin, 308.25)
    panel.set_ylim(min(low, 10.0 ** max(bottom - margin, -307.0)), 10.0**above)
    panel.set_yscale("log")
    if top - bottom < 1.0:
        panel.yaxis.set_major_locator(ticker.MaxNLocator(5))
    elif top - bottom < 2.5:
        panel.yaxis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
    else:  # a LogLocator would compute powers beyond the largest float
        step = next(s for s in (1, 2, 5, 10, 20, 50, 100) if top - bottom <= 7 * s)
        powers = [k for k in range(ceil(bottom), floor(top) + 1) if k % step == 0]
        panel.yaxis.set_major_locator(ticker.FixedLocator([10.0**k for k in powers]))
    if top - bottom > 7.0:
        panel.yaxis.set_minor_locator(ticker.NullLocator())
    panel.yaxis.set_minor_formatter(ticker.NullFormatter())


def _written(panel: Any) -> Any:
    """Give the function that writes the ticks of the y axis: plainly, and no two alike."""

    def write(y: float, _: Any) -> str:
        ticks = [float(t) for t in panel.get_yticks()]
        return f"{y:.{digits(ticks)}g}".replace("-", "−")

    return write


def digits(ticks: Sequence[float]) -> int:
    """Give the number of digits, at least 6, that tell each number from the next one.

    >>> digits([0.1, 0.2]), digits([1.00000002, 1.00000004])
    (6, 9)
    """
    apart = min((b - a for a, b in pairwise(sorted(ticks))), default=inf)

    def exact(count: int) -> bool:
        return all(abs(float(f"{t:.{count}g}") - t) <= 0.01 * apart for t in ticks)

    return next(filter(exact, range(6, 17)), 17)


def _label(panel: Any, ends: list[tuple[float, str, str]]) -> None:
    """Write the names of the lines at their ends, none on top of another."""
    panel.autoscale_view()  # the limits are not up to date before
    points = 72.0 * panel.figure.get_size_inches()[1] * panel.get_position().height
    to_share = panel.transData + panel.transAxes.inverted()
    ends = sorted(ends)
    shares = [to_share.transform((1.0, number))[1] for number, _, _ in ends]
    for place, (_, name, colour) in zip(spread(shares, 15.0 / points), ends, strict=True):
        panel.text(
            1.02, place, name, color=colour, transform=panel.transAxes, va="center",
            clip_on=False, parse_math=False,
        )  # fmt: skip


def spread(places: Sequence[float], apart: float) -> list[float]:
    """Move sorted places between 0 and 1 so that they are ``apart``, and stay there.

    >>> spread([0.0, 0.5, 0.5], 0.25), spread([1.0, 1.0], 0.25)
    ([0.0, 0.375, 0.625], [0.75, 1.0])
    """
    up, down = list(places), list(places)
    for k in range(1, len(places)):
        up[k] = max(up[k], up[k - 1] + apart)
        down[-k - 1] = min(down[-k - 1], down[-k] - apart)
    last = len(places) - 1
    between = [0.5 * (a + b) for a, b in zip(up, down, strict=True)]
    return [min(max(x, k * apart), 1.0 - (last - k) * apart) for k, x in enumerate(between)]


def _mark(axes: Sequence[Any], best: int, epochs: int) -> None:
    for panel in axes:
        panel.axvline(best, color=GREY, linewidth=0.9, linestyle=":", zorder=0, clip_on=False)
    third = 3 * best // (epochs + 1)  # near an end the words stay inside
    axes[0].annotate(
        f"lowest validation loss: epoch {_whole(best, epochs)}", (best, 1.0),
        xycoords=axes[0].get_xaxis_transform(), xytext=(0, 2), textcoords="offset points",
        color=GREY, fontsize=9, ha=("left", "center", "right")[min(third, 2)],
    )  # fmt: skip
