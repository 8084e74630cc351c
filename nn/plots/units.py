"""What the units of a hidden layer make of the plane of two inputs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from math import isfinite
from typing import Any

from autograd.errors import counted, shortened, whole_number

from ..checks import outputs_of, sequence_of
from ..module import evaluating
from ..networks import Sequential
from .canvas import legend_below, panels, style
from .data import classes_for, numbers_out, output_name, rows_of
from .planes import (
    Plane,
    decision_over,
    draw_level,
    paint_decision,
    paint_score,
    plane_around,
    scatter_classes,
)

RANGES = {"tanh": (0.0, 1.0), "hard_tanh": (0.0, 1.0), "sigmoid": (0.5, 0.5)}  # middle, reach
SHOWN = 23


def hidden_units(
    model: Sequential,
    X: Any,
    y: Any,
    layer: int = 0,
    units: tuple[int, int] = (0, 1),
    ax: Any = None,
    steps: int = 40,
) -> tuple[Any, list[Any]]:
    """Draw what each unit of a hidden layer computes over the plane, and the data in its space.

    Arguments:
        model: an ``MLP`` or ``Sequential`` that takes 2 numbers.
        X, y: m rows of 2, and m targets as for ``decision_boundary``.
        layer: which of ``model.layers``, counted from 0, and not the last.
        units: the two units, counted from 0, that are the axes of the last panel, the hidden
            space. If these are, in this order, all the layer has, the panel also shows what
            the layers above decide there. A layer of one unit has no such panel.
        ax: see ``nn.plots``; a panel for each unit (the first 23 at most), and one for the space.
        steps: the number of grid points along each side.

    The black line is where a unit's inner potential is 0. Raises ``ValueError`` for rows of
    another width, other targets, or a layer or units that are not there, ``TypeError`` for another
    model, ``ImportError`` without matplotlib. Source: syllabus B11.

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
    with evaluating(model):
        count = len(numbers_out(model, rows[0], who))
        classes = classes_for(rows, y, count, who)
        states = [_states(model, row, layer, who) for row in rows]
        heights = plane.map(lambda row: _states(model, row, layer, who))
        potentials = plane.map(lambda row: _potentials(model, row, layer))
        space = _space(states, units, who)
        beyond = plane_around(space or rows, steps)
        above = Sequential(*model.layers[layer + 1 :])
        whole = len(states[0]) == 2 and tuple(units) == (0, 1)
        decided = decision_over(beyond, above, classes.bipolar, None, who) if whole else None

    shown = min(len(states[0]), SHOWN)
    count = shown + bool(space)
    with style():
        columns = count if count < 5 else 4 if count < 13 else 6
        side = 3.4 if count == 1 else 2.5
        size = (side, 0.8 + (side - 0.8) * min(1.2, max(0.6, plane.ratio)))
        figure, axes = panels(ax, count, columns, size, who)
        mesh = _draw_units(axes[:shown], plane, heights, potentials, model.layers[layer])
        bar = figure.colorbar(
            mesh, ax=axes, label="output of a unit", aspect=14 if count < 5 else 30
        )
        if min(chain(*chain(*heights))) >= 0.0:
            bar.ax.set_ylim(bottom=0.0)
        for panel in axes[:shown]:
            scatter_classes(panel, rows, classes, small=True)
        if space:
            if decided is not None:
                paint_decision(axes[-1], beyond, decided)
            scatter_classes(axes[-1], space, classes, small=True)
            first, second = (f"unit {k + 1}" for k in units)
            axes[-1].set(title="hidden space", xlabel=first, ylabel=second)
        legend_below(axes[-1], 2, columnspacing=0.8, handletextpad=0.2)
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


def _states(model: Sequential, row: list[float], layer: int, who: str) -> list[float]:
    return [node.data for node in outputs_of(model.hidden(row)[layer], who)]


def _potentials(model: Sequential, row: list[float], layer: int) -> list[float] | None:
    """Give the inner potentials of a layer, None if it has none."""
    module: Any = model.layers[layer]
    if not hasattr(module, "logits"):
        return None
    before = model.hidden(row)[layer - 1] if layer else row
    return [node.data for node in module.logits(before)]


def _space(states: list[list[float]], units: Any, who: str) -> list[list[float]]:
    """Give the outputs of two units for each sample; nothing for a layer of one unit."""
    width = len(states[0])
    if width == 1:
        return []
    pair = [whole_number(k, f"a unit of {who}") for k in sequence_of(units, f"units of {who}")]
    if len(pair) != 2 or pair[0] == pair[1] or max(pair) >= width:
        raise ValueError(
            f"units of {who} are two of the {width} units, from 0 to {width - 1},"
            f" got {shortened(units)}"
        )
    return [[state[k] for k in pair] for state in states]


def _draw_units(
    axes: Sequence[Any], plane: Plane, heights: Any, potentials: Any, module: Any
) -> Any:
    """Paint what each unit computes, all on one scale; give a mesh, for the scale."""
    own = [h for h in chain(*chain(*heights)) if isfinite(h)]
    reach = max(map(abs, own), default=1.0)
    middle, reach = RANGES.get(output_name(module), (0.0, reach))
    for k, panel in enumerate(axes):
        score = [[outputs[k] for outputs in row] for row in heights]
        mesh = paint_score(panel, plane, score, middle, reach)
        if potentials[0][0] is not None:
            draw_level(panel, plane, [[s[k] for s in row] for row in potentials], 0.0)
        panel.set(title=f"unit {k + 1}", xlabel="$x_1$", ylabel="$x_2$", aspect=plane.aspect)
    return mesh
