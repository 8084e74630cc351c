"""The step-by-step page: one HTML file that walks forward and back through a graph.

The page needs no network and no other file. All numbers in it are written here, as text:
the script beside the template only decides which of them are shown at which step.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import sys
from collections import Counter
from html import escape
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import Any

from .dotsource import compose, edge_id
from .drawing import Drawing
from .errors import GraphTooLargeError, counted
from .files import write_picture
from .formulas import CHANGED, expression, is_number, number_text, one_line
from .graph import walk
from .higher import outdated
from .scenes import Scene
from .tracing import trace
from .value import Value

MAX_NODES, MAX_STEPS = 150, 400
WIDE = 1.7  # width to height of a picture that has the table below it, not beside it


def step_page(y: Value, path: str | Path, expand: bool = False) -> Path:
    """Write a page that steps forward and backward through the graph under ``y``.

    The page is one self-contained file: the graph, a table of gradients that grows, a
    slider, keys. ``expand`` unfolds ``dot`` nodes into × and +. Gives the path. Raises
    ``TypeError`` if ``y`` is not a node, ``ValueError`` if the name does not end in .html,
    ``GraphTooLargeError`` beyond 150 nodes or 400 steps, ``RenderingError`` if the page
    cannot be drawn or written. Source: syllabus A7, the grad-table algorithm.

    >>> from tempfile import TemporaryDirectory
    >>> y = (Value(2.0, "x") * 3.0).named("y")
    >>> with TemporaryDirectory() as folder:
    ...     step_page(y, Path(folder, "steps.html")).name
    'steps.html'
    """
    target = Path(path)
    if target.suffix.lower() not in (".html", ".htm"):
        raise ValueError(f"a page's name ends in .html, got {target.name!r}")
    _check_size(sum(not is_number(node) or node is y for node in walk(y)), 0)
    scene = Scene(y, "full", gradients=True, expand=expand, max_nodes=sys.maxsize, collapse=0)
    operations = sum(isinstance(box, Value) and box.op is not None for box in scene.boxes)
    _check_size(len(scene.boxes), operations + 1 + len(scene.links))
    story = _Story(scene)
    return write_picture(target, _page(scene, story).encode())


def _check_size(nodes: int, steps: int) -> None:
    if nodes > MAX_NODES or steps > MAX_STEPS:
        raise GraphTooLargeError(
            f"a step-by-step page holds {MAX_NODES} nodes and {MAX_STEPS} steps, and this graph has"
            f" {counted(nodes, 'node')}{f' and {steps:,} steps' if steps else ''}: step through an"
            " earlier node, fewer samples or a smaller net; .trace() lists graphs of any size"
        )


class _Story:
    """The steps, and for every node and edge the steps at which it changes."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.nodes = [box for box in scene.boxes if isinstance(box, Value)]
        self.names = {node: scene.name(node) for node in self.nodes}
        self.steps: list[dict[str, str]] = []
        self.known = dict.fromkeys(self.nodes, 0)  # the step at which a node has its value
        self.sums: dict[Value, list[dict[str, Any]]] = {node: [] for node in self.nodes}
        self.edges: list[dict[str, Any]] = []
        self._tell("Start: the leaves have their values.", "")
        self._forward()
        self.seed = len(self.steps)
        self._add(scene.y, 1.0, "1 (seed)")
        y = self.names[scene.y]
        self._tell(f"Backward begins at the output: d{y}/d{y} = 1.", scene.ids[scene.y])
        self._backward()

    def _tell(self, say: str, node: str, edge: str = "") -> None:
        self.steps.append({"say": say, "node": node, "edge": edge})

    def _add(self, node: Value, total: float, term: str) -> None:
        """Note what the step that is told next makes of the gradient of ``node``."""
        texts = {"short": number_text(total), "long": _digits(total), "term": term}
        self.sums[node].append({"step": len(self.steps), **texts})

    def _forward(self) -> None:
        operations = [node for node in self.nodes if node.op is not None]
        for i, node in enumerate(operations, start=1):
            named = {parent: self.names.get(parent, "") for parent in node.parents}
            numbers = {parent: number_text(parent.data) for parent in node.parents}
            made = [one_line(expression(node, words), 80) for words in (named, numbers)]
            if self.scene.outdated and outdated(node):
                made[1] = "(its operands have changed since)"
            equation = " = ".join([self.names[node], *made, number_text(node.data)])
            self.known[node] = len(self.steps)
            self._tell(f"Forward {i} of {len(operations)}: {equation}.", self.scene.ids[node])

    def _backward(self) -> None:
        edges = {
            child: iter(list(links))
            for child, links in groupby(self.scene.links, key=lambda link: link.target)
        }
        uses = Counter(link.source for link in self.scene.links)
        y = self.names[self.scene.y]
        rows = trace(self.scene.y).backward
        for i, row in enumerate(rows, start=1):
            link = next(edges[row.child])
            child, parent = self.names[row.child], self.names[row.parent]
            factors = f"{number_text(row.gradient)} × {number_text(row.partial)}"
            if row.gradient == 0.0:
                said = f"{child} has the gradient 0 and hands nothing on to {parent}."
            else:
                said = (
                    f"{child} hands its gradient times the local derivative on to {parent}:"
                    f" {factors} = {number_text(row.product)}."
                )
            seen, whole = len(self.sums[row.parent]) + 1, uses[link.source]
            part = f" after {seen} of {whole} summands" if whole > 1 else ""
            said += f" d{y}/d{parent} is {number_text(row.total)}{part}."
            id = edge_id(self.scene, link)
            self.edges.append({"id": id, "known": self.known[row.child], "used": len(self.steps)})
            self._add(row.parent, row.total, f"+ ({factors})")
            self._tell(f"Backward {i} of {len(rows)}: {said}", self.scene.ids[row.parent], id)

    def node(self, node: Value) -> dict[str, Any]:
        """Give all that the page has to know of a node."""
        short, long = number_text(node.data), _digits(node.data)
        facts = {"id": self.scene.ids[node], "name": self.names[node], "known": self.known[node]}
        return {**facts, "short": short, "long": long, "sums": self.sums[node]}

    def row(self, node: Value) -> str:
        """Give the table's row of a node as it is after the last step."""
        formula = self.scene.formula(node)
        made = f' <span class="made">= <bdi>{escape(formula)}</bdi></span>' if formula else ""
        sums = self.sums[node]
        cells = [_digits(node.data), sums[-1]["long"], " ".join(s["term"] for s in sums)]
        kinds = ["number data", "number gradient", "sum"]
        return (
            f'<tr id="row-{self.scene.ids[node]}"><th scope="row"><button type="button"'
            f' aria-pressed="false"><bdi>{escape(self.names[node])}</bdi></button>{made}</th>'
            + "".join(f'<td class="{k}">{c}</td>' for k, c in zip(kinds, cells, strict=True))
            + "</tr>"
        )


