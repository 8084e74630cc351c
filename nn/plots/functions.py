"""Curves of functions of one number, such as activations, and of their derivatives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import pairwise
from math import isfinite, nan
from typing import Any

from autograd import grad
from autograd.errors import shortened
from autograd.primitives import real

from .canvas import BLUE, LIGHT, VERMILLION, panels, style
from .data import evenly, finite, number_or_gap

STEPS = 400  # pieces of each curve
POLE = 10.0  # a function that ranges over so many times its middle 90 % is cut
HALVINGS = 40  # by then a continuous function has stopped moving

Function = Callable[[Any], Any]


def curves(
    functions: Mapping[str, Function],
    derivative: bool = True,
    low: float = -4.0,
    high: float = 4.0,
    ax: Any = None,
) -> tuple[Any, list[Any]]:
    """Draw functions of one number, each in a panel with its derivative.

    Arguments:
        functions: by name; each takes a number or a ``Value`` and gives one.
        derivative: whether to draw it, dashed.
        low, high: the ends of the x axis.
        ax: see ``nn.plots``; a panel for each function.

    Where a function jumps, or is not defined, its curve has a gap; what a pole sends far beyond
    the rest is cut off. Raises ``ValueError`` for no
    functions, or ends that are not in order, ``TypeError`` for what is no function,
    ``ImportError`` without matplotlib. Source: syllabus B6.

    >>> import nn
    >>> figure, axes = curves({"tanh": nn.tanh, "relu": nn.relu})
    >>> [line.get_label() for line in axes[0].lines if line.get_label()[0] != "_"]
    ['$f$', "$f'$"]
    """
    if not isinstance(functions, Mapping) or not all(map(callable, functions.values())):
        kind = f"{type(functions).__name__} {shortened(functions)}"
        raise TypeError(f"curves expects a dict from names to functions, got {kind}")
    low, high = real(low, "low of curves"), real(high, "high of curves")
    if not functions or not (isfinite(low) and isfinite(high) and low < high):
        raise ValueError(
            f"curves expects at least one function, and low < high,"
            f" got {len(functions)} functions from {low:g} to {high:g}"
        )
    drawn = []
    for name, function in functions.items():
        each = [("$f$", "-", BLUE, function)]
        if derivative:
            each.append(("$f'$", "--", VERMILLION, grad(function)))
        who = f"curves, of {name!r},"
        drawn.append([
            (label, dash, colour, with_gaps(partial(number_or_gap, f, who=who), low, high))
            for label, dash, colour, f in each
        ])  # fmt: skip

    with style(ax):
        columns = len(functions) if len(functions) < 4 else 2 if len(functions) == 4 else 3
        figure, axes = panels(ax, len(functions), columns, (2.7, 2.2), "curves")
        for panel, name, lines in zip(axes, functions, drawn, strict=True):
            panel.axhline(0.0, color=LIGHT, linewidth=0.8, zorder=0)
            panel.axvline(0.0, color=LIGHT, linewidth=0.8, zorder=0)
            for label, dash, colour, (across, heights) in lines:
                panel.plot(across, heights, dash, color=colour, label=label, linewidth=1.7)
            panel.set_title(name, parse_math=False)
            panel.set_xlim(low, high)
            _keep_in_view(panel, *(heights for *_, (_, heights) in lines))
        for panel in axes[-min(columns, len(axes)) :]:
            panel.set_xlabel("$x$")
        if derivative:
            axes[0].legend(fontsize=9, handlelength=1.6, framealpha=0.85, edgecolor="none")
    return figure, axes


def _keep_in_view(panel: Any, values: list[float], slopes: Sequence[float] = ()) -> None:
    """Cut the y axis where a pole, of the function or its derivative, would flatten the rest."""
    known = sorted(finite(values))
    few = len(known) // 20
    span = known[-1 - few] - known[few] if known else 0.0  # of all but the extremes
    if not span:
        return
    low, high = known[few] - span, known[-1 - few] + span
    if known[-1] - known[0] < POLE * span:
        low, high = min(low, known[0]), max(high, known[-1])
    if any(not low <= y <= high for y in finite([*values, *slopes])):
        bottom, top = panel.get_ylim()
        panel.set_ylim(max(bottom, low), min(top, high))


def with_gaps(
    function: Callable[[float], float], low: float, high: float
) -> tuple[list[float], list[float]]:
    """Give the points of a curve, with a nan wherever the function jumps.

    >>> from autograd import step
    >>> across, heights = with_gaps(step, -1.0, 1.0)
    >>> k = next(k for k, height in enumerate(heights) if height != height)
    >>> heights[k - 1], heights[k + 1], abs(across[k]) < 1e-9
    (0.0, 1.0, True)
    """
    across = evenly(low, high, STEPS + 1)
    heights = [function(x) for x in across]
    known = list(finite(heights))
    suspicious = 0.002 * (max(known) - min(known)) if known else 0.0
    points = [(across[0], heights[0])]
    for (a, before), (b, after) in pairwise(zip(across, heights, strict=True)):
        if abs(after - before) > suspicious:
            points += _jump(function, (a, before), (b, after))
        points.append((b, after))
    xs, ys = zip(*points, strict=True)
    return list(xs), list(ys)


def _jump(
    function: Callable[[float], float], left: tuple[float, float], right: tuple[float, float]
) -> list[tuple[float, float]]:
    """Give the two sides of a jump, with a gap between them; nothing if there is no jump.

    A jump keeps its height however closely it is looked at; what is only steep does not.
    """
    height = abs(right[1] - left[1])
    for _ in range(HALVINGS):
        x = 0.5 * (left[0] + right[0])
        middle = (x, function(x))
        if abs(middle[1] - left[1]) > abs(right[1] - middle[1]):
            right = middle
        else:
            left = middle
    if abs(right[1] - left[1]) < 0.4 * height:
        return []
    return [left, (0.5 * (left[0] + right[0]), nan), right]
