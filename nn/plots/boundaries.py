"""What a classifier decides over the plane of its two inputs."""

from __future__ import annotations

from typing import Any

from autograd.errors import whole_number

from ..engines import collector_paused
from ..module import evaluating
from .canvas import legend_for, one_panel, style
from .data import Model, classes_for, numbers_out, rows_of
from .planes import decision_over, number_classes, paint_decision, plane_around, scatter_classes


def decision_boundary(
    model: Model,
    X: Any,
    y: Any,
    ax: Any = None,
    steps: int = 80,
    threshold: float | None = None,
) -> tuple[Any, Any]:
    """Draw what a model says over the plane, the lines where it decides, and the data.

    Arguments:
        model: takes 2 numbers. One output is painted as a score, in colours for all that its
            activation can give or, if that has no bounds, for what it gives at the data; of
            several outputs the largest decides, and the regions are painted.
        X, y: m rows of 2, and m targets: 0/1 or -1/+1 for one output, indices of outputs (or
            one-hot rows) for several.
        steps: the number of grid points along each side.
        threshold: where one output decides. None is 0.5 for a model that ends in a sigmoid or
            a step, 0 for a bipolar step, else halfway between the targets: 0.5 or 0. Pass 0
            for a linear model that was trained with targets 0/1 on
            ``binary_cross_entropy_with_logits``: its outputs are logits.

    Raises ``ValueError`` for rows of another width, other targets, a threshold for several
    outputs, or a model that gives nan, ``ImportError`` without matplotlib. Source: syllabus B10.

    >>> from nn import MLP
    >>> figure, axes = decision_boundary(MLP([2, 1], rng=0), [[0, 0], [1, 1]], [0, 1], steps=3)
    >>> axes.get_xlabel()
    '$x_1$'
    """
    who = "decision_boundary"
    steps = whole_number(steps, f"steps of {who}", least=2)
    rows = rows_of(X, 2, who)
    plane = plane_around(rows, steps)
    with evaluating(model), collector_paused():
        count = len(numbers_out(model, rows[0], who))
        classes = classes_for(rows, y, count, who)
        if count > 1 and threshold is not None:
            raise ValueError(
                f"{who}: a threshold is for one output, this model has {count}: the largest decides"
            )
        decision = decision_over(plane, model, rows, classes.bipolar, threshold, who)

    with style(ax):
        figure, axes = one_panel(ax, plane.size(5.2), who)
        mesh = paint_decision(axes, plane, decision)
        if decision.scale is not None:
            decision.scale.bar(axes, mesh)
        scatter_classes(axes, rows, classes)
        number_classes(axes, rows, classes)
        axes.set(xlabel="$x_1$", ylabel="$x_2$", aspect=plane.aspect)
        legend_for(axes)
    return figure, axes