def _page(scene: Scene, story: _Story) -> str:
    # the picture's own description would tell the results before the first step
    said = f"{counted(len(story.nodes), 'value')}. The table has their numbers at each step."
    composed = compose(scene)._replace(description=said)
    drawing = Drawing(composed, len(scene.boxes), len(scene.links))
    svg = drawing.svg()
    width, height = map(float, re.findall(r'(?:width|height)="([\d.]+)pt"', svg)[:2])
    data = {
        "prefix": drawing.prefix,
        "nodes": [story.node(node) for node in story.nodes],
        "edges": story.edges,
        "steps": story.steps,
        "forward": min(1, story.seed - 1),
        "backward": story.seed,
    }
    template = files(__package__).joinpath("stepper.html").read_text(encoding="utf-8")
    name = escape(story.names[scene.y])
    parts = {
        "policy": _policy(template),
        "title": f"Backpropagation through {name}",
        "heading": f"Backpropagation through <bdi>{name}</bdi>, step by step",
        "output": f"<bdi>{name}</bdi>",
        "note": f"<p>Note: {CHANGED}.</p>" if scene.outdated else "",
        "shape": "wide" if width > WIDE * height else "tall",
        "svg": svg,
        "rows": "\n".join(story.row(node) for node in story.nodes),
        "last": escape(story.steps[-1]["say"]),
        "data": _json(data),
    }
    # in one pass, so that nothing is looked for in what was filled in
    return re.sub(r"\{\{(\w+)\}\}", lambda match: parts[match[1]], template)


def _policy(template: str) -> str:
    """Allow the page its own style and script, and nothing else in the world."""

    def digest(kind: str) -> str:
        (text,) = re.findall(rf"<{kind}>(.*?)</{kind}>", template, re.DOTALL)
        return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()

    allowed = f"style-src '{digest('style')}'; script-src '{digest('script')}'"
    return f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"


def _json(data: Any) -> str:
    # a script element ends at the first </script, also inside a string
    text = json.dumps(data, separators=(",", ":"))
    return text.replace("<", r"\u003c").replace(">", r"\u003e").replace("&", r"\u0026")


def _digits(number: float) -> str:
    return f"{number:.7g}".replace("-", "−")
