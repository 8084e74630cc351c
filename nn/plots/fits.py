"""A regression over one input."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd.errors import whole_number
from autograd.primitives import real

from ..module import evaluating
from .canvas import BLACK, BLUE, VERMILLION, one_panel, panels, style
from .data import Model, evenly, number_or_gap, numbers_out, padded, rows_of, targets_for


def fit_curve(
    model: Model,
    X: Any,
    y: Any,
    ax: Any = None,
    truth: Callable[[float], Any] | None = None,
    steps: int = 200,
) -> tuple[Any, Any]:
    """Draw a regression over one input: data, fit, true curve if given, residuals below.

    ``model``: takes 1 number, gives one output; ``X``: m rows of 1; ``y``: m numbers;
    ``steps``: the number of points on the curves. ``axes`` is the pair (curve, residuals);
    with one Axes as ``ax`` the residuals are left out, and ``axes`` is that one. Raises
    ``ValueError`` for rows or outputs of another width, ``ImportError`` without matplotlib.
    Source: syllabus E7.

    >>> from nn import MLP
    >>> figure, (curve, residuals) = fit_curve(MLP([1, 1], rng=0), [[0], [1]], [0, 1])
    >>> residuals.get_ylabel()
    'residual'
    """
    who = "fit_curve"
    steps = whole_number(steps, f"steps of {who}", least=2)
    rows = rows_of(X, 1, who)
    targets = [real(t, f"a target of {who}") for t in targets_for(rows, y, who)]
    points = [x for (x,) in rows]
    across = evenly(*padded(points, 0.05), steps)
    with evaluating(model):
        fit = [_output(model, x, who) for x in across]
        residuals = [t - _output(model, x, who) for x, t in zip(points, targets, strict=True)]

    with style():
        axes: Any
        if ax is None or hasattr(ax, "__len__"):
            figure, axes = panels(ax, 2, 1, (5.4, 2.3), who, shared=True)
            curve, below = axes = tuple(axes)
            if ax is None:
                curve.get_gridspec().set_height_ratios((3, 1))
                curve.tick_params(labelbottom=False)
        else:
            figure, axes = one_panel(ax, (5.4, 3.4), who)
            curve, below = axes, None
        curve.scatter(
            points,
            targets,
            s=28,
            c=BLUE,
            edgecolors="white",
            linewidths=0.8,
            label="data",
            zorder=3,
        )
        curve.plot(across, fit, color=VERMILLION, label="fit")
        if truth is not None:
            heights = [number_or_gap(truth, x, who=f"truth of {who}") for x in across]
            curve.plot(across, heights, ":", color=BLACK, label="truth")
        curve.set(ylabel="$y$")
        curve.legend(frameon=False)
        (below or curve).set_xlabel("$x$")
        if below is not None:
            below.axhline(0.0, color=VERMILLION, linewidth=1.0)
            below.vlines(points, 0.0, residuals, color=BLUE, linewidth=1.0)
            below.scatter(points, residuals, s=14, c=BLUE)
            below.set(ylabel="residual")
    return figure, axes


def _output(model: Model, x: float, who: str) -> float:
    outputs = numbers_out(model, [x], who)
    if len(outputs) != 1:
        raise ValueError(f"{who} draws models with one output, got one with {len(outputs)}")
    return outputs[0]
