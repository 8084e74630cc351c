"""What pictures are drawn on and with: colours, markers, figures and their panels."""

from __future__ import annotations

from math import ceil
from typing import Any

from autograd.errors import counted, shortened

from ..checks import sequence_of

BLUE, VERMILLION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
BLACK, GREY, LIGHT = "#1A1A1A", "#6B6B6B", "#C8C8C8"
# the palette of Okabe and Ito, which colour-blind readers can tell apart, and a marker each
COLOURS = [BLUE, VERMILLION, GREEN, PURPLE, "#E69F00", "#56B4E9", "#7A6A00", BLACK]
MARKERS = ["o", "s", "^", "D", "v", "p", "<", "h", ">"]
PAD = 0.08  # inches
STYLE = {"font.size": 10.0, "axes.spines.top": False, "axes.spines.right": False}


def matplotlib() -> Any:
    """Import matplotlib; raises an ``ImportError`` that says how to get it.

    >>> matplotlib().__name__
    'matplotlib'
    """
    try:
        import matplotlib
        import matplotlib.axes
        import matplotlib.colors
        import matplotlib.figure
        import matplotlib.lines
        import matplotlib.patches
        import matplotlib.ticker
    except ImportError:
        raise ImportError(
            "plots need matplotlib: pip install matplotlib (the extra `gradtable[plot]`)"
        ) from None
    return matplotlib


def style() -> Any:
    """Give the context in which pictures are drawn; it puts matplotlib's settings back.

    >>> with style():
    ...     matplotlib().rcParams["axes.spines.top"]
    False
    """
    return matplotlib().rc_context(STYLE)


def one_panel(ax: Any, size: tuple[float, float], who: str) -> tuple[Any, Any]:
    """Give the figure and the Axes to draw into: the ones passed, or new ones of ``size`` inches.

    Raises ``TypeError`` for what is no Axes.

    >>> figure, axes = one_panel(None, (2.0, 1.0), "a plot")
    >>> one_panel(axes, (5.0, 5.0), "a plot") == (figure, axes)
    True
    """
    if ax is not None:
        return _axes(ax, who).figure, ax
    figure = _figure(size)
    return figure, figure.subplots()


def panels(
    ax: Any, count: int, columns: int, size: tuple[float, float], who: str, shared: bool = False
) -> tuple[Any, list[Any]]:
    """Give the figure and ``count`` Axes in at most ``columns`` columns, row by row.

    ``size`` is that of each panel, in inches; ``shared``: one x axis for all. Raises
    ``ValueError`` if another number of Axes is passed, ``TypeError`` for what is no Axes.

    >>> figure, axes = panels(None, 3, 2, (2.0, 1.0), "a plot")
    >>> len(axes), figure.get_size_inches().tolist()
    (3, [4.0, 2.0])
    """
    columns = min(columns, count)
    rows = ceil(count / columns)
    if ax is None:
        figure = _figure((size[0] * columns, size[1] * rows))
        return figure, _divided(figure, figure.add_gridspec(rows, columns), count, shared)
    if not isinstance(ax, matplotlib().axes.Axes):
        given = sequence_of(getattr(ax, "flat", ax), f"ax of {who}", "Axes")
        if len(given) != count:
            raise ValueError(f"{who} draws {counted(count, 'panel')}, got {len(given)} Axes")
        return _axes(given[0], who).figure, [_axes(a, who) for a in given]
    if count == 1:
        return ax.figure, [ax]
    place = ax.get_subplotspec()
    if place is None:
        raise ValueError(
            f"{who} draws {count} panels, and this Axes cannot be divided: pass {count} Axes"
        )
    ax.set_axis_off()
    return ax.figure, _divided(ax.figure, place.subgridspec(rows, columns), count, shared)


def _divided(figure: Any, grid: Any, count: int, shared: bool) -> list[Any]:
    axes = [figure.add_subplot(grid[0])]
    for k in range(1, count):
        axes.append(figure.add_subplot(grid[k], sharex=axes[0] if shared else None))
    return axes


def _figure(size: tuple[float, float]) -> Any:
    # a Figure of its own, not pyplot's: nothing stays in memory, no window opens
    figure = matplotlib().figure.Figure(figsize=size, layout="compressed")
    figure.get_layout_engine().set(w_pad=PAD, h_pad=PAD)
    return figure


def _axes(ax: Any, who: str) -> Any:
    if not isinstance(ax, matplotlib().axes.Axes):
        kind = type(ax).__name__
        raise TypeError(f"{who}: ax is an Axes of matplotlib, got {kind} {shortened(ax)}")
    return ax


def tint(colour: str, strength: float = 0.3) -> tuple[float, ...]:
    """Mix a colour with white; 0 is white.

    >>> tint("#000000", 0.25)
    (0.75, 0.75, 0.75)
    """
    rgb = matplotlib().colors.to_rgb(colour)
    return tuple(1.0 - strength * (1.0 - part) for part in rgb)


def diverging(low: str = BLUE, high: str = VERMILLION, strength: float = 1.0) -> Any:
    """Make a map of colours from ``low`` over white to ``high``; a weak one lets data stand out.

    >>> [float(part) for part in diverging()(0.5)]
    [1.0, 1.0, 1.0, 1.0]
    """
    ends = [tint(low, strength), (1.0, 1.0, 1.0), tint(high, strength)]
    return matplotlib().colors.LinearSegmentedColormap.from_list("diverging", ends, N=255)


def legend_below(axes: Any, columns: int, **options: Any) -> Any:
    """Put the legend below the axes, where it hides nothing.

    >>> _, axes = one_panel(None, (2.0, 2.0), "a plot")
    >>> lines = axes.plot([0.0, 1.0], label="data")
    >>> [text.get_text() for text in legend_below(axes, 1).get_texts()]
    ['data']
    """
    place = {"loc": "upper center", "bbox_to_anchor": (0.5, 0.0), "borderaxespad": 3.8}
    near = {"columnspacing": 1.2, "handletextpad": 0.4, "fontsize": 9}
    return axes.legend(ncols=columns, frameon=False, **{**place, **near, **options})


def bar_beside(axes: Any, mesh: Any, label: str, **options: Any) -> Any:
    """Put the scale of a mesh's colours beside the axes, as high as they are.

    >>> _, axes = one_panel(None, (2.0, 2.0), "a plot")
    >>> bar_beside(axes, axes.pcolormesh([[0.0, 1.0]]), "output").ax.get_ylabel()
    'output'
    """
    return axes.figure.colorbar(mesh, ax=axes, label=label, pad=0.03, **options)
