"""A network as circles and lines."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from autograd.errors import shortened

from ..activations import activation_name
from ..layers import Activated, Dropout, Layer
from ..module import Parameter
from ..networks import Sequential
from ..neurons import Neuron
from .canvas import BLACK, BLUE, GREY, VERMILLION, legend_below, matplotlib, one_panel, style

SHOWN = 16  # units of a layer
RADIUS = 0.26  # of a circle
STUB = (-0.26, 0.36)  # from its centre to the dot of its bias: not half way to the next circle

Point = tuple[float, float]


class Column(NamedTuple):
    """A layer of the picture: its activation and its neurons."""

    activation: str
    neurons: list[Neuron]


class Line(NamedTuple):
    """A weight or a bias as a line."""

    start: Point
    end: Point
    weight: float
    of_bias: bool = False


def network(model: Any, ax: Any = None) -> tuple[Any, Any]:
    """Draw a network: a circle for each neuron, a line for each weight.

    ``model`` is a ``Neuron``, a ``Layer``, an ``MLP``, or a ``Sequential`` of these; an
    activation between layers is written under the layer before it, dropout is left out. The
    width of a line says the size of the weight; positive ones are blue and solid, negative
    ones vermillion and dashed, and a weight of 0 has no line. The short line with a dot is the
    bias, the dot hollow if it is negative. Of more than 16 units the first 15 are drawn, and "… n
    more" stands for the rest. Raises ``TypeError`` for other models, ``ValueError`` for a
    parameter that is not finite, ``ImportError`` without matplotlib. Source: syllabus B4.

    >>> from nn import MLP
    >>> figure, axes = network(MLP([2, 3, 1], rng=0))
    >>> len(axes.patches)  # circles, also for the inputs
    6
    """
    columns = _columns(model)
    refuse_not_finite(
        (p for c in columns for unit in c.neurons for p in unit.parameters()), "network"
    )
    widths = [len(columns[0].neurons[0].weights), *(len(c.neurons) for c in columns)]
    height = min(max(widths), SHOWN)
    apart = max(2.6, 0.35 * height)  # columns, when units are 1 apart
    places = [_places(width, k * apart) for k, width in enumerate(widths)]
    across, up = (len(widths) - 1) * apart + 2.0, height + 1.5
    inch = min(0.55, max(0.3, min(7.5 / across, 6.0 / up)))

    with style(ax):
        figure, axes = one_panel(ax, (max(4.4, inch * across), inch * up + 0.6), "network")
        _draw_lines(axes, _lines(columns, places), 3.4 if height < 9 else 1.8)
        _draw_units(axes, places, widths)
        _write_names(axes, columns, places, -0.5 * height - 0.5)
        axes.set(xlim=(-1.0, across - 1.0), aspect="equal")
        axes.set(ylim=(-0.5 * height - 0.9, 0.5 * height + 0.6))
        axes.set_axis_off()
    return figure, axes


def _columns(model: Any) -> list[Column]:
    columns: list[Column] = []
    for module in _modules(model):
        if isinstance(module, Activated) and columns:
            before = columns.pop()
            names = [before.activation, activation_name(module.activation)]
            written = ", ".join(name for name in names if name != "linear") or "linear"
            columns.append(Column(written, before.neurons))
        elif isinstance(module, (Layer, Neuron)):
            neurons = [module] if isinstance(module, Neuron) else module.neurons
            columns.append(Column(activation_name(module.activation), neurons))
        elif not isinstance(module, (Activated, Dropout)):
            kind = type(module).__name__
            raise TypeError(
                "network draws a Neuron, a Layer, an MLP or a Sequential of these,"
                f" got {kind} {shortened(module)}"
            )
    if not columns:
        raise TypeError(f"network expects a model with at least one Layer, got {model!r}")
    return columns


def refuse_not_finite(parameters: Iterable[Parameter], who: str) -> None:
    """Raise a ``ValueError`` that names the first parameter that is nan or infinite.

    >>> refuse_not_finite([Parameter(math.nan, "w[0]")], "network")
    Traceback (most recent call last):
    ValueError: network: parameter 'w[0]' is nan
    """
    for p in parameters:
        if not math.isfinite(p.data):
            raise ValueError(f"{who}: parameter {p.label!r} is {p.data}")


def _modules(model: Any) -> Iterator[Any]:
    if isinstance(model, Sequential):
        for module in model.layers:
            yield from _modules(module)
    else:
        yield model


def _places(width: int, across: float) -> list[Point]:
    """Give the centres of the circles of a layer, from the top, those that are drawn."""
    shown = width if width <= SHOWN else SHOWN - 1
    rows = shown + (width > SHOWN)
    return [(across, 0.5 * (rows - 1) - k) for k in range(shown)]


def _lines(columns: list[Column], places: list[list[Point]]) -> list[Line]:
    lines = []
    for k, column in enumerate(columns):
        for (x, y), neuron in zip(places[k + 1], column.neurons, strict=False):
            for start, weight in zip(places[k], neuron.weights, strict=False):
                lines.append(Line(start, (x, y), weight.data))
            if neuron.bias is not None:
                dot = (x + STUB[0], y + STUB[1])
                lines.append(Line(dot, (x, y), neuron.bias.data, of_bias=True))
    return [line for line in lines if line.weight]


def _draw_lines(axes: Any, lines: list[Line], widest: float) -> None:
    """Draw the lines of each sign, and the legend that says what they mean."""
    from matplotlib.collections import LineCollection

    largest = max((abs(line.weight) for line in lines), default=0.0)
    handles = []
    for sign, name, colour, dash in ((1, "> 0", BLUE, "-"), (-1, "< 0", VERMILLION, "--")):
        chosen = [line for line in lines if sign * line.weight > 0.0]
        axes.add_collection(
            LineCollection(
                [(line.start, line.end) for line in chosen], colors=colour,
                # a short line has no room for dashes: the dot says it
                linestyles=["-" if line.of_bias else dash for line in chosen] or dash,
                linewidths=[0.3 + widest * abs(line.weight) / largest for line in chosen],
                label=f"weight {name}", zorder=1,
            )
        )  # fmt: skip
        for line in chosen:
            if line.of_bias:
                filled = colour if sign > 0 else "white"
                axes.plot(*line.start, "o", color=colour, markerfacecolor=filled, markersize=3.0)
        handles.append(matplotlib().lines.Line2D([], [], color=colour, linestyle=dash, linewidth=2))
    title = f"the widest line is |w| = {largest:.3g}" if lines else "all weights are 0"
    if any(line.of_bias for line in lines):
        title += "\nthe line with a dot is the bias (hollow: < 0)"
    legend = legend_below(
        axes, 2, handles=handles, labels=["weight > 0", "weight < 0"], borderaxespad=0.2,
        title=title, title_fontsize=9, handlelength=2.6, handletextpad=0.8,
    )  # fmt: skip
    legend.get_title().set_multialignment("center")


def _draw_units(axes: Any, places: list[list[Point]], widths: list[int]) -> None:
    circle = matplotlib().patches.Circle
    for k, (column, width) in enumerate(zip(places, widths, strict=True)):
        for place in column:
            colour = GREY if k == 0 else BLACK
            axes.add_patch(circle(place, RADIUS, facecolor="white", edgecolor=colour, zorder=2))
        if width > len(column):
            across, lowest = column[-1]
            more = f"… {width - len(column):,} more"
            axes.text(across, lowest - 0.9, more, ha="center", va="center", fontsize=9, color=GREY)


def _write_names(axes: Any, columns: list[Column], places: list[list[Point]], below: float) -> None:
    for k, (x, y) in enumerate(places[0], start=1):
        axes.text(x - 0.4, y, f"$x_{{{k}}}$", ha="right", va="center")
    for k, (x, y) in enumerate(places[-1], start=1):
        axes.text(x + 0.4, y, f"$y_{{{k}}}$", ha="left", va="center")
    names = ["inputs", *(column.activation for column in columns)]
    for column, name in zip(places, names, strict=True):
        axes.text(column[0][0], below, name, ha="center", va="center", fontsize=9)
