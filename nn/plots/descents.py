"""The contours of a function of two numbers, and the paths of optimizers over them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import signature
from itertools import chain
from math import ceil, floor, isfinite, log10
from typing import Any

from autograd.errors import shortened, whole_number
from autograd.primitives import real

from ..checks import sequence_of
from .canvas import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    LIGHT,
    MARKERS,
    PURPLE,
    VERMILLION,
    bar_beside,
    legend_for,
    matplotlib,
    one_panel,
    style,
)
from .data import evenly, finite, number_or_gap
from .planes import Plane

LEVELS = 12  # about so many
DENSE, CROWDED = 25, 40  # markers of a path at least, if it has many; more have no edge
# 7 colours and 5 dashes, without a common divisor: 35 paths that all look different
PATHS = [VERMILLION, BLUE, GREEN, PURPLE, "#E69F00", "#56B4E9", BLACK]
DASHES = ["-", "--", "-.", (0, (1, 1.2)), (0, (5, 1, 1, 1, 1, 1))]

Path = list[tuple[float, float]]


def descent(f: Callable[..., Any], path: Any, ax: Any = None, steps: int = 100) -> tuple[Any, Any]:
    """Draw the contours of a function of two numbers and an optimizer's path over them.

    Arguments:
        f: takes one list of two numbers, as for ``autograd.grad``, or two numbers, and gives a
            number or a ``Value``. Where it is not defined or not finite the picture stays blank.
        path: the points (a, b) in order, or a dict of several such paths by name. Points that
            are not finite are left out.
        steps: the number of grid points along each side.

    The picture shows all paths and a margin around them. Levels are spaced evenly, or by
    constant factors if f is nowhere negative and ranges over a factor of 30 or more. Raises
    ``ValueError`` for a path without points, or a function that has no finite value there,
    ``ImportError`` without matplotlib. Source: syllabus A12, D1.

    >>> figure, axes = descent(lambda p: p[0] ** 2 + 2 * p[1] ** 2, [(1.0, 1.0), (0.5, 0.0)])
    >>> [text.get_text() for text in axes.get_legend().get_texts()]
    ['path', 'start', 'end']
    """
    who = "descent"
    if not callable(f):
        raise TypeError(f"{who} expects a function, got {type(f).__name__} {shortened(f)}")
    f = _of_a_point(f)
    steps = whole_number(steps, f"steps of {who}", least=2)
    paths = dict(path) if isinstance(path, Mapping) else {"path": path}
    lines = {str(name): _points(points, who) for name, points in paths.items()}
    if not lines:
        raise ValueError(f"{who} expects at least one path, got an empty dict")
    plane = _plane(list(chain(*lines.values())), steps)
    heights = plane.map(lambda point: number_or_gap(f, point, who=f"the function of {who}"))
    if not any(map(isfinite, chain(*heights))):
        raise ValueError(f"{who}: the function has no finite value around these paths")

    with style(ax):
        figure, axes = one_panel(ax, plane.size(5.6), who)
        mesh = _contours(axes, plane, heights)
        _scale_beside(axes, mesh)
        for k, (name, points) in enumerate(lines.items()):
            axes.plot(
                *zip(*points, strict=True), color=PATHS[k % len(PATHS)], linewidth=1.5,
                linestyle=DASHES[k % len(DASHES)], marker=MARKERS[k % len(MARKERS)], label=name,
                # the markers of many iterates would hide the line, their edges its colour
                markevery=max(1, len(points) // DENSE), markersize=4.0, markeredgecolor="white",
                markeredgewidth=0.4 if len(points) <= CROWDED else 0.0, zorder=3,
            )  # fmt: skip
        colours = [PATHS[k % len(PATHS)] for k in range(len(lines))]
        for what, k, marker, size in (("start", 0, "o", 70), ("end", -1, "*", 150)):
            ends = [points[k] for points in lines.values()]
            axes.scatter(
                *zip(*ends, strict=True), marker=marker, s=size, label=what, zorder=4,
                facecolors="white", edgecolors=colours, linewidths=1.4,
            )  # fmt: skip
        axes.set(
            xlabel=r"$\theta_1$", ylabel=r"$\theta_2$", aspect="equal",
            xlim=(plane.across[0], plane.across[-1]), ylim=(plane.up[0], plane.up[-1]),
        )  # fmt: skip
        _name_below(axes, longest=max(map(len, lines)))
    return figure, axes


def _scale_beside(axes: Any, mesh: Any) -> None:
    bar = bar_beside(axes, mesh, "$f$", ticks=mesh.levels[::2])
    if isinstance(mesh.norm, matplotlib().colors.LogNorm):
        ticks = round_ticks(mesh.levels[0], mesh.levels[-1])
        plain = ticks[0] >= 1e-4 and ticks[-1] < 1e6
        names = [f"{t:g}" if plain else f"$10^{{{log10(t):.0f}}}$" for t in ticks]
        bar.set_ticks(ticks, labels=names)
        bar.minorticks_off()


def round_ticks(low: float, high: float) -> list[float]:
    """Give the powers of ten between two numbers; if they are few, 2 and 5 times them, too.

    >>> round_ticks(0.05, 700.0), round_ticks(3.0, 120.0)
    ([0.1, 1.0, 10.0, 100.0], [5.0, 10.0, 20.0, 50.0, 100.0])
    """
    factors = (1, 2, 5) if high < 100.0 * low else (1,)
    powers = range(floor(log10(low)), ceil(log10(high)) + 1)
    ticks = [float(f"{factor}e{k}") for k in powers for factor in factors]
    return [t for t in ticks if low * (1.0 - 1e-9) <= t <= high * (1.0 + 1e-9)]


def _name_below(axes: Any, longest: int) -> None:
    legend = legend_for(axes, most=3 if longest <= 20 else 1)
    for text in legend.get_texts():
        text.set_parse_math(False)
    for handle in legend.legend_handles[-2:]:  # start and end, of whichever path
        handle.set_edgecolor(BLACK)


def _of_a_point(f: Callable[..., Any]) -> Callable[[list[float]], Any]:
    """Give a function of a list of two numbers, also of one that takes two numbers."""
    try:
        parameters = signature(f).parameters.values()
    except (TypeError, ValueError):  # a built-in that does not say what it takes
        return f
    needed = [p for p in parameters if p.default is p.empty and p.kind <= p.POSITIONAL_OR_KEYWORD]
    return (lambda point: f(*point)) if len(needed) == 2 else f


def _points(path: Any, who: str) -> Path:
    points = []
    for point in sequence_of(path, f"path of {who}", "points (a, b)"):
        pair = [real(x, f"a point of {who}") for x in sequence_of(point, f"a point of {who}")]
        if len(pair) != 2:
            raise ValueError(f"{who} expects points of 2 numbers, got {shortened(point)}")
        if all(map(isfinite, pair)):
            points.append((pair[0], pair[1]))
    if not points:
        raise ValueError(f"{who} expects a path of at least one finite point, got none")
    return points


def _plane(points: Path, steps: int) -> Plane:
    """Give a grid around the points, at most twice as long as it is wide."""
    sides = list(zip(*points, strict=True))
    longest = max(max(side) - min(side) for side in sides) or 2.0
    grid = []
    for side in sides:
        middle = 0.5 * (max(side) + min(side))
        reach = 0.65 * max(max(side) - min(side), 0.5 * longest)
        grid.append(evenly(middle - reach, middle + reach, steps))
    return Plane(*grid)


def _contours(axes: Any, plane: Plane, heights: list[list[float]]) -> Any:
    known = list(finite(list(chain(*heights))))
    low, high = min(known), max(known)
    positive = min((h for h in known if h > 0.0), default=1.0)
    ticker, colours = matplotlib().ticker, matplotlib().colors
    options: dict[str, Any] = {}
    if low >= 0.0 and high > 30.0 * positive:
        # what lies below a millionth of the top is one colour: a minimum on a grid point is 0
        levels = _by_factors(max(positive, 1e-6 * high), high)
        options = {"norm": colours.LogNorm(levels[0], levels[-1]), "extend": "min"}
    else:
        locator = ticker.MaxNLocator(LEVELS)
        levels = locator.tick_values(low, high if high > low else low + 1.0)
    shades = colours.LinearSegmentedColormap.from_list("heights", ["white", LIGHT])
    mesh = axes.contourf(*plane, heights, levels=levels, cmap=shades, **options)
    axes.contour(
        *plane, heights, levels=levels, colors=GREY, linewidths=0.5, linestyles="solid", alpha=0.7
    )
    return mesh


def _by_factors(low: float, high: float) -> list[float]:
    """Give powers of ten, or of a root of it, from below ``low`` to above ``high``."""
    decades = log10(high / low)
    step = next(s for s in (0.125, 0.25, 0.5, 1.0) if s == 1.0 or decades / s <= LEVELS)
    first, last = round(floor(log10(low)) / step), ceil(log10(high) / step)
    return [10.0 ** (step * k) for k in range(first, last + 1)]
