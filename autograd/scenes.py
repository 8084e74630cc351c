"""What a drawing shows of a graph: which nodes, in which boxes, and what leads where.

A small graph is shown whole. A large one is made readable by leaving out what lies further
than ``depth`` levels from the output, and by drawing a cluster (all that was made in one
``scope``) as one box, with one bundle of edges between two boxes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import takewhile
from typing import NamedTuple, TypeAlias

from .backprop import GradTable, grad_table, handed_on
from .errors import GraphTooLargeError
from .formulas import expression, is_number, isolated, node_names, one_line
from .graph import topological_order, walk
from .higher import outdated
from .unfolding import unfolded
from .value import Value

FULL_UP_TO = 60  # boxes: beyond, "auto" draws the compact style
COMPACT_UP_TO = 250, 300  # boxes and edges: beyond, "auto" collapses clusters
EDGES = 4  # for each of ``max_nodes``: more make Graphviz run out of time or memory
NESTED = 20  # clusters within clusters that are drawn
READABLE = 60, 120  # boxes and bundles of a collapsed picture
MANY = 8  # inputs outside of any cluster: more are collapsed too
NAME_WIDTH, EXPRESSION_WIDTH = 24, 48  # characters

Frame: TypeAlias = tuple[str, ...]  # the path of clusters around something

OUTSIDE = {
    "input": "inputs", "parameter": "parameters", "constant": "constants",
    "operation": "other operations",
}  # fmt: skip


class Group:
    """All nodes of one cluster, drawn as one box."""

    def __init__(self, name: str, frame: Frame) -> None:
        self.name = name
        self.frame = frame  # the path of clusters that the box stands in
        self.members: list[Value] = []


Box: TypeAlias = Value | Group


class Edge(NamedTuple):
    """One operand of one node; the contribution is what it adds to the parent's gradient."""

    child: Value
    parent: Value
    operand: int
    partial: float
    contribution: float | None


class Link(NamedTuple):
    """What leads from one box to another: one edge, or a bundle of them."""

    source: Box
    target: Box
    edges: list[Edge]

    @property
    def single(self) -> bool:
        """Whether it is one edge between two nodes, and no bundle."""
        return isinstance(self.source, Value) and isinstance(self.target, Value)


