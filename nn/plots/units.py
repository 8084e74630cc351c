"""What the units of a hidden layer make of the plane of two inputs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from math import ceil
from typing import Any, NamedTuple

from autograd.errors import counted, shortened, whole_number

from ..checks import sequence_of
from ..engines import collector_paused
from ..module import evaluating
from ..networks import Sequential
from .canvas import (
    BLACK,
    GREY,
    balanced,
    cased,
    legend_for,
    legible,
    matplotlib,
    panels,
    style,
)
from .data import RANGES, Classes, classes_for, output_name, plain_out, rows_of
from .planes import (
    Decision,
    Plane,
    Scale,
    decision_over,
    draw_level,
    name_line,
    paint_decision,
    paint_score,
    plane_around,
    scale_for,
    scatter_classes,
)

LOW, HIGH = "#762A83", "#1B7837"  # purple and green: blue and vermillion are the classes
SHOWN = 23
COUNTED = 40  # among so many samples those on one point are counted


class At(NamedTuple):
    """What a layer makes of one row: the outputs and the inner potentials, if it has any."""

    outputs: list[float]
    potentials: list[float]


def hidden_units(
    model: Sequential,
    X: Any,
    y: Any,
    layer: int = 0,
    units: tuple[int, int] | None = None,
    ax: Any = None,
    steps: int = 40,
) -> tuple[Any, list[Any]]:
    """Draw what each unit of a hidden layer computes over the plane, and the data in its space.

    Arguments:
        model: an ``MLP`` or ``Sequential`` that takes 2 numbers.
        X, y: m rows of 2, and m targets as for ``decision_boundary``.
        layer: which of ``model.layers``, counted from 0, and not the last.
        units: the two units, counted from 0, that are the axes of the last panel, the hidden
            space; None are the two whose outputs for the samples differ most. If these are, in
            this order, all the layer has, the panel also shows what the layers above decide
            there. A layer of one unit has no such panel.
        ax: see ``nn.plots``; a panel for each unit, and one for the space. Of more than 23
            units the first 22 are drawn, and a panel says how many more there are.
        steps: the number of grid points along each side.

    The black line is where a unit's inner potential is 0, the dotted square what bounded units
    can reach. Of at most 40 samples, those that share a point of the hidden space are counted.
    Raises ``ValueError`` for rows of another width, other targets, a layer or units that are
    not there, or a model that gives nan, ``TypeError`` for another model, ``ImportError`` without
    matplotlib. Source: syllabus B11.

    >>> from nn import MLP
    >>> figure, axes = hidden_units(MLP([2, 3, 1], rng=0), [[0, 0], [1, 1]], [0, 1], steps=3)
    >>> [panel.get_title() for panel in axes]
    ['unit 1', 'unit 2', 'unit 3', 'hidden space']
    """
    who = "hidden_units"
    _check(model, layer, who)
    steps = whole_number(steps, f"steps of {who}", least=2)
    rows = rows_of(X, 2, who)
    plane = plane_around(rows, steps)
    with evaluating(model), collector_paused():
        outputs = len(plain_out(model(rows[0]), rows[0], model, who))
        classes = classes_for(rows, y, outputs, who)
        states = [_at(model, row, layer, who).outputs for row in rows]
        grid = plane.map(lambda row: _at(model, row, layer, who))
        pair = _pair(states, units, who)
        space = [[state[k] for k in pair] for state in states]
        bounds = RANGES.get(output_name(model.layers[layer]))
        decided = None
        if space[0]:
            corners = [[bound, bound] for bound in bounds] if bounds else space
            beyond = plane_around(corners, steps, margin=0.15)
        if pair == [0, 1] and len(states[0]) == 2:
            above = Sequential(*model.layers[layer + 1 :])
            decided = decision_over(beyond, above, space, classes.bipolar, None, who)

    width = len(states[0])
    shown = width if width <= SHOWN else SHOWN - 1
    count = min(width, SHOWN) + bool(space[0])
    columns = _columns(count)
    with style(ax):
        figure, axes = panels(ax, count, columns, _size(plane, count, ceil(count / columns)), who)
        _draw_units(axes[:shown], plane, grid, states, model.layers[layer], columns)
        for panel in axes[:shown]:
            scatter_classes(panel, rows, classes, small=True)
        if width > shown:
            axes[shown].set_axis_off()
            more = f"… {width - shown:,} more units"
            axes[shown].text(0.5, 0.5, more, ha="center", transform=axes[shown].transAxes)
        if space[0]:
            _draw_space(axes[-1], beyond, space, classes, decided, bounds)
            first, second = (f"unit {k + 1}" for k in pair)
            axes[-1].set(xlabel=first, ylabel=second)
        handles = axes[0].get_legend_handles_labels()[0]
        if ax is None:
            _legend_of_all(figure, handles, columns + 2)
        else:  # the rest of the figure is not ours
            legend_for(axes[-1], handles, 2)
    return figure, axes


def _check(model: Any, layer: Any, who: str) -> None:
    if not isinstance(model, Sequential):
        kind = type(model).__name__
        raise TypeError(f"{who} expects an MLP or a Sequential, got {kind} {shortened(model)}")
    last = len(model.layers) - 1
    if last == 0:
        raise ValueError(f"{who} expects a model with a hidden layer, got {model!r}")
    if whole_number(layer, f"layer of {who}") >= last:
        raise ValueError(
            f"layer of {who} is one of {counted(last, 'layer')} below the last, from 0 to"
            f" {last - 1}, got {layer}"
        )


def _at(model: Sequential, row: list[float], layer: int, who: str) -> At:
    module: Any = model.layers[layer]
    hidden = model.hidden(row)
    plain_out(hidden[-1], row, model, who)  # nan above the layer is not seen in the picture
    outputs = plain_out(hidden[layer], row, model, who)
    if not hasattr(module, "logits"):
        return At(outputs, [])
    before = hidden[layer - 1] if layer else row
    return At(outputs, plain_out(module.logits(before), row, model, who))


def _pair(states: list[list[float]], units: Any, who: str) -> list[int]:
    """Give the two units that make the hidden space; none of a layer of one unit."""
    width = len(states[0])
    if width == 1:
        return []
    if units is None:
        spreads = [max(outputs) - min(outputs) for outputs in zip(*states, strict=True)]
        return sorted(sorted(range(width), key=lambda k: -spreads[k])[:2])
    pair = [whole_number(k, f"a unit of {who}") for k in sequence_of(units, f"units of {who}")]
    if len(pair) != 2 or pair[0] == pair[1] or max(pair) >= width:
        raise ValueError(
            f"units of {who} are two of the {width} units, from 0 to {width - 1},"
            f" got {shortened(units)}"
        )
    return pair


def _columns(count: int) -> int:
    """Give the number of columns, 3 to 6, that leaves the fewest places empty."""
    if count < 5:
        return count
    return min((4, 3) if count < 10 else (6, 5, 4), key=lambda columns: -count % columns)


def _size(plane: Plane, count: int, rows: int) -> tuple[float, float]:
    """Give the size of a panel: what is painted is at least 1.2 inches high."""
    side = 3.4 if count == 1 else 2.8 if count < 4 else 2.5
    painted = side - (1.4 if count == 1 else 0.8)  # a bar takes more of one panel than of each
    around = 0.9 + 0.5 / rows  # title and labels, and the legend's share
    return side, around + max(1.25, painted * min(1.2, plane.ratio))


def _legend_of_all(figure: Any, handles: list[Any], most: int) -> None:
    legend = figure.legend(
        handles=handles, loc="outside lower center", ncols=balanced(len(handles), most),
        frameon=False, fontsize=9, columnspacing=1.2, handletextpad=0.4,
    )  # fmt: skip
    legible(legend)


def _draw_units(
    axes: Sequence[Any], plane: Plane, grid: list[list[At]], states: Any, module: Any, columns: int
) -> None:
    """Paint what each unit computes, all on one scale, which is beside the first row of them."""
    scale = _scale(output_name(module), list(chain(*states)))
    aspect = "equal" if 0.7 < plane.ratio < 1.5 else "auto"
    lines = False
    for k, panel in enumerate(axes):
        score = [[at.outputs[k] for at in line] for line in grid]
        mesh = paint_score(panel, plane, score, scale, (LOW, HIGH))
        if grid[0][0].potentials:
            potentials = [[at.potentials[k] for at in line] for line in grid]
            lines |= draw_level(panel, plane, potentials, 0.0)
        low, high = min(chain(*score)), max(chain(*score))
        always = f": always {low + 0.0:.3g}" if low == high else ""
        panel.set(title=f"unit {k + 1}{always}", xlabel="$x_1$", ylabel="$x_2$", aspect=aspect)
    if lines:
        name_line(axes[0], "potential = 0")
    scale.bar(axes[min(columns, len(axes)) - 1], mesh)


def _scale(activation: str, outputs: list[float]) -> Scale:
    if activation in RANGES:
        return scale_for(activation, outputs, sum(RANGES[activation]) / 2.0)
    scale = scale_for(activation, outputs, 0.0)
    # no purple for what is never negative
    return scale._replace(low=0.0) if activation in ("relu", "softplus") else scale


def _draw_space(
    axes: Any,
    plane: Plane,
    space: list[list[float]],
    classes: Classes,
    decided: Decision | None,
    bounds: tuple[float, float] | None,
) -> None:
    """Draw the data as two units see it, over what is decided there and what can be reached."""
    title = "hidden space"
    if decided is not None:
        paint_decision(axes, plane, decided)
        title = "hidden space:\nwhat the net decides"
    if bounds:
        (low, high), square = bounds, matplotlib().patches.Rectangle
        axes.add_patch(
            square((low, low), high - low, high - low, fill=False, edgecolor=GREY, linestyle=":")
        )
    scatter_classes(axes, space, classes, small=True)
    if len(space) <= COUNTED:
        _count_coinciding(axes, plane, space)
    limits = {
        "xlim": plane.across[:: len(plane.across) - 1],
        "ylim": plane.up[:: len(plane.up) - 1],
    }
    axes.set(title=title, **limits)


def _count_coinciding(axes: Any, plane: Plane, space: list[list[float]]) -> None:
    """Write 2× where two samples are on one point, as far as one can see."""
    near = [0.02 * (side[-1] - side[0]) for side in plane]
    groups: list[list[list[float]]] = []
    for point in space:
        for group in groups:
            if all(abs(a - b) < d for a, b, d in zip(point, group[0], near, strict=True)):
                group.append(point)
                break
        else:
            groups.append([point])
    for group in groups:
        if len(group) > 1:
            text = axes.annotate(
                f"{len(group)}×", group[0], (5, 5), textcoords="offset points",
                fontsize=9, color=BLACK, zorder=6,
            )  # fmt: skip
            cased(text)
