"""How a training went: the losses and other records of its epochs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite, log10, nan
from typing import Any, NamedTuple

from autograd.errors import shortened
from autograd.primitives import as_real

from ..checks import sequence_of
from .canvas import COLOURS, GREY, matplotlib, panels, style
from .data import finite


class Curve(NamedTuple):
    """One line of the picture: what stands at its end, and its number after each epoch."""

    name: str
    numbers: list[float]
    dashed: bool


def learning_curves(history: Any, ax: Any = None) -> tuple[Any, list[Any]]:
    """Draw the losses over the epochs, and below them what else was recorded.

    ``history`` has the attributes ``loss``, and if they are known ``validation_loss``,
    ``records`` (a dict from names to numbers, one an epoch, nan for none), ``best_epoch``
    (counted from 1) and ``stopped`` (why it ended). Validation is dashed; losses have a
    logarithmic axis if all are positive. Records whose names have the same last word share a
    panel: "accuracy" and "validation accuracy". ``ax``: see ``nn.plots``. Raises ``ValueError``
    if there is no epoch, ``TypeError`` if there is no ``loss``, ``ImportError`` without
    matplotlib. Source: syllabus E7.

    >>> from types import SimpleNamespace
    >>> figure, (axes,) = learning_curves(SimpleNamespace(loss=[0.5, 0.1, 0.05]))
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

    with style():
        figure, axes = panels(ax, len(groups), 1, (5.8, 2.5), "learning_curves", shared=True)
        for panel, (name, lines) in zip(axes, groups.items(), strict=True):
            _draw(panel, name, lines)
            _number_epochs(panel, epochs, labelled=panel is axes[-1])
        validated = any(line.dashed for line in groups["loss"])
        best = getattr(history, "best_epoch", None) if validated else None
        if best is not None:
            _mark(axes, best)
        stopped = getattr(history, "stopped", "")
        if stopped and stopped != "epochs":  # which the axis says
            above = 6 if best is None else 18
            title = f"stopped: {stopped}"
            axes[0].set_title(title, loc="left", fontsize=9, color=GREY, pad=above)
    return figure, axes


def _groups(history: Any) -> dict[str, list[Curve]]:
    """Give the lines of each panel by the name of its axis; lines without numbers are left out."""
    groups = {"loss": [Curve("training", _numbers(history.loss, "loss"), False)]}
    known = getattr(history, "validation_loss", None)
    validation = _numbers([] if known is None else known, "validation_loss")
    if any(map(isfinite, validation)):
        groups["loss"].append(Curve("validation", validation, True))
    records = getattr(history, "records", None) or {}
    if not isinstance(records, Mapping):
        kind = f"{type(records).__name__} {shortened(records)}"
        raise TypeError(f"learning_curves expects a dict of records by name, got {kind}")
    # training before validation, so that the two have the same colours in every panel
    for name in sorted(records, key=_validates):
        *words, panel = name.split() or [name]
        curve = Curve(
            " ".join(words) or "training", _numbers(records[name], name), _validates(name)
        )
        if any(map(isfinite, curve.numbers)):
            groups.setdefault(panel, []).append(curve)
    return groups


def _validates(name: str) -> bool:
    return name.split()[:1] == ["validation"]


def _numbers(record: Any, name: str) -> list[float]:
    numbers = [as_real(x) for x in sequence_of(record, f"{name} of a history")]
    return [nan if x is None else x for x in numbers]


def _draw(panel: Any, name: str, lines: Sequence[Curve]) -> None:
    ends = []
    for k, line in enumerate(lines):
        points = [(e, x) for e, x in enumerate(line.numbers, start=1) if isfinite(x)]
        colour, dash = COLOURS[k % len(COLOURS)], "--" if line.dashed else "-"
        marker = "os"[line.dashed] if len(points) == 1 else None
        panel.plot(
            *zip(*points, strict=True), dash, color=colour, marker=marker, label=line.name,
            clip_on=False, linewidth=1.6,
        )  # fmt: skip
        ends.append((points[-1][1], line.name, colour))
    known = [x for line in lines for x in finite(line.numbers)]
    if name == "loss" and min(known) > 0.0:
        _logarithmic(panel, min(known), max(known))
    panel.set_ylabel(name)
    _label(panel, ends)


def _number_epochs(panel: Any, epochs: int, labelled: bool) -> None:
    ticker = matplotlib().ticker
    few = ticker.FixedLocator([1]) if epochs == 1 else ticker.MaxNLocator(8, integer=True)
    panel.xaxis.set_major_locator(few)
    panel.set_xlim((0.5, 1.5) if epochs == 1 else (1, epochs))
    panel.tick_params(labelbottom=labelled)
    if labelled:
        panel.set_xlabel("epoch")


def _logarithmic(panel: Any, low: float, high: float) -> None:
    """Set a logarithmic y axis whose ticks are plain numbers."""
    ticker = matplotlib().ticker
    panel.set_yscale("log")
    decades = log10(high / low)
    if decades < 1.0:
        panel.yaxis.set_major_locator(ticker.MaxNLocator(5))
    else:
        panel.yaxis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5) if decades < 2.5 else (1,)))
    panel.yaxis.set_major_formatter(ticker.FuncFormatter(lambda y, _: f"{y:g}"))
    panel.yaxis.set_minor_formatter(ticker.NullFormatter())


def _label(panel: Any, ends: list[tuple[float, str, str]]) -> None:
    """Write the names of the lines at their ends, none on top of another."""
    panel.autoscale_view()  # the limits are not up to date before
    points = 72.0 * panel.figure.get_size_inches()[1] * panel.get_position().height
    to_share = panel.transData + panel.transAxes.inverted()
    ends = sorted(ends)
    shares = [to_share.transform((1.0, number))[1] for number, _, _ in ends]
    for place, (_, name, colour) in zip(spread(shares, 15.0 / points), ends, strict=True):
        panel.text(
            1.02, place, name, color=colour, transform=panel.transAxes, va="center", clip_on=False
        )


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


def _mark(axes: Sequence[Any], best: int) -> None:
    for panel in axes:
        panel.axvline(best, color=GREY, linewidth=0.9, linestyle=":", zorder=0, clip_on=False)
    axes[0].annotate(
        f"best: epoch {best}", (best, 1.0), xycoords=axes[0].get_xaxis_transform(),
        xytext=(0, 2), textcoords="offset points", color=GREY, fontsize=9, ha="center",
    )  # fmt: skip
