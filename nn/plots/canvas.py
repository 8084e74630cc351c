"""What pictures are drawn on and with: colours, markers, figures and their panels."""

from __future__ import annotations

from io import BytesIO
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
# of a figure of our own: dark on white, whatever style is in use
PAPER: dict[str, Any] = {
    **dict.fromkeys(("figure.facecolor", "axes.facecolor"), "white"),
    **dict.fromkeys(("text.color", "axes.labelcolor", "axes.titlecolor", "axes.edgecolor"), BLACK),
    **dict.fromkeys(("xtick.color", "ytick.color", "patch.edgecolor"), BLACK),
    **dict.fromkeys(("xtick.labelcolor", "ytick.labelcolor"), "inherit"),
    "axes.grid": False,
}


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
        import matplotlib.patheffects
        import matplotlib.ticker
    except ImportError:
        raise ImportError(
            "plots need matplotlib: pip install matplotlib (the extra `gradtable[plot]`)"
        ) from None
    return matplotlib


def style(ax: Any = None) -> Any:
    """Give the context in which pictures are drawn; it puts matplotlib's settings back.

    The colours of text and paper are ours, unless the picture goes into Axes that were passed.

    >>> with style():
    ...     matplotlib().rcParams["axes.spines.top"], matplotlib().rcParams["text.color"]
    (False, '#1A1A1A')
    """
    return matplotlib().rc_context(STYLE if ax is not None else {**STYLE, **PAPER})


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
    class Picture(matplotlib().figure.Figure):  # type: ignore[misc]
        """A Figure of its own, not pyplot's: nothing stays in memory, no window opens."""

        def _repr_png_(self) -> bytes:  # a notebook would show only pyplot's otherwise
            content = BytesIO()
            self.savefig(content, format="png")
            return content.getvalue()

    figure = Picture(figsize=size, layout="compressed")
    figure.get_layout_engine().set(w_pad=PAD, h_pad=PAD)
    if matplotlib().rcParams["savefig.facecolor"] != "auto":
        # a style that colours the paper when it is saved, perhaps black under dark letters
        paper = matplotlib().patches.Rectangle((0, 0), 1, 1, color="white", zorder=-1)
        figure.add_artist(paper).set_in_layout(False)
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


def diverging(
    low: str = BLUE, high: str = VERMILLION, strength: float = 1.0, white: float = 0.5
) -> Any:
    """Make a map of colours from ``low`` over white to ``high``; a weak one lets data stand out.

    It is white at a share of the way: at 0 the low colour is missing, at 1 the high one.

    >>> [float(part) for part in diverging()(0.5)]
    [1.0, 1.0, 1.0, 1.0]
    """
    colours = [(white, tint(low, 0.0))]
    if white > 0.0:
        colours.insert(0, (0.0, tint(low, strength)))
    if white < 1.0:
        colours.append((1.0, tint(high, strength)))
    return matplotlib().colors.LinearSegmentedColormap.from_list("diverging", colours, N=255)


def cased(artist: Any, width: float = 0.0) -> Any:
    """Give a text, or a line of that width, a white edge: it stands out from what it lies on.

    >>> _, axes = one_panel(None, (2.0, 2.0), "a plot")
    >>> len(cased(axes.text(0.0, 0.0, "2")).get_path_effects())
    1
    """
    edge = matplotlib().patheffects.withStroke(linewidth=width + 2.0, foreground="white")
    artist.set_path_effects([edge])
    return artist


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


def legend_for(axes: Any, handles: Any = None, most: int = 4) -> Any:
    """Put the legend below the axes if a layout makes room there, else within them.

    It has at most so many columns, of nearly equal lengths; no handles are those of the axes.

    >>> _, axes = one_panel(None, (2.0, 2.0), "a plot")
    >>> lines = [axes.plot([0.0, 1.0], label=f"line {k}")[0] for k in range(5)]
    >>> len(legend_for(axes).get_texts())
    5
    """
    handles = handles or axes.get_legend_handles_labels()[0]
    if axes.figure.get_layout_engine() is not None:
        return legible(legend_below(axes, balanced(len(handles), most), handles=handles))
    inside = axes.legend(
        handles=handles, loc="best", fontsize=8, framealpha=0.8, handletextpad=0.4,
        borderpad=0.3, labelspacing=0.3, handlelength=1.4,
    )  # fmt: skip
    return legible(inside)


def legible(legend: Any) -> Any:
    """Show in a legend markers of one size, however small they are in the picture.

    >>> _, axes = one_panel(None, (2.0, 2.0), "a plot")
    >>> dots = axes.scatter([0.0], [1.0], s=2.0, label="data")
    >>> [float(size) for size in legible(axes.legend()).legend_handles[0].get_sizes()]
    [36.0]
    """
    for handle in legend.legend_handles:
        if hasattr(handle, "set_sizes"):
            handle.set_sizes([36.0])
            handle.set_alpha(1.0)
    return legend


def balanced(count: int, most: int) -> int:
    """Give the number of columns, at most ``most``, that leaves the last row as full as possible.

    >>> [balanced(count, 4) for count in (3, 5, 7, 10)]
    [3, 3, 4, 4]
    """
    return ceil(count / ceil(count / most))


def bar_beside(axes: Any, mesh: Any, label: str, **options: Any) -> Any:
    """Put the scale of a mesh's colours beside the axes, as high as they are.

    It belongs to the axes: clearing them removes it.

    >>> _, axes = one_panel(None, (2.0, 2.0), "a plot")
    >>> bar_beside(axes, axes.pcolormesh([[0.0, 1.0]]), "output").ax.get_ylabel()
    'output'
    """
    place = axes.inset_axes([1.03, 0.0, 0.05, 1.0])
    bar = axes.figure.colorbar(mesh, cax=place, **options)
    if axes.figure.get_layout_engine() is not None:
        bar.set_label(label)
    else:  # where no room is made for it, it would fall off the figure
        place.set_title(label, fontsize=9)
    return bar
