"""The plane of two inputs: scores and regions painted over it, and the data on top."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any, NamedTuple

from .canvas import BLACK, COLOURS, MARKERS, diverging, tint
from .data import Classes, beneath_of, evenly, finite, numbers_out, padded, threshold_of


class Plane(NamedTuple):
    """The points of a grid over two inputs."""

    across: list[float]
    up: list[float]

    def map(self, function: Callable[[list[float]], Any]) -> list[list[Any]]:
        """Give what a function makes of each point, row by row from below.

        >>> Plane([0.0, 1.0], [2.0]).map(sum)
        [[2.0, 3.0]]
        """
        return [[function([a, b]) for a in self.across] for b in self.up]

    @property
    def ratio(self) -> float:
        """How high it is for its width.

        >>> Plane([0.0, 2.0], [0.0, 1.0]).ratio
        0.5
        """
        return (self.up[-1] - self.up[0]) / (self.across[-1] - self.across[0])

    def size(self, width: float) -> tuple[float, float]:
        """Give the size of a figure of that width that it fills, with a scale and a legend.

        >>> Plane([0.0, 1.0], [0.0, 1.0]).size(5.0)
        (5.0, 4.5)
        """
        height = min(1.2, max(0.35, self.ratio)) if self.aspect == "equal" else 0.6
        return width, 1.0 + 0.7 * width * height

    @property
    def aspect(self) -> str:
        """One scale for both axes, unless that makes a strip of the picture.

        >>> Plane([0.0, 2.0], [0.0, 1.0]).aspect, Plane([0.0, 9.0], [0.0, 1.0]).aspect
        ('equal', 'auto')
        """
        return "equal" if 1.0 / 3.0 < self.ratio < 3.0 else "auto"


def plane_around(rows: Sequence[Sequence[float]], steps: int, margin: float = 0.35) -> Plane:
    """Give the grid over some points and a margin around them, ``steps`` points along each side.

    >>> plane_around([[0.0, 0.0], [1.0, 2.0]], 2, margin=0.5)
    Plane(across=[-0.5, 1.5], up=[-1.0, 3.0])
    """
    sides = zip(*rows, strict=True)
    return Plane(*(evenly(*padded(side, margin), steps) for side in sides))


def paint_score(
    axes: Any, plane: Plane, score: list[list[float]], middle: float, reach: float | None = None
) -> Any:
    """Paint a score in light colours, white where it is ``middle``; give the mesh.

    The colours end ``reach`` away from the middle; None is as far as the score goes.

    >>> from .canvas import one_panel
    >>> _, axes = one_panel(None, (2.0, 2.0), "a plot")
    >>> paint_score(axes, Plane([0.0, 1.0], [0.0, 1.0]), [[0, 1], [0, 4]], 1.0).get_clim()[0]
    -2.0
    """
    distances = [abs(s - middle) for s in finite(list(chain(*score)))]
    reach = reach or max(distances, default=0.0) or 1.0
    return axes.pcolormesh(
        *plane, score, cmap=diverging(strength=0.5), shading="gouraud", rasterized=True,
        vmin=middle - reach, vmax=middle + reach,
    )  # fmt: skip


def draw_level(axes: Any, plane: Plane, score: list[list[float]], level: float) -> None:
    """Draw the line where a score has this level, if it passes it anywhere.

    >>> from .canvas import one_panel
    >>> _, axes = one_panel(None, (2.0, 2.0), "a plot")
    >>> draw_level(axes, Plane([0.0, 1.0], [0.0, 1.0]), [[0, 1], [0, 1]], 0.5)
    >>> len(axes.collections)
    1
    """
    known = list(finite(list(chain(*score))))
    if known and min(known) < level < max(known):
        axes.contour(*plane, score, levels=[level], colors=BLACK, linewidths=1.6)


class Decision(NamedTuple):
    """What a model says at the points of a plane, and where it decides.

    ``score`` is the single output, None if there are several; the lines are where ``potentials``
    pass ``level`` or, if there are several, where the largest changes.
    """

    score: list[list[float]] | None
    middle: float
    potentials: list[list[list[float]]]
    level: float


def decision_over(
    plane: Plane, model: Any, bipolar: bool, threshold: float | None, who: str
) -> Decision:
    """Give what a model decides over a plane; targets are 0/1, or -1/+1 if ``bipolar``.

    >>> from nn import Neuron
    >>> plane, neuron = Plane([0.0, 1.0], [0.0]), Neuron(2, "sigmoid", rng=0)
    >>> decision_over(plane, neuron, bipolar=False, threshold=None, who="a plot").level
    0.0
    """
    middle = threshold_of(model, bipolar, threshold, who)
    beneath = beneath_of(model) if threshold is None else model
    potentials = plane.map(lambda row: numbers_out(beneath, row, who))
    level = middle if beneath is model else 0.0
    if len(potentials[0][0]) > 1:
        return Decision(None, middle, potentials, level)
    outputs = plane.map(lambda row: numbers_out(model, row, who))
    return Decision([[output for (output,) in row] for row in outputs], middle, potentials, level)


def paint_decision(axes: Any, plane: Plane, decision: Decision) -> Any:
    """Paint what a model decides; give the mesh of a score, None for the regions of classes.

    >>> from .canvas import one_panel
    >>> _, axes = one_panel(None, (2.0, 2.0), "a plot")
    >>> plane, score = Plane([0.0, 1.0], [0.0, 1.0]), [[0, 1], [0, 1]]
    >>> decision = Decision(score, 0.5, [[[-2], [2]]] * 2, 0.0)
    >>> paint_decision(axes, plane, decision) in axes.collections, len(axes.collections)
    (True, 2)
    """
    if decision.score is None:
        _paint_regions(axes, plane, decision.potentials)
        return None
    mesh = paint_score(axes, plane, decision.score, decision.middle)
    line = [[potential for (potential,) in row] for row in decision.potentials]
    draw_level(axes, plane, line, decision.level)
    return mesh


def _paint_regions(axes: Any, plane: Plane, potentials: list[list[list[float]]]) -> None:
    """Paint where each of several potentials is the largest, with lines between the regions."""
    last = len(potentials[0][0]) - 1
    for c in range(last + 1):
        lead = [[p[c] - max(p[:c] + p[c + 1 :]) for p in row] for row in potentials]
        most = max(chain(*lead))
        if most > 0.0:
            colour = tint(COLOURS[c % len(COLOURS)])
            axes.contourf(*plane, lead, levels=[0.0, 2.0 * most], colors=[colour])
        if c < last:  # the last region's lines are those of the others
            draw_level(axes, plane, lead, 0.0)


def scatter_classes(
    axes: Any, rows: Sequence[Sequence[float]], classes: Classes, small: bool = False
) -> None:
    """Draw samples of two numbers, with a colour and a marker for each class.

    >>> from .canvas import one_panel
    >>> _, axes = one_panel(None, (2.0, 2.0), "a plot")
    >>> scatter_classes(axes, [[0.0, 1.0]], Classes(["class 0", "class 1"], [1]))
    >>> [len(dots.get_offsets()) for dots in axes.collections]
    [0, 1]
    """
    size = min(70.0, max(30.0, 1400.0 / len(rows))) * (0.5 if small else 1.0)
    for c, name in enumerate(classes.names):
        points = [r for r, its in zip(rows, classes.of_samples, strict=True) if its == c]
        axes.scatter(
            [a for a, _ in points], [b for _, b in points], s=size, label=name, zorder=3,
            marker=MARKERS[c % len(MARKERS)], c=COLOURS[c % len(COLOURS)],
            edgecolors="white", linewidths=0.11 * size**0.5,
        )  # fmt: skip
