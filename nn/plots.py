"""Training pictures with matplotlib, which is imported only when one is drawn.

Every function returns ``(figure, axes)``, accepts ``ax=`` to draw into axes that are
there already, and leaves matplotlib's own settings alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from autograd import Value

from .checks import outputs_of

BLUE, VERMILLION, BLACK = "#0072B2", "#D55E00", "#1A1A1A"  # Okabe and Ito's palette
SCORES = ["#8EC3E6", "#F9F9F9", "#F2AE7F"]  # light, so that the data stand out
STYLE = {"font.size": 10.0, "axes.spines.top": False, "axes.spines.right": False}

Model = Callable[[Sequence[float]], Value | Sequence[Value]]


def _matplotlib() -> Any:
    try:
        import matplotlib
        import matplotlib.colors
        import matplotlib.figure
    except ImportError:
        raise ImportError(
            "plots need matplotlib: pip install matplotlib (the extra `gradtable[plot]`)"
        ) from None
    return matplotlib


def _canvas(ax: Any, matplotlib: Any, size: tuple[float, float]) -> tuple[Any, Any]:
    if ax is not None:
        return ax.figure, ax
    # a Figure of its own, not pyplot's: nothing stays in memory, no window opens
    figure = matplotlib.figure.Figure(figsize=size, layout="constrained")
    return figure, figure.subplots()


def _output(model: Model, row: Sequence[float]) -> float:
    return outputs_of(model(row), "a plot")[0].data


def decision_boundary(
    model: Model,
    X: Sequence[Sequence[float]],
    y: Sequence[float],
    ax: Any = None,
    steps: int = 80,
) -> tuple[Any, Any]:
    """Draw a model's output over the plane, the line where it decides, and the data.

    ``model``: takes 2 numbers, gives one output; ``X``: rows of 2; ``y``: two classes,
    0/1 (decided at 0.5) or -1/+1 (decided at 0). ``steps`` is the number of grid points
    along each side. Raises ``ValueError`` for rows of another width or other targets,
    ``ImportError`` without matplotlib.

    >>> from nn import MLP
    >>> figure, axes = decision_boundary(MLP([2, 1], rng=0), [[0, 0], [1, 1]], [0, 1], steps=3)
    >>> axes.get_xlabel()
    '$x_1$'
    """
    rows = [[float(a) for a in row] for row in X]
    if steps < 2:
        raise ValueError(f"decision_boundary expects at least 2 steps, got {steps}")
    if not rows or any(len(row) != 2 for row in rows):
        raise ValueError("decision_boundary draws a plane: it expects rows of 2 inputs")
    classes = {float(t) for t in y}
    if not (classes <= {0.0, 1.0} or classes <= {-1.0, 1.0}) or len(rows) != len(y):
        raise ValueError(
            f"decision_boundary expects one target per row, 0/1 or -1/+1,"
            f" got {len(y)} targets {sorted(classes)[:5]} for {len(rows)} rows"
        )
    low, threshold = (0.0, 0.5) if classes <= {0.0, 1.0} else (-1.0, 0.0)

    def grid(column: int) -> list[float]:
        values = [row[column] for row in rows]
        margin = 0.35 * ((max(values) - min(values)) or 1.0)
        start, stop = min(values) - margin, max(values) + margin
        return [start + (stop - start) * i / (steps - 1) for i in range(steps)]

    across, up = grid(0), grid(1)
    score = [[_output(model, [a, b]) for a in across] for b in up]
    reach = max(abs(s - threshold) for line in score for s in line) or 1.0

    matplotlib = _matplotlib()
    with matplotlib.rc_context(STYLE):
        figure, axes = _canvas(ax, matplotlib, (5.4, 4.4))
        colours = matplotlib.colors.LinearSegmentedColormap.from_list("score", SCORES)
        mesh = axes.pcolormesh(
            across, up, score, cmap=colours, shading="gouraud", rasterized=True,
            vmin=threshold - reach, vmax=threshold + reach,
        )  # fmt: skip
        figure.colorbar(mesh, ax=axes, label="output", shrink=0.85)
        if min(map(min, score)) < threshold < max(map(max, score)):
            axes.contour(across, up, score, levels=[threshold], colors=BLACK, linewidths=1.6)
        for target, marker, colour in ((low, "o", BLUE), (1.0, "s", VERMILLION)):
            points = [row for row, t in zip(rows, y, strict=True) if t == target]
            if points:
                axes.scatter(
                    *zip(*points, strict=True), marker=marker, s=70, c=colour, edgecolors="white",
                    linewidths=1.4, label=f"target {target:g}", zorder=3,
                )  # fmt: skip
        axes.set(xlabel="$x_1$", ylabel="$x_2$", aspect="equal")
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=2, frameon=False)
    return figure, axes


def fit_curve(
    model: Model,
    X: Sequence[Sequence[float]],
    y: Sequence[float],
    ax: Any = None,
    truth: Callable[[float], float] | None = None,
    steps: int = 200,
) -> tuple[Any, Any]:
    """Draw a regression over one input: data, fit, true curve if given, residuals below.

    ``model``: takes 1 number, gives one output; ``X``: rows of 1; ``y``: numbers. With
    ``ax`` the residuals are left out; else ``axes`` is the pair (curve, residuals).
    Raises ``ValueError`` for rows of another width, ``ImportError`` without matplotlib.

    >>> from nn import MLP
    >>> figure, (curve, residuals) = fit_curve(MLP([1, 1], rng=0), [[0], [1]], [0, 1])
    >>> residuals.get_ylabel()
    'residual'
    """
    if not len(X) or len(X) != len(y) or any(not hasattr(r, "__len__") or len(r) != 1 for r in X):
        raise ValueError("fit_curve draws one input: it expects rows of 1 and a target for each")
    points = [float(row[0]) for row in X]
    targets = [float(t) for t in y]
    margin = 0.05 * ((max(points) - min(points)) or 1.0)
    start, stop = min(points) - margin, max(points) + margin
    across = [start + (stop - start) * i / (steps - 1) for i in range(steps)]

    matplotlib = _matplotlib()
    with matplotlib.rc_context(STYLE):
        if ax is None:
            figure = matplotlib.figure.Figure(figsize=(5.4, 4.6), layout="constrained")
            curve, below = figure.subplots(2, sharex=True, height_ratios=(3, 1))
            axes: Any = (curve, below)
        else:
            figure, curve, below, axes = ax.figure, ax, None, ax
        curve.scatter(
            points, targets, s=28, c=BLUE, edgecolors="white", linewidths=0.8, label="data"
        )
        curve.plot(across, [_output(model, [a]) for a in across], color=VERMILLION, label="fit")
        if truth is not None:
            curve.plot(across, [truth(a) for a in across], ":", color=BLACK, label="truth")
        curve.set(ylabel="$y$")
        curve.legend(frameon=False)
        (below or curve).set_xlabel("$x$")
        if below is not None:
            residuals = [t - _output(model, [a]) for a, t in zip(points, targets, strict=True)]
            below.axhline(0.0, color=VERMILLION, linewidth=1.0)
            below.vlines(points, 0.0, residuals, color=BLUE, linewidth=1.0)
            below.scatter(points, residuals, s=14, c=BLUE)
            below.set(ylabel="residual")
    return figure, axes
