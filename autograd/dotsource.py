"""A scene as DOT text: boxes, clusters, edges, and the words that go with the picture."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from .errors import counted
from .formulas import CHANGED, constant_text, expression, is_number, number_text, one_line
from .scenes import Box, Edge, Frame, Group, Link, Scene
from .value import Value

if TYPE_CHECKING:
    from .rendering import Digraph
    from .svg import LegendEntry

CIRCLE_WIDTH = 10  # characters


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
    "cluster": _Look("#EDF1F5", "#5A6270", width=2.0),
    "output": _Look("#F7E6F0", "#8C3B6B", width=2.6),
}
RAISES, LOWERS, NEUTRAL = ("#0072B2", "solid"), ("#B54A00", "dashed"), ("#6B6B6B", "dotted")
UNKNOWN = ("#444444", "solid")  # before there is a gradient
UNDEFINED = ("#B00020", "bold")  # not a number


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


class Composed(NamedTuple):
    """A picture before it is laid out, and what is added to it afterwards."""

    digraph: Digraph
    title: str
    description: str
    legend: list[LegendEntry]


def compose(scene: Scene, rankdir: str = "LR") -> Composed:
    """Write a scene as DOT, with its title, description and legend.

    >>> compose(Scene(Value(2.0, "x"))).title
    'Computation graph of x'
    """
    from .rendering import Digraph

    title = f"Computation graph of {scene.name(scene.y)}"
    digraph = Digraph("autodiff")
    digraph.attr(
        "graph", rankdir=rankdir, ranksep="0.45", nodesep="0.28", pad="0.25", fontname="Arial",
        bgcolor="transparent", tooltip=_tooltip(title), **_haste(scene),
    )  # fmt: skip
    digraph.attr(
        "node", fontname="Arial", fontsize="12", fontcolor="#1A1A1A", style="filled",
        margin="0.12,0.05", height="0.3", **({"shape": "Mrecord"} if scene.full else {}),
    )  # fmt: skip
    digraph.attr("edge", fontname="Arial", fontsize="10", arrowsize="0.65")
    _add_clusters(digraph, scene)
    _add_stubs(digraph, scene)
    if not scene.full:
        _add_result(digraph, scene)
    _add_links(digraph, scene)
    return Composed(digraph, title, _description(scene), _legend(scene))


def _description(scene: Scene) -> str:
    result = f"{scene.name(scene.y)} = {number_text(scene.y.data)}"
    facts = []
    if scene.table is not None:
        boxes = [box for box in scene.boxes if isinstance(box, Value)]
        leaves = [node for node in boxes if node.op is None and node is not scene.y]
        leaves.sort(key=lambda node: node.role != "parameter")
        facts += [f"{scene.derivative(x)} = {number_text(scene.table[x])}" for x in leaves]
    for box in scene.boxes:
        if isinstance(box, Group):
            name, *rows = _group_rows(scene, box)
            facts.append(f"{name}: {', '.join(rows)}")
    words = "; ".join([result, *facts[:8]]) + (" …" if len(facts) > 8 else "")
    boxed = f" in {len(scene.boxes)} boxes" if scene.collapsed else ""
    if scene.outdated:
        words += f". {CHANGED}"
    more = f" Values further away than drawn: {scene.hidden:,}." if scene.hidden else ""
    return f"{counted(scene.size, 'value')}{boxed}. {words}.{more}"


def _haste(scene: Scene) -> dict[str, str]:
    """Choose how much trouble Graphviz takes, by the total length of the edges in ranks.

    Its time grows with that length: 40 steps that all use one leaf take 0.7 s, 80 take
    minutes. Limiting the rank assignment brings the first to 0.5 s; straight edges
    bring the second to 0.2 s.
    """
    rank: dict[Box, int] = {}
    length = 0
    incoming: dict[Box, list[Box]] = {box: [] for box in scene.boxes}
    for link in scene.links:
        incoming[link.target].append(link.source)
    for box in scene.boxes:
        # among collapsed clusters there may be circles: those edges are not counted
        ranks = [rank[source] for source in incoming[box] if source in rank]
        rank[box] = 1 + max(ranks, default=-1)
        length += sum(rank[box] - r for r in ranks)
    if length < 600:
        return {}
    limits = {"nslimit": "1", "nslimit1": "1"}
    return limits if length < 2500 else {**limits, "splines": "line"}


def _add_clusters(digraph: Digraph, scene: Scene) -> None:
    """Add the boxes, those made in a ``scope`` inside a frame of its name."""
    members: dict[Frame, list[Box]] = {(): []}
    for box in scene.boxes:
        frame = scene.frame(box)
        for depth in range(len(frame) + 1):
            members.setdefault(frame[:depth], [])
        members[frame].append(box)
    _add_cluster(digraph, scene, (), members)


def _add_cluster(parent: Any, scene: Scene, frame: Frame, members: dict[Frame, list[Box]]) -> None:
    for box in members[frame]:
        if isinstance(box, Group):
            _add_group(parent, scene, box)
        else:
            _add_node(parent, scene, box)
    for number, inner in enumerate(members):
        if len(inner) == len(frame) + 1 and inner[:-1] == frame:
            name = one_line(inner[-1])
            with parent.subgraph(name=f"cluster_{number}") as cluster:
                cluster.attr(
                    "graph", label=_plain(name), tooltip=_tooltip(name), labeljust="l",
                    style="rounded,filled", color="#D5D9DD", fillcolor="#FAFBFC",
                    fontcolor="#5A6270", fontsize="11", margin="10",
                )  # fmt: skip
                _add_cluster(cluster, scene, inner, members)


def _add_node(parent: Any, scene: Scene, node: Value) -> None:
    name, formula = scene.name(node), scene.formula(node)
    role = "output" if node is scene.y else node.role
    look = LOOKS[role]
    gradient = None if scene.table is None else scene.table[node]
    tooltip = f"{name}{f' = {formula}' if formula else ''}: data = {constant_text(node.data)}"
    if gradient is not None:
        tooltip += f", grad {scene.derivative(node)} = {constant_text(gradient)}"
    attributes = {
        "id": f"node_{scene.ids[node]}",
        "class": role,
        "fillcolor": look.fill,
        "color": look.stroke,
        "style": look.style,
        "penwidth": f"{look.width:g}",
        "tooltip": _tooltip(tooltip),
    }
    if scene.full:
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
    parent.node(scene.ids[node], **attributes)


def _circle_text(node: Value) -> str:
    """Write an operation into a circle: its symbol, with the constants it has swallowed."""
    assert node.op is not None
    constants = [constant_text(p.data) for p in node.parents if is_number(p)]
    if node.op.fixed:
        text = expression(node, dict.fromkeys(node.parents, "·"))
    elif constants and len(node.parents) == 2 and node.op.template is not None:
        text = expression(node, dict.fromkeys(node.parents, "")).replace(" ", "")
    else:
        text = node.op.symbol
    return one_line(text, CIRCLE_WIDTH)


def _add_group(parent: Any, scene: Scene, group: Group) -> None:
    id, rows, look = scene.ids[group], _group_rows(scene, group), LOOKS[_kind(group)]
    words = "; ".join(rows[1:])
    parent.node(
        id, "|".join(map(_field, rows)), id=f"node_{id}", shape="Mrecord", color=look.stroke,
        fillcolor=look.fill, style=look.style, penwidth="2",
        tooltip=_tooltip(f"{rows[0]}: {words}"), **{"class": "cluster-box"},
    )  # fmt: skip


def _group_rows(scene: Scene, group: Group) -> list[str]:
    """Give its name, how many nodes of each role it has, and the length of their gradient."""
    roles = Counter(node.role for node in group.members)
    rows = [one_line(group.name), *(counted(number, role) for role, number in roles.items())]
    if scene.table is not None and roles["parameter"]:
        slopes = (scene.table[p] for p in _parameters(group))
        rows.append(f"|grad| {number_text(math.hypot(*slopes))}")
    return rows


def _kind(group: Group) -> str:
    """Say what a box of many nodes looks like: leaves of one role like one of them."""
    kinds = {node.role for node in group.members}
    return "cluster" if len(kinds) > 1 or "operation" in kinds else kinds.pop()


def _add_stubs(digraph: Digraph, scene: Scene) -> None:
    """Say at the far end of what is drawn how many values lie behind."""
    for box, number in scene.behind.items():
        stub = f"more_{scene.ids[box]}"
        digraph.node(
            stub, f"… {number:,} more", shape="plaintext", fillcolor="none", fontcolor="#5A6270",
            tooltip=f"{counted(number, 'value')} further away, not drawn",
        )  # fmt: skip
        digraph.edge(stub, scene.ids[box], color="#6B6B6B", style="dotted", tooltip="not drawn")


def _add_result(digraph: Digraph, scene: Scene) -> None:
    text = f"{scene.name(scene.y)} = {number_text(scene.y.data)}"
    digraph.node(
        "out", _plain(text), shape="plaintext", margin="0.06,0", fontsize="14", fillcolor="white"
    )
    digraph.edge(
        scene.ids[scene.y], "out", arrowhead="none", color=LOOKS["output"].stroke,
        penwidth="1.6", tooltip=_tooltip(text),
    )  # fmt: skip


def _add_links(digraph: Digraph, scene: Scene) -> None:
    sizes = [_size(link) for link in scene.links]
    largest = max((size for size in sizes if math.isfinite(size)), default=0.0)
    # What enters a frame from outside comes from the left of all that is in it: an edge into
    # a frame with leaves of its own (a neuron's weights) is long enough to begin before them.
    frames = {scene.frame(box) for box in scene.boxes if isinstance(box, Value) and not box.op}
    frames.discard(())
    for link, size in zip(scene.links, sizes, strict=True):
        width = 1.2 if scene.table is None else 1.0 + 2.2 * math.sqrt(_share(size, largest))
        if link.single:
            colour, style, label, tooltip = _one_edge(scene, link.edges[0])
        else:
            colour, style, label, tooltip = _bundle(scene, link)
        source, target = scene.ids[link.source], scene.ids[link.target]
        frame = scene.frame(link.target)
        enters = frame in frames and frame != scene.frame(link.source)
        digraph.edge(
            source, target, id=edge_id(scene, link),
            label=label, color=colour, fontcolor=colour, style=style, penwidth=f"{width:.2f}",
            tooltip=_tooltip(tooltip), **({"minlen": "2"} if enters else {}),
        )  # fmt: skip


def edge_id(scene: Scene, link: Link) -> str:
    """Give the id of an edge in the picture: its target, and the number of the operand.

    >>> scene = Scene(Value(2.0, "x").exp())
    >>> edge_id(scene, scene.links[0])
    'edge_v1_0'
    """
    origin = link.edges[0].operand if link.single else scene.ids[link.source]
    return f"edge_{scene.ids[link.target]}_{origin}"


def _size(link: Link) -> float:
    """Give the length of the gradient that a link sends back to the values it brings."""
    sums: dict[Value, float] = {}
    for edge in link.edges:
        sums[edge.parent] = sums.get(edge.parent, 0.0) + (edge.contribution or 0.0)
    return math.hypot(*sums.values())


def _one_edge(scene: Scene, edge: Edge) -> tuple[str, str, str, str]:
    """Give colour, style, label and tooltip."""
    child, parent = scene.name(edge.child), scene.name(edge.parent)
    tooltip = f"d{child}/d{parent} = {constant_text(edge.partial)}"
    label = number_text(edge.parent.data, 3)
    if scene.full:
        label = f"∂ {number_text(edge.partial, 3)}"
    c = edge.contribution
    if c is None or scene.table is None:
        return *UNKNOWN, label, tooltip
    colour, style = RAISES if c > 0.0 else LOWERS if c < 0.0 else NEUTRAL
    if math.isnan(c):
        colour, style = UNDEFINED
    tooltip += (
        f"; adds {number_text(scene.table[edge.child])} × {number_text(edge.partial)}"
        f" = {number_text(c)} to {parent}.grad"
    )
    if not scene.full:
        label += f"\\n∇ {number_text(c, 3)}"
    return colour, style, label, tooltip


def _bundle(scene: Scene, link: Link) -> tuple[str, str, str, str]:
    """Give colour, style, label and tooltip."""
    values = counted(len({edge.parent for edge in link.edges}), "value")
    tooltip = f"{values} along {counted(len(link.edges), 'edge')}"
    if scene.table is not None:
        tooltip += f"; |gradient sent back| = {number_text(_size(link))}"
    return *UNKNOWN, values, tooltip


def _share(size: float, largest: float) -> float:
    if not math.isfinite(size):
        return 1.0
    return size / largest if largest else 0.0


def _legend(scene: Scene) -> list[LegendEntry]:
    from .svg import LegendEntry

    singles = [link.edges[0] for link in scene.links if link.single]
    roles = {"output"} | {
        box.role if isinstance(box, Value) else _kind(box)
        for box in scene.boxes
        if box is not scene.y
    }
    entries = [
        LegendEntry(role, "box", look.fill, look.stroke, min(look.width, 2.0),
                    "3 2" if "dashed" in look.style else "")
        for role, look in LOOKS.items() if role in roles
    ]  # fmt: skip
    if scene.outdated:
        entries.append(LegendEntry(CHANGED))
    if scene.hidden:
        entries.append(LegendEntry("… n more: values that are not drawn"))
    if scene.collapsed and len(singles) < len(scene.links):
        entries.append(LegendEntry("values: how many numbers pass"))
    name = scene.name(scene.y)
    if scene.table is None:
        words = "edge label: local derivative" if scene.full else "edge label: value"
        return [*entries, LegendEntry(words)] if singles else entries
    contributions = [edge.contribution or 0.0 for edge in singles]
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
    if any(math.isnan(c) for c in contributions):
        entries.append(LegendEntry("not a number (nan)", "line", "none", UNDEFINED[0], 2.6))
    if scene.full and any(isinstance(box, Value) for box in scene.boxes):
        entries.append(LegendEntry(f"grad: d{name}/d(value)"))
    if any(isinstance(box, Group) and _parameters(box) for box in scene.boxes):
        entries.append(LegendEntry("|grad|: length of the gradient of its parameters"))
    if singles:
        label = "local derivative" if scene.full else "value forward, ∇ gradient back"
        entries.append(LegendEntry(f"edge label: {label}"))
    if scene.links:
        entries.append(LegendEntry("edge width: |gradient sent back|"))
    return entries


def _parameters(group: Group) -> list[Value]:
    return [node for node in group.members if node.role == "parameter"]
