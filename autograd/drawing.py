"""A graph as a picture: value, gradient and local derivative of everything, together.

``graph(y)`` composes DOT text and gives a ``Drawing``; what Graphviz cannot draw
(legend, description for screen readers) is added to its SVG by ``svg.py``.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from .backprop import GradTable, grad_table
from .errors import GraphTooLargeError, RenderingError, counted, shortened, unknown_name
from .files import write_atomically
from .formulas import constant_text, expression, node_names, number_text, one_line
from .graph import topological_order, walk
from .value import Value

if TYPE_CHECKING:
    from .rendering import Digraph
    from .svg import LegendEntry

__all__ = ["Drawing", "draw_dot", "graph"]

FULL_UP_TO = 60  # nodes: beyond, "auto" draws the compact style
NAME_WIDTH, EXPRESSION_WIDTH, CIRCLE_WIDTH = 24, 48, 10  # characters


class _Look(NamedTuple):
    fill: str
    stroke: str
    style: str = "filled"
    width: float = 1.4


LOOKS = {
    "parameter": _Look("#FFF3D1", "#8A6100"),
    "input": _Look("#E3F1FB", "#0B5C8E"),
    "constant": _Look("#F1F1F1", "#6B6B6B", "filled,dashed"),
    "operation": _Look("#FFFFFF", "#444444"),
    "output": _Look("#F7E6F0", "#8C3B6B", width=2.6),
}
RAISES, LOWERS, NEUTRAL = ("#0072B2", "solid"), ("#B54A00", "dashed"), ("#6B6B6B", "dotted")
UNKNOWN = ("#444444", "solid")  # before there is a gradient
STYLES = ("auto", "full", "compact")


class Drawing:
    """A picture of a graph: ``.svg()``, ``.save("f.svg")``, ``.dot``.

    >>> picture = (Value(2.0, "x") * 3.0).graph()
    >>> picture
    <Drawing 2 nodes, 1 edge>
    >>> picture.svg()[:4]
    '<svg'
    """

    def __init__(
        self,
        digraph: Digraph,
        nodes: int,
        edges: int,
        title: str,
        description: str,
        legend: list[LegendEntry],
    ) -> None:
        self.digraph = digraph
        self.nodes = nodes
        self.edges = edges
        self.title = title
        self.description = description
        self.legend = legend

    @property
    def dot(self) -> str:
        """The DOT source, the same bytes in every process.

        >>> Value(2.0, "x").graph().dot.splitlines()[0]
        'digraph autodiff {'
        """
        return str(self.digraph.source)

    def svg(self) -> str:
        """Give the picture as SVG text; raises ``RenderingError`` if it cannot be drawn.

        >>> "<desc" in Value(2.0, "x").graph().svg()
        True
        """
        from .rendering import render_svg
        from .svg import finish

        prefix = "g" + hashlib.sha256(self.dot.encode()).hexdigest()[:8]
        return finish(render_svg(self.dot), prefix, self.title, self.description, self.legend)

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
        try:
            write_atomically(target, content)
        except OSError as error:
            raise RenderingError(
                f"cannot write {str(target)!r}: {error.strerror};"
                " choose a folder that exists and that you may write to"
            ) from None
        return target

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        # what a notebook asks for; it must never raise, and the text is always there
        bundle = {"text/plain": repr(self)}
        try:
            bundle["image/svg+xml"] = self.svg()
        except Exception as error:
            bundle["text/plain"] += f" not drawn: {error}"
        return bundle

    def __repr__(self) -> str:
        return f"<Drawing {counted(self.nodes, 'node')}, {counted(self.edges, 'edge')}>"


def graph(
    y: Value,
    style: str = "auto",
    gradients: bool | str = "auto",
    *,
    max_nodes: int = 500,
    rankdir: str = "LR",
) -> Drawing:
    """Draw the graph under ``y``.

    Arguments:
        style: ``"full"`` is a box per value with its expression, data and gradient;
            ``"compact"`` is circles and pills with the numbers on the edges;
            ``"auto"`` takes full up to 60 nodes.
        gradients: True draws dy/dnode of a fresh grad-table, False leaves them out,
            ``"auto"`` draws them once ``backward`` was called on ``y``.
        max_nodes: a larger graph raises ``GraphTooLargeError``; nobody can read it,
            and its layout takes seconds.
        rankdir: the direction of the drawing, as Graphviz names it.

    Raises ``TypeError`` if ``y`` is not a node, ``ValueError`` for another style.

    >>> x = Value(3.0, "x")
    >>> graph(x * x, gradients=True)
    <Drawing 2 nodes, 2 edges>
    """
    if style not in STYLES:
        raise unknown_name("style", style, STYLES)
    if gradients not in (True, False, "auto"):
        raise ValueError(f"gradients is True, False or 'auto', got {shortened(gradients)}")
    if rankdir not in ("LR", "TB", "RL", "BT"):
        raise unknown_name("rankdir", rankdir, ("LR", "TB", "RL", "BT"))
    # counted before anything is made for drawing: the answer for a huge graph comes at once
    size = sum(node.role != "constant" or node.label != "" or node is y for node in walk(y))
    if size > max_nodes:
        raise GraphTooLargeError(
            f"the graph has {size:,} nodes, more than max_nodes={max_nodes}: draw the graph of an"
            f" earlier node or of fewer samples, or pass max_nodes={size} and wait"
        )
    if style == "auto":
        style = "full" if size <= FULL_UP_TO else "compact"
    return _compose(_Subject(y, gradients), style == "full", rankdir)


def draw_dot(y: Value, format: str = "svg", rankdir: str = "LR") -> Digraph:
    """Give the graph under ``y`` as a ``graphviz.Digraph``, ready to display or render.

    ``pipe`` and ``render`` work without a ``dot`` program too. Raises ``TypeError``
    if ``y`` is not a node, ``ValueError`` for an unknown format or rankdir,
    ``GraphTooLargeError`` for more than 500 nodes.

    >>> draw_dot(Value(2.0, "x") * 3.0).pipe()[:5]
    b'<?xml'
    """
    digraph = graph(y, rankdir=rankdir).digraph
    digraph.format = format
    return digraph


class _Edge(NamedTuple):
    child: Value
    parent: Value
    operand: int
    partial: float
    contribution: float | None  # child's gradient x partial: what it adds to the parent's


class _Subject:
    """What a drawing is about: the nodes to draw, their names, edges and gradients."""

    def __init__(self, y: Value, gradients: bool | str) -> None:
        order = topological_order(y)
        # a gradient of 0 on the output itself is one that was cleared since
        swept = getattr(y, "_swept", False) and y.grad != 0.0
        show = swept if gradients == "auto" else bool(gradients)
        self.y = y
        self.ids = {node: f"v{i}" for i, node in enumerate(order)}
        self.names = node_names(order)
        self.table: GradTable | None = grad_table(y) if show else None
        # an unlabelled constant is written inside the operation that uses it
        self.drawn = [node for node in order if node is y or node.role != "constant" or node.label]
        self.edges = list(self._edges())

    def _edges(self) -> Iterator[_Edge]:
        shown = set(self.drawn)
        for child in self.drawn:
            gradient = None if self.table is None else self.table[child]
            for i, (parent, partial) in enumerate(zip(child.parents, child.partials, strict=True)):
                if parent in shown:
                    contribution = gradient and gradient * partial  # 0 is not handed on
                    yield _Edge(child, parent, i, partial, contribution)

    def name(self, node: Value) -> str:
        return one_line(self.names[node], NAME_WIDTH)

    def formula(self, node: Value) -> str:
        short = {parent: self.name(parent) for parent in node.parents}
        return one_line(expression(node, short), EXPRESSION_WIDTH)

    def derivative(self, node: Value) -> str:
        return f"d{self.name(self.y)}/d{self.name(node)}"


# --- text that DOT and Graphviz would otherwise interpret --------------------------


def _plain(text: str) -> str:
    """Protect text for a label: DOT knows ``\\`` escapes and HTML entities."""
    from graphviz import nohtml

    protected: str = nohtml(text.replace("\\", "\\\\").replace("&", "&amp;"))
    return protected


def _tooltip(text: str) -> str:
    """Protect text for a tooltip, where Graphviz reads the ``\\`` escapes twice."""
    return _plain(text.replace("\\", "\\\\"))


def _field(text: str) -> str:
    """Protect text for one field of a record, where ``{ } | < >`` have a meaning too."""
    protected = text.replace("\\", "\\\\").replace("&", "&amp;")
    for character in "{}|<>":
        protected = protected.replace(character, "\\" + character)
    return protected


# --- composing the DOT source --------------------------------------------------------


def _compose(subject: _Subject, full: bool, rankdir: str) -> Drawing:
    from .rendering import Digraph

    y, table = subject.y, subject.table
    title = f"Computation graph of {subject.name(y)}"
    digraph = Digraph("autodiff")
    digraph.attr(
        "graph", rankdir=rankdir, ranksep="0.45", nodesep="0.28", pad="0.25", fontname="Arial",
        bgcolor="transparent", tooltip=_tooltip(title), **_haste(subject),
    )  # fmt: skip
    digraph.attr(
        "node", fontname="Arial", fontsize="12", fontcolor="#1A1A1A", style="filled",
        margin="0.12,0.05", height="0.3", **({"shape": "Mrecord"} if full else {}),
    )  # fmt: skip
    digraph.attr("edge", fontname="Arial", fontsize="10", arrowsize="0.65")
    _add_clusters(digraph, subject, full)
    if not full:
        _add_result(digraph, subject)
    _add_edges(digraph, subject, full)

    result = f"{subject.name(y)} = {number_text(y.data)}"
    if table is not None:
        leaves = [node for node in subject.drawn if node.op is None and node is not y]
        leaves.sort(key=lambda node: node.role != "parameter")
        facts = [f"{subject.derivative(x)} = {number_text(table[x])}" for x in leaves[:8]]
        result = "; ".join([result, *facts]) + (" …" if len(leaves) > 8 else "")
    description = f"{counted(len(subject.drawn), 'value')}. {result}"
    return Drawing(
        digraph, len(subject.drawn), len(subject.edges), title, description, _legend(subject, full)
    )


def _haste(subject: _Subject) -> dict[str, str]:
    """Choose how much trouble Graphviz takes, by the total length of the edges in ranks.

    Its time grows with that length: 40 steps that all use one leaf take 0.7 s, 80 take
    minutes. Limiting the rank assignment brings the first to 0.5 s; straight edges
    bring the second to 0.2 s.
    """
    rank: dict[Value, int] = {}
    length = 0
    for node in subject.drawn:
        ranks = [rank[p] for p in node.parents if p in rank]
        rank[node] = 1 + max(ranks, default=-1)
        length += sum(rank[node] - r for r in ranks)
    if length < 600:
        return {}
    limits = {"nslimit": "1", "nslimit1": "1"}
    return limits if length < 2500 else {**limits, "splines": "line"}


def _add_clusters(digraph: Digraph, subject: _Subject, full: bool) -> None:
    """Add the nodes, those made in a ``scope`` inside a box of its name."""
    members: dict[tuple[str, ...], list[Value]] = {(): []}
    for node in subject.drawn:
        for depth in range(len(node.scope) + 1):
            members.setdefault(node.scope[:depth], [])
        members[node.scope].append(node)
    _add_cluster(digraph, (), members, subject, full)


def _add_cluster(
    box: Any,
    path: tuple[str, ...],
    members: dict[tuple[str, ...], list[Value]],
    subject: _Subject,
    full: bool,
) -> None:
    for node in members[path]:
        _add_node(box, subject, node, full)
    for number, inner in enumerate(members):
        if len(inner) == len(path) + 1 and inner[: len(path)] == path:
            name = one_line(inner[-1])
            with box.subgraph(name=f"cluster_{number}") as cluster:
                cluster.attr(
                    "graph", label=_plain(name), tooltip=_tooltip(name), labeljust="l",
                    style="rounded,filled", color="#D5D9DD", fillcolor="#FAFBFC",
                    fontcolor="#5A6270", fontsize="11", margin="10",
                )  # fmt: skip
                _add_cluster(cluster, inner, members, subject, full)


def _add_node(box: Any, subject: _Subject, node: Value, full: bool) -> None:
    name, formula = subject.name(node), subject.formula(node)
    role = "output" if node is subject.y else node.role
    look = LOOKS[role]
    gradient = None if subject.table is None else subject.table[node]
    tooltip = f"{name}{f' = {formula}' if formula else ''}: data = {constant_text(node.data)}"
    if gradient is not None:
        tooltip += f", grad {subject.derivative(node)} = {constant_text(gradient)}"
    attributes = {
        "id": f"node_{subject.ids[node]}",
        "class": role,
        "fillcolor": look.fill,
        "color": look.stroke,
        "style": look.style,
        "penwidth": f"{look.width:g}",
        "tooltip": _tooltip(tooltip),
    }
    if full:
        rows = [f"{name} = {formula}" if formula else name, f"data {number_text(node.data)}"]
        if gradient is not None:
            rows.append(f"grad {number_text(gradient)}")
        attributes["label"] = "|".join(map(_field, rows))
    elif node.op is None:
        label = _plain(f"{name} = {number_text(node.data, 2)}")
        if gradient is not None:
            label += f"\\n∇ {number_text(gradient, 3)}"
        attributes |= {"shape": "box", "style": f"{look.style},rounded", "label": label}
    else:
        attributes |= {"shape": "circle", "width": "0.56", "margin": "0.02", "fontsize": "15"}
        attributes["label"] = _plain(_circle_text(node))
    box.node(subject.ids[node], **attributes)


def _circle_text(node: Value) -> str:
    """Write an operation into a circle: its symbol, with the constants it has swallowed."""
    assert node.op is not None
    constants = [
        constant_text(p.data) for p in node.parents if p.role == "constant" and not p.label
    ]
    if node.op.fixed:
        text = expression(node, dict.fromkeys(node.parents, "·"))
    elif constants and len(node.parents) == 2 and node.op.template is not None:
        text = expression(node, dict.fromkeys(node.parents, "")).replace(" ", "")
    else:
        text = node.op.symbol
    return one_line(text, CIRCLE_WIDTH)


def _add_result(digraph: Digraph, subject: _Subject) -> None:
    text = f"{subject.name(subject.y)} = {number_text(subject.y.data)}"
    digraph.node(
        "out", _plain(text), shape="plaintext", margin="0.06,0", fontsize="14", fillcolor="white"
    )
    digraph.edge(
        subject.ids[subject.y], "out", arrowhead="none", color=LOOKS["output"].stroke,
        penwidth="1.6", tooltip=_tooltip(text),
    )  # fmt: skip


def _add_edges(digraph: Digraph, subject: _Subject, full: bool) -> None:
    sizes = [abs(e.contribution) for e in subject.edges if e.contribution is not None]
    largest = max((size for size in sizes if math.isfinite(size)), default=0.0)
    for edge in subject.edges:
        child, parent = subject.name(edge.child), subject.name(edge.parent)
        tooltip = f"d{child}/d{parent} = {constant_text(edge.partial)}"
        label = f"∂ {number_text(edge.partial, 3)}" if full else number_text(edge.parent.data, 3)
        width = 1.2
        if edge.contribution is None or subject.table is None:
            colour, style = UNKNOWN
        else:
            c = edge.contribution
            colour, style = RAISES if c > 0.0 else LOWERS if c < 0.0 else NEUTRAL
            width = 1.0 + 2.2 * math.sqrt(_share(abs(c), largest))
            tooltip += (
                f"; adds {number_text(subject.table[edge.child])} × {number_text(edge.partial)}"
                f" = {number_text(c)} to {parent}.grad"
            )
            if not full:
                label += f"\\n∇ {number_text(c, 3)}"
        digraph.edge(
            subject.ids[edge.parent], subject.ids[edge.child],
            id=f"edge_{subject.ids[edge.child]}_{edge.operand}", label=label, color=colour,
            fontcolor=colour, style=style, penwidth=f"{width:.2f}",
            tooltip=_tooltip(tooltip),
        )  # fmt: skip


def _share(size: float, largest: float) -> float:
    if math.isnan(size) or largest == 0.0:
        return 0.0 if not math.isinf(size) else 1.0
    return min(size / largest, 1.0)


def _legend(subject: _Subject, full: bool) -> list[LegendEntry]:
    from .svg import LegendEntry

    roles = {node.role for node in subject.drawn if node is not subject.y} | {"output"}
    entries = [
        LegendEntry(role, "box", look.fill, look.stroke, min(look.width, 2.0),
                    "3 2" if "dashed" in look.style else "")
        for role, look in LOOKS.items() if role in roles
    ]  # fmt: skip
    if subject.table is None:
        words = "edge label: local derivative" if full else "edge label: value"
        return [*entries, LegendEntry(words)] if subject.edges else entries
    name = subject.name(subject.y)
    contributions = [edge.contribution or 0.0 for edge in subject.edges]
    if any(c > 0.0 for c in contributions):
        entries.append(
            LegendEntry(f"raising it raises {name}", "line", stroke=RAISES[0], width=2.6)
        )
    if any(c < 0.0 for c in contributions):
        entries.append(
            LegendEntry(f"raising it lowers {name}", "line", "none", LOWERS[0], 2.6, "5 3")
        )
    if any(c == 0.0 for c in contributions):
        entries.append(
            LegendEntry(f"{name} does not feel it", "line", "none", NEUTRAL[0], 1.6, "1 3")
        )
    if full:
        entries.append(LegendEntry(f"grad: d{name}/d(value)"))
    if subject.edges:
        label = "local derivative" if full else "value forward, ∇ gradient back"
        entries.append(LegendEntry(f"edge label: {label}"))
        entries.append(LegendEntry("edge width: |gradient sent back|"))
    return entries
