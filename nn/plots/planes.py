"""The plane of two inputs: scores and regions painted over it, and the data on top."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any, NamedTuple

from .canvas import BLACK, BLUE, COLOURS, MARKERS, VERMILLION, bar_beside, cased, diverging, tint
from .data import (
    RANGES,
    Classes,
    beneath_of,
    evenly,
    output_name,
    padded,
    plain_out,
    squash_of,
    threshold_of,
)

LINE = 1.6  # the width of a line where something is decided
ROUNDING = 1e-9  # outputs that differ by no more of their size are the same


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


def plane_around(rows: Sequence[Sequence[float]], steps: int, margin: float = 0.2) -> Plane:
    """Give the grid over some points and a margin around them, ``steps`` points along each side.

    >>> plane_around([[0.0, 0.0], [1.0, 2.0]], 2, margin=0.5)
    Plane(across=[-0.5, 1.5], up=[-1.0, 3.0])
    """
    sides = zip(*rows, strict=True)
    return Plane(*(evenly(*padded(side, margin), steps) for side in sides))


class Scale(NamedTuple):
    """Which numbers the colours reach from and to, which is white, and if there are others."""

    low: float
    high: float
    middle: float
    bounded: bool = True

    def colours(self, low: str, high: str) -> dict[str, Any]:
        """Give what a mesh of light colours takes.

        >>> sorted(Scale(0.0, 1.0, 0.5).colours("#000000", "#000000"))
        ['cmap', 'vmax', 'vmin']
        """
        white = min(1.0, max(0.0, (self.middle - self.low) / (self.high - self.low)))
        cmap = diverging(low, high, strength=0.5, white=white)
        return {"cmap": cmap, "vmin": self.low, "vmax": self.high}

    def bar(self, axes: Any, mesh: Any) -> Any:
        """Put the scale beside the axes: with arrows at its ends where numbers may be beyond.

        >>> from .canvas import one_panel
        >>> _, axes = one_panel(None, (2.0, 2.0), "a plot")
        >>> Scale(0.0, 1.0, 0.5).bar(axes, axes.pcolormesh([[0.0, 1.0]])).get_ticks().tolist()
        [0.0, 0.5, 1.0]
        """
        if self.bounded:
            ticks = [self.low, (self.low + self.high) / 2.0, self.high]
            return bar_beside(axes, mesh, "output", ticks=ticks)
        extend = "both" if self.low < self.middle else "max"
        return bar_beside(axes, mesh, "output", extend=extend)


def scale_for(activation: str, numbers: Sequence[float], middle: float) -> Scale:
    """Give the scale of an activation's outputs: all that it can give, or as far as numbers go.

    >>> scale_for("tanh", [0.1], 0.5)
    Scale(low=-1.0, high=1.0, middle=0.5, bounded=True)
    >>> scale_for("linear", [0.1, 4.0], 1.0)
    Scale(low=-2.0, high=4.0, middle=1.0, bounded=False)
    """
    if activation in RANGES:
        return Scale(*RANGES[activation], middle)
    reach = max(abs(n - middle) for n in numbers)
    if reach < ROUNDING:
        reach = 1.0
    return Scale(middle - reach, middle + reach, middle, bounded=False)


def paint_score(
    axes: Any,
    plane: Plane,
    score: list[list[float]],
    scale: Scale,
    colours: tuple[str, str] = (BLUE, VERMILLION),
) -> Any:
    """Paint a score in light colours, those of low and high numbers; give the mesh.

    >>> from .canvas import one_panel
    >>> _, axes = one_panel(None, (2.0, 2.0), "a plot")
    >>> plane, scale = Plane([0.0, 1.0], [0.0, 1.0]), Scale(-1.0, 3.0, 1.0)
    >>> paint_score(axes, plane, [[0, 1], [0, 4]], scale).get_clim()
    (-1.0, 3.0)
    """
    shades = scale.colours(*colours)
    return axes.pcolormesh(*plane, score, shading="gouraud", rasterized=True, **shades)


def draw_level(axes: Any, plane: Plane, score: list[list[float]], level: float) -> bool:
    """Draw the line where a score has this level; say whether it has it anywhere.

    A score that is this level everywhere but for rounding has no line.

    >>> from .canvas import one_panel
    >>> _, axes = one_panel(None, (2.0, 2.0), "a plot")
    >>> plane, score = Plane([0.0, 1.0], [0.0, 1.0]), [[0, 1], [0, 1]]
    >>> draw_level(axes, plane, score, 0.5), draw_level(axes, plane, score, 2.0)
    (True, False)
    """
    low, high = min(chain(*score)), max(chain(*score))
    passed = low < level < high and high - low > ROUNDING * abs(level)
    if passed:
        line = axes.contour(*plane, score, levels=[level], colors=BLACK, linewidths=LINE, zorder=4)
        cased(line, LINE)
    return passed


def name_line(axes: Any, name: str) -> None:
    """Let the legend of the axes name the line, which itself is no line to a legend.

    >>> from .canvas import one_panel
    >>> _, axes = one_panel(None, (2.0, 2.0), "a plot")
    >>> name_line(axes, "output = 0.5")
    >>> axes.get_legend_handles_labels()[1]
    ['output = 0.5']
    """
    (line,) = axes.plot([], [], color=BLACK, linewidth=LINE, label=name)
    cased(line, LINE)


class Decision(NamedTuple):
    """What a model says at the points of a plane, and where it decides.

    ``score`` is the single output and ``scale`` its colours, None if there are several; the
    lines are where ``potentials`` pass ``level`` or, if there are several, where the largest
    changes.
    """

    score: list[list[float]] | None
    scale: Scale | None
    potentials: list[list[list[float]]]
    level: float


def decision_over(
    plane: Plane,
    model: Any,
    rows: Sequence[Sequence[float]],
    bipolar: bool,
    threshold: float | None,
    who: str,
) -> Decision:
    """Give what a model decides over a plane around some rows.

    Targets are 0/1, or -1/+1 if ``bipolar``. Raises ``ValueError`` where the model gives nan.

    >>> from nn import Neuron
    >>> plane, neuron = Plane([0.0, 1.0], [0.0]), Neuron(2, "sigmoid", rng=0)
    >>> decision = decision_over(plane, neuron, [[0, 0]], False, None, who="a plot")
    >>> decision.level, decision.scale
    (0.0, Scale(low=0.0, high=1.0, middle=0.5, bounded=True))
    """
    middle = threshold_of(model, bipolar, threshold, who)
    beneath = beneath_of(model) if threshold is None else model

    def over(function: Any) -> list[list[list[float]]]:
        return plane.map(lambda row: plain_out(function(row), row, model, who))

    potentials = over(beneath)
    level = middle if beneath is model else 0.0
    if len(potentials[0][0]) > 1:
        return Decision(None, None, potentials, level)
    squash = squash_of(model)
    if beneath is model:
        outputs = potentials
    elif squash is not None:  # numbers are squashed faster than the model runs once more
        outputs = [[[squash(p) for p in point] for point in line] for line in potentials]
    else:
        outputs = over(model)
    name = output_name(model)
    seen = [] if name in RANGES else [plain_out(model(row), row, model, who)[0] for row in rows]
    scale = scale_for(name, seen, middle)
    return Decision([[output for (output,) in line] for line in outputs], scale, potentials, level)


def paint_decision(axes: Any, plane: Plane, decision: Decision) -> Any:
    """Paint what a model decides, and name the line; give the mesh of a score, None for regions.

    >>> from .canvas import one_panel
    >>> _, axes = one_panel(None, (2.0, 2.0), "a plot")
    >>> plane, score = Plane([0.0, 1.0], [0.0, 1.0]), [[0, 1], [0, 1]]
    >>> decision = Decision(score, Scale(0.0, 1.0, 0.5), [[[-2], [2]]] * 2, 0.0)
    >>> paint_decision(axes, plane, decision) in axes.collections, len(axes.collections)
    (True, 2)
    """
    if decision.score is None or decision.scale is None:
        if _paint_regions(axes, plane, decision.potentials):
            name_line(axes, "largest changes")
        return None
    mesh = paint_score(axes, plane, decision.score, decision.scale)
    line = [[potential for (potential,) in row] for row in decision.potentials]
    if draw_level(axes, plane, line, decision.level):
        name_line(axes, f"output = {decision.scale.middle:.3g}")
    return mesh


def _paint_regions(axes: Any, plane: Plane, potentials: list[list[list[float]]]) -> bool:
    """Paint where each of several potentials is the largest; say if there are lines between."""
    last = len(potentials[0][0]) - 1
    lines = False
    for c in range(last + 1):
        lead = [[p[c] - max(p[:c] + p[c + 1 :]) for p in row] for row in potentials]
        most = max(chain(*lead))
        if most > 0.0:
            colour = tint(COLOURS[c % len(COLOURS)])
            axes.contourf(*plane, lead, levels=[0.0, 2.0 * most], colors=[colour])
        if c < last:  # the last region's lines are those of the others
            lines |= draw_level(axes, plane, lead, 0.0)
    return lines


def number_classes(axes: Any, rows: Sequence[Sequence[float]], classes: Classes) -> None:
    """Write the number of each class amid its samples, if there are more classes than colours.

    >>> from .canvas import one_panel
    >>> _, axes = one_panel(None, (2.0, 2.0), "a plot")
    >>> number_classes(axes, [[0.0, 1.0], [2.0, 1.0]], Classes(["class 0"] * 9, [8, 8]))
    >>> [(text.get_text(), text.get_position()) for text in axes.texts]
    [('8', (1.0, 1.0))]
    """
    if len(classes.names) <= len(COLOURS):
        return
    for c in sorted(set(classes.of_samples)):
        points = [row for row, its in zip(rows, classes.of_samples, strict=True) if its == c]
        across, up = (sum(side) / len(points) for side in zip(*points, strict=True))
        middle = {"ha": "center", "va": "center", "zorder": 6}
        cased(axes.text(across, up, str(c), color=BLACK, weight="bold", size=12, **middle))


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
    size = min(70.0, max(8.0, 4000.0 / len(rows))) * (0.5 if small else 1.0)
    # few points are above the lines (4), which would hide them; many points would hide the lines
    above = 5 if len(rows) <= 100 else 3
    for c, name in enumerate(classes.names):
        points = [r for r, its in zip(rows, classes.of_samples, strict=True) if its == c]
        axes.scatter(
            [a for a, _ in points], [b for _, b in points], s=size, label=name, zorder=above,
            marker=MARKERS[c % len(MARKERS)], c=COLOURS[c % len(COLOURS)],
            edgecolors="white", linewidths=0.11 * size**0.5, alpha=0.8 if len(rows) > 500 else None,
        )  # fmt: skip