class Scene:
    """The boxes and links of a picture of the graph under ``y``.

    Arguments are those of ``autograd.drawing.graph``. Raises ``GraphTooLargeError`` if
    there are more than ``max_nodes`` boxes.

    >>> scene = Scene(Value(2.0, "x") * 3.0)
    >>> len(scene.boxes), len(scene.links), scene.full
    (2, 1, True)
    """

    def __init__(
        self,
        y: Value,
        style: str = "auto",
        gradients: bool = False,
        expand: bool = False,
        depth: int | None = None,
        max_nodes: int = 500,
        collapse: int | None = None,  # levels of clusters to draw; None decides by the size
    ) -> None:
        if depth is None:
            _refuse_at_once(y, collapse, max_nodes)
        self.y = unfolded(y) if expand else y
        order = topological_order(self.y)
        self.ids: dict[Box, str] = {node: f"v{i}" for i, node in enumerate(order)}
        self.names = node_names(order)
        self.table: GradTable | None = grad_table(self.y) if gradients else None
        # unfolded nodes are not asked: they add up in another order than what they stand for
        self.outdated = {node for node in topological_order(y) if outdated(node)}
        drawable = [node for node in order if not is_number(node) or node is self.y]
        near = set(order) if depth is None else _near(self.y, depth)
        shown = [node for node in drawable if node in near]
        self.size = len(shown)  # of the graph that is shown, however it is boxed
        self.hidden = len(drawable) - len(shown)
        edges = list(self._edges(shown))
        self.homes = _homes(shown, edges)
        box_of: dict[Value, Box] = {node: node for node in shown}
        large = len(shown) > COMPACT_UP_TO[0] or len(edges) > COMPACT_UP_TO[1]
        if collapse is None and style == "auto" and large:
            box_of, collapse = self._readable(shown, edges)
        elif collapse:
            box_of = self._boxed(shown, collapse, False)
        if collapse:  # the output is never inside a box: it stands beside that of its cluster
            self.homes[self.y] = self.homes[self.y][:collapse][:-1]
        self.boxes = list(dict.fromkeys(box_of.values()))
        groups = [box for box in self.boxes if isinstance(box, Group)]
        self.ids |= {group: f"g{i}" for i, group in enumerate(groups)}
        self.collapsed = bool(groups)  # whether some box stands for many nodes
        self.links = _links(edges, box_of)
        self._place_shared_leaves()
        self.full = style == "full" or (style == "auto" and len(self.boxes) <= FULL_UP_TO)
        if len(self.boxes) > max_nodes:
            scoped = any(self.homes.values())
            raise _too_large(len(self.boxes), max_nodes, scoped and not self.collapsed, depth)
        if len(self.links) > max_nodes * EDGES:
            raise GraphTooLargeError(
                f"the picture has {len(self.links):,} edges, more than {EDGES} for each of"
                f" max_nodes={max_nodes}: draw an earlier node, or fewer samples"
            )
        self.behind = _count_behind(order, box_of) if self.hidden else {}

    def name(self, node: Value) -> str:
        """Give the name of a node, shortened to what a box can hold.

        >>> x = Value(2.0, "x" * 100)
        >>> len(Scene(x).name(x))
        24
        """
        return isolated(one_line(self.names[node], NAME_WIDTH))

    def formula(self, node: Value) -> str:
        """Give how a node was made from its operands; empty for a leaf.

        >>> y = 3.0 * Value(2.0, "x")
        >>> Scene(y).formula(y)
        '3 × x'
        """
        short = {parent: self.name(parent) for parent in node.parents}
        return one_line(expression(node, short), EXPRESSION_WIDTH)

    def derivative(self, node: Value) -> str:
        """Give the name of the output's derivative by a node.

        >>> x = Value(2.0, "x")
        >>> Scene((x * x).named("y")).derivative(x)
        'dy/dx'
        """
        return f"d{self.name(self.y)}/d{self.name(node)}"

    def frame(self, box: Box) -> Frame:
        """Give the path of clusters that a box stands in.

        >>> x = Value(2.0, "x")
        >>> Scene(x).frame(x)
        ()
        """
        return box.frame if isinstance(box, Group) else self.homes[box]

    def _edges(self, shown: Iterable[Value]) -> Iterator[Edge]:
        visible = set(shown)
        for child in shown:
            for i, (parent, partial) in enumerate(zip(child.parents, child.partials, strict=True)):
                if parent in visible:
                    table = self.table
                    adds = None if table is None else handed_on(table[child], partial)
                    yield Edge(child, parent, i, partial, adds)

    def _place_shared_leaves(self) -> None:
        """Put a leaf that several clusters of one frame share into that frame, between them."""
        frames: dict[Box, set[Frame]] = {}
        for link in self.links:
            frames.setdefault(link.source, set()).add(self.frame(link.target))
        for box, around in frames.items():
            if len(around) > 1 and isinstance(box, Value) and not (box.op or self.homes[box]):
                levels = takewhile(lambda names: len(set(names)) == 1, zip(*around, strict=False))
                self.homes[box] = tuple(names[0] for names in levels)

    def _readable(self, shown: list[Value], edges: list[Edge]) -> tuple[dict[Value, Box], int]:
        """Collapse the innermost clusters, then the ones around them, until it is readable."""
        deepest = max(map(len, self.homes.values()))
        choices = [(levels, False) for levels in range(deepest, 0, -1)]
        choices += [(1, True)] if deepest else []
        box_of: dict[Value, Box] = {node: node for node in shown}
        levels = 0
        for levels, others in choices:
            box_of = self._boxed(shown, levels, others)
            boxes, links = len(set(box_of.values())), len(_links(edges, box_of))
            if boxes <= READABLE[0] and links <= READABLE[1]:
                break
        return box_of, levels

    def _boxed(self, shown: list[Value], levels: int, others: bool) -> dict[Value, Box]:
        """Put every node in its box: clusters ``levels`` deep, and leaves outside of them.

        ``others`` collapses operations outside of any cluster, too. The output never is.
        """
        frames = {home[:depth] for home in self.homes.values() for depth in range(levels)}
        frames &= {home[:depth] for home in self.homes.values() for depth in range(len(home))}
        groups: dict[tuple[Frame, str], Group] = {}
        for node in shown:
            path, kind = self.homes[node][:levels], ""
            if path in frames or not path:  # it stands beside the boxes, directly in a frame
                kind = node.role
            name, frame = (OUTSIDE[kind], path) if kind else (path[-1], path[:-1])
            if node is not self.y and (path or others or kind != "operation"):
                groups.setdefault((path, kind), Group(name, frame)).members.append(node)
        box_of: dict[Value, Box] = {node: node for node in shown}
        for (_, kind), group in groups.items():
            if len(group.members) > (MANY if kind not in ("", "operation") else 1):
                box_of.update(dict.fromkeys(group.members, group))
        return box_of


