"""A graph as a picture: value, gradient and local derivative of everything, together.

``graph(y)`` composes DOT text and gives a ``Drawing``; what Graphviz cannot draw
(legend, description for screen readers) is added to its SVG by ``svg.py``.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import counted, shortened, unknown_name, whole_number
from .files import write_picture
from .value import Value

if TYPE_CHECKING:
    from .dotsource import Composed
    from .rendering import Digraph

__all__ = ["Drawing", "draw_dot", "graph"]

STYLES = ("auto", "full", "compact")
DIRECTIONS = ("LR", "TB", "RL", "BT")


class Drawing:
    """A picture of a graph: ``.svg()``, ``.save("f.svg")``, ``.dot``.

    >>> picture = (Value(2.0, "x") * 3.0).graph()
    >>> picture
    <Drawing 2 nodes, 1 edge>
    >>> picture.svg()[:4]
    '<svg'
    """

    def __init__(self, composed: Composed, nodes: int, edges: int) -> None:
        self.composed = composed
        self.nodes = nodes
        self.edges = edges

    @property
    def dot(self) -> str:
        """The DOT source, the same bytes in every process.

        >>> Value(2.0, "x").graph().dot.splitlines()[0]
        'digraph autodiff {'
        """
        return str(self.composed.digraph.source)

    def svg(self) -> str:
        """Give the picture as SVG text; raises ``RenderingError`` if it cannot be drawn.

        >>> "<desc" in Value(2.0, "x").graph().svg()
        True
        """
        from .rendering import render_svg
        from .svg import finish

        return finish(render_svg(self.dot), self.prefix, *self.composed[1:])

    @property
    def prefix(self) -> str:
        """What every id in the SVG begins with, so that several pictures can share a page.

        >>> len(Value(2.0, "x").graph().prefix)
        9
        """
        import hashlib

        return "g" + hashlib.sha256(self.dot.encode()).hexdigest()[:8]

    def save(self, path: str | Path) -> Path:
        """Write the picture as ``.svg``, ``.png`` or ``.dot``, by the ending, and give the path.

        The file is written whole or not at all. Raises ``ValueError`` for another
        ending, ``RenderingError`` if it cannot be drawn or written.

        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     Value(2.0, "x").graph().save(Path(folder, "x.svg")).name
        'x.svg'
        """
        from .rendering import render_png

        target = Path(path)
        match target.suffix.lower():
            case ".svg":
                content = self.svg().encode()
            case ".png":
                content = render_png(self.svg(), self.dot)
            case ".dot":
                content = self.dot.encode()
            case other:
                raise ValueError(f"a picture's name ends in .svg, .png or .dot, got {other!r}")
        return write_picture(target, content)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        # what a notebook asks for; it must never raise, and the text is always there
        bundle = {"text/plain": repr(self)}
        try:
            # as wide as the column, but no wider than can be read
            fitting = '<svg style="max-width:min(100%,900px);height:auto" '
            bundle["image/svg+xml"] = self.svg().replace("<svg ", fitting, 1)
        except Exception as error:
            bundle["text/plain"] += f" not drawn: {error}"
        return {
            kind: text
            for kind, text in bundle.items()
            if (not include or kind in include) and kind not in (exclude or ())
        }

    def __repr__(self) -> str:
        return f"<Drawing {counted(self.nodes, 'node')}, {counted(self.edges, 'edge')}>"


def graph(
    y: Value,
    style: str = "auto",
    gradients: bool | str = "auto",
    expand: bool = False,
    depth: int | None = None,
    max_nodes: int = 500,
    *,
    collapse: bool | int | str = "auto",
    rankdir: str = "LR",
) -> Drawing:
    """Draw the graph under ``y``.

    Arguments:
        style: ``"full"`` is a box per value with its expression, data and gradient;
            ``"compact"`` is circles and pills with the numbers on the edges;
            ``"auto"`` takes full up to 60 nodes, compact up to 250 nodes or 300 edges, and
            beyond draws each cluster of what was made in one ``scope`` (a neuron, a layer)
            as one box.
        gradients: True draws dy/dnode of a fresh grad-table, False leaves them out,
            ``"auto"`` draws them once ``backward`` was called on ``y``.
        expand: True unfolds each ``dot`` node into × and + nodes.
        depth: draws only what is at most that many edges away from ``y``, and how
            many nodes lie behind.
        max_nodes: a picture of more boxes raises ``GraphTooLargeError``; nobody can
            read it, and its layout takes seconds.
        collapse: how many levels of clusters are drawn, the innermost of them as one box
            each: 1 (or True) for the outermost, 0 (or False) for none;
            ``"auto"`` decides by the size if the style is ``"auto"`` too.
        rankdir: the direction of the drawing, as Graphviz names it.

    Raises ``TypeError`` if ``y`` is not a node, ``ValueError`` for another style.

    >>> x = Value(3.0, "x")
    >>> graph(x * x, gradients=True)
    <Drawing 2 nodes, 2 edges>
    """
    # imported here, as all that only drawings need: `import autograd` stays quick
    from .dotsource import compose
    from .scenes import Scene

    if style not in STYLES:
        raise unknown_name("style", style, STYLES)
    if gradients not in (True, False, "auto"):
        raise ValueError(f"gradients is True, False or 'auto', got {shortened(gradients)}")
    if not isinstance(expand, bool):
        raise TypeError(f"expand is True or False, got {shortened(expand)}")
    if rankdir not in DIRECTIONS:
        raise unknown_name("rankdir", rankdir, DIRECTIONS)
    if isinstance(collapse, str) and collapse != "auto":
        raise ValueError(f"collapse is a number of levels or 'auto', got {shortened(collapse)}")
    levels = int(collapse) if isinstance(collapse, bool) else collapse
    # a gradient of 0 on the output itself is one that was cleared since
    swept = getattr(y, "_swept", False) and y.grad != 0.0
    scene = Scene(
        y,
        style,
        swept if gradients == "auto" else bool(gradients),
        expand,
        None if depth is None else whole_number(depth, "depth"),
        whole_number(max_nodes, "max_nodes"),
        None if collapse == "auto" else whole_number(levels, "collapse"),
    )
    return Drawing(compose(scene, rankdir), len(scene.boxes), len(scene.links))


def draw_dot(y: Value, format: str = "svg", rankdir: str = "LR") -> Digraph:
    """Give the graph under ``y`` as a ``graphviz.Digraph``, ready to display or render.

    ``pipe`` and ``render`` work without a ``dot`` program too. Raises ``TypeError``
    if ``y`` is not a node, ``ValueError`` for an unknown format or rankdir,
    ``GraphTooLargeError`` for more than 500 nodes.

    >>> draw_dot(Value(2.0, "x") * 3.0).pipe()[:5]
    b'<?xml'
    """
    if not isinstance(format, str):
        raise TypeError(f"format is a name such as 'svg', got {shortened(format)}")
    digraph = graph(y, rankdir=rankdir).composed.digraph
    digraph.format = format
    return digraph
