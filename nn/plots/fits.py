"""A regression over one input."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd.errors import whole_number
from autograd.primitives import real

from ..module import evaluating
from ..samples import numbers_in
from .canvas import BLACK, BLUE, VERMILLION, one_panel, panels, style
from .data import Model, evenly, number_or_gap, numbers_out, padded, rows_of, targets_for

FEW = 100  # points that are drawn large


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
    ``ValueError`` for rows or outputs of another width and numbers that are not finite,
    ``ImportError`` without matplotlib.
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
    targets = numbers_in(targets, f"y of {who}")  # finite ones, that is
    points = [x for (x,) in rows]
    across = evenly(*padded(points, 0.05), steps)
    with evaluating(model):
        fit = [_output(model, x, who) for x in across]
        residuals = [t - _output(model, x, who) for x, t in zip(points, targets, strict=True)]

    with style(ax):
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
        many = _for_many(len(points))
        curve.scatter(points, targets, c=BLUE, edgecolors="white", label="data", zorder=3, **many)
        # few points stay in front: a line would hide those that it fits
        over = {"zorder": 4, "path_effects": _cased()} if len(points) > FEW else {}
        curve.plot(across, fit, color=VERMILLION, label="fit", **over)
        if truth is not None:
            heights = [number_or_gap(truth, x, who=f"truth of {who}") for x in across]
            curve.plot(across, heights, ":", color=BLACK, label="truth", **over)
        curve.set(ylabel="$y$")
        curve.legend(framealpha=0.85, edgecolor="none")
        if ax is not None:
            curve.set_xlabel("$x$")
        if below is not None:
            below.axhline(0.0, color=VERMILLION, linewidth=1.0)
            below.vlines(points, 0.0, residuals, color=BLUE, linewidth=1.0, alpha=many["alpha"])
            many = {**many, "s": 0.5 * many["s"], "linewidths": 0.0}
            below.scatter(points, residuals, c=BLUE, **many)
            below.set(xlabel="$x$", ylabel="residual", xlim=curve.get_xlim())
    return figure, axes


def _for_many(count: int) -> dict[str, float]:
    """Give the looks of so many points: the more they are, the smaller and more transparent.

    >>> _for_many(20), _for_many(2000)
    ({'s': 28.0, 'alpha': 1.0, 'linewidths': 0.8}, {'s': 6.0, 'alpha': 0.35, 'linewidths': 0.0})
    """
    return {
        "s": max(6.0, 28.0 * min(1.0, FEW / count)),
        "alpha": max(0.35, min(1.0, FEW / count)),
        "linewidths": 0.8 if count <= FEW else 0.0,
    }


def _cased() -> list[Any]:
    """Give what draws a line with white sides, which stand out from the points below it."""
    from matplotlib.patheffects import withStroke

    return [withStroke(linewidth=3.0, foreground="white")]


def _output(model: Model, x: float, who: str) -> float:
    outputs = numbers_out(model, [x], who)
    if len(outputs) != 1:
        raise ValueError(f"{who} draws models with one output, got one with {len(outputs)}")
    return outputs[0]