def _refuse_at_once(y: Value, collapse: int | None, max_nodes: int) -> None:
    """Count a huge graph before anything is made for drawing it."""
    nodes = walk(y)
    size = sum(not is_number(node) or node is y for node in nodes)
    scoped = any(node.scope for node in nodes)
    if size > max_nodes and not (collapse or (collapse is None and scoped)):
        raise _too_large(size, max_nodes, scoped)


def _too_large(
    size: int, max_nodes: int, scoped: bool, depth: int | None = None
) -> GraphTooLargeError:
    collapse = (
        "style='auto' or collapse=1 draws each scope as one box"
        if scoped
        else "what is made inside `with scope(name):` can be drawn as one box"
    )
    levels = 3 if depth is None else max(depth - 1, 0)
    return GraphTooLargeError(
        f"the picture has {size:,} nodes, more than max_nodes={max_nodes}: depth={levels} draws the"
        f" last levels only; {collapse}; or draw an earlier node, or fewer samples, or pass"
        f" max_nodes={size} and wait"
    )


def _near(y: Value, depth: int) -> set[Value]:
    """Give the nodes that are at most ``depth`` edges away from ``y``."""
    found = {y}
    front = [y]
    while front and depth > 0:
        below = dict.fromkeys(parent for node in front for parent in node.parents)
        front = [node for node in below if node not in found]
        found.update(front)
        depth -= 1
    return found


def _count_behind(order: list[Value], box_of: dict[Value, Box]) -> dict[Box, int]:
    """Count what is hidden behind each box: all that its nodes depend on and is not drawn."""
    # One bit per box: whatever is hidden collects the bits of all that depend on it, so
    # that one walk counts for every box, and nothing is counted twice for the same one.
    bits = {box: 1 << i for i, box in enumerate(dict.fromkeys(box_of.values()))}
    reach: dict[Value, int] = {}
    hidden: Counter[int] = Counter()
    for node in reversed(order):
        if node in box_of:
            mask = bits[box_of[node]]
        else:
            mask = reach.get(node, 0)
            hidden[mask] += not is_number(node)
        for parent in node.parents if mask else ():
            if parent not in box_of:
                reach[parent] = reach.get(parent, 0) | mask
    behind = {
        box: sum(number for mask, number in hidden.items() if mask & bit)
        for box, bit in bits.items()
    }
    return {box: number for box, number in behind.items() if number}


def _homes(shown: list[Value], edges: list[Edge]) -> dict[Value, Frame]:
    """Give the clusters that each node is drawn in: where it was made.

    A neuron's parameters were made before it was called. They bear the path of their neuron
    within the model, and stand where that neuron stands: a model that is called inside a
    scope has its parameters there. Called in several, as the cell of a recurrent net in
    every step, it shares its parameters, and they stay beside them.
    """
    homes = {node: node.scope[:NESTED] for node in shown}
    found: dict[Value, set[Frame]] = {}
    for child, parent, *_ in edges:
        if parent.op is None and parent.scope == child.scope[-len(parent.scope) :] != ():
            found.setdefault(parent, set()).add(child.scope[:NESTED])
    return homes | {leaf: next(iter(in_use)) for leaf, in_use in found.items() if len(in_use) == 1}


def _links(edges: list[Edge], box_of: dict[Value, Box]) -> list[Link]:
    """Give one link per edge between two nodes, one bundle where a group is an end."""
    links: list[Link] = []
    bundles: dict[tuple[Box, Box], Link] = {}
    for edge in edges:
        source, target = box_of[edge.parent], box_of[edge.child]
        if source is edge.parent and target is edge.child:
            links.append(Link(source, target, [edge]))
        elif source is not target:
            bundle = bundles.get((source, target))
            if bundle is None:
                bundle = bundles[source, target] = Link(source, target, [])
                links.append(bundle)
            bundle.edges.append(edge)
    return links
