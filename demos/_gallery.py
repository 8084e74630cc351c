"""The gallery page: every demo's pictures, what to see in them, and which topics it covers."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent

# The rows of the syllabus, which docstrings and tests cite by their number.
PARTS = {
    "A": "Differentiation on a graph",
    "B": "Neurons and what they can represent",
    "C": "Objectives from maximum likelihood",
    "D": "Training",
    "E": "Regularization",
}
ROWS = {
    "A1": "the chain rule over two routes",
    "A2": "fan-out: a value that is used twice",
    "A3": "logistic least squares with a penalty",
    "A4": "the evaluation trace: primal, tangent, adjoint",
    "A5": "repeated subexpressions: store or recompute",
    "A6": "cost grows with edges, not with paths",
    "A7": "the grad-table algorithm: children before parents",
    "A8": "a weight's change travels every path; first-order prediction",
    "A9": "Jacobians and vector-Jacobian products",
    "A10": "the Hessian and Newton's step",
    "A11": "points without a derivative",
    "A12": "the steepest direction; minima and saddles",
    "A13": "a module is three messages; the layer form over a batch",
    "B1": "the McCulloch-Pitts threshold unit",
    "B2": "the perceptron, AND and OR, and what one unit can do",
    "B3": "a threshold network for XOR",
    "B4": "an exact ReLU network for XOR; a feature map",
    "B5": "the best linear fit to XOR",
    "B6": "activations and their derivatives",
    "B7": "softmax and sparsemax",
    "B8": "linear layers compose to one; nearly linear nets",
    "B9": "steps, bumps and universal approximation",
    "B10": "depth buys regions; the playground",
    "B11": "feature learning: what hidden units see",
    "B12": "modules, skip connections, sparse and shared weights",
    "B13": "recurrent nets, unrolled into a graph",
    "C1": "the linear neuron and the normal equations",
    "C2": "logistic regression",
    "C3": "cross-entropy of a logit",
    "C4": "multinomial logistic regression",
    "C5": "the sparsemax loss",
    "C6": "from the problem to the output and the loss",
    "C7": "classification losses against the margin",
    "C8": "squared error saturates, cross-entropy does not",
    "C9": "empirical risk",
    "C10": "soft targets",
    "D1": "batch, stochastic and mini-batch gradients",
    "D2": "learning-rate schedules, and when to stop",
    "D3": "a two-layer network by hand",
    "D4": "initialisation",
    "D5": "vanishing gradients",
    "D6": "standardising the inputs",
    "D7": "a weight fed by a weak activation learns slowly",
    "E1": "L2: ridge, weight decay",
    "E2": "L1: weights that become zero",
    "E3": "early stopping",
    "E4": "tying and sharing weights",
    "E5": "input noise",
    "E6": "dropout, DropConnect, averaging",
    "E7": "overfitting, seen",
}
ORDER = list(ROWS)
HEADING = "# The course in pictures"


class Demo(NamedTuple):
    """A demo as its docstring describes it: what to see, and the rows that it covers."""

    name: str
    title: str
    text: str
    rows: list[str]


def described(name: str) -> Demo:
    """Read the docstring of a demo; raises ``ValueError`` if a part of it is missing."""
    # read, not imported: a list of the demos needs nothing of what they need
    source = (HERE / f"{name}.py").read_text(encoding="utf-8")
    title, *blocks = (ast.get_docstring(ast.parse(source)) or "").split("\n\n")
    command, rows = blocks[:1], re.fullmatch(r"Syllabus: (.*)\.", " ".join(blocks[-1:]))
    if command != [f"    python -m demos.{name} --out demos/out --seed 0"] or rows is None:
        raise ValueError(f"the docstring of demos.{name} is a title, the command, text and rows")
    covered = rows[1].split(", ")
    if unknown := [row for row in covered if row not in ROWS]:
        raise ValueError(f"demos.{name}: no such rows of the syllabus: {unknown}")
    # to Markdown: ``code`` has single quotes there
    return Demo(name, title, "\n\n".join(blocks[1:-1]).replace("``", "`"), covered)


def demos() -> list[Demo]:
    """Give all demos in the order of the course: by the first row that each covers."""
    names = sorted(path.stem for path in HERE.glob("*.py") if not path.stem.startswith("_"))
    return sorted(map(described, names), key=lambda demo: ORDER.index(demo.rows[0]))


def pictures(name: str, gallery: Path) -> list[Path]:
    """Give what a demo has in the gallery: ``NAME.*``, then ``NAME-*.*``."""
    return sorted(gallery.glob(f"{name}.*")) + sorted(gallery.glob(f"{name}-*.*"))


def page(gallery: Path) -> str:
    """Write the gallery page, in Markdown, for the pictures that are in a folder."""
    course = demos()
    return "\n".join([*_opening(course), *_body(course, gallery), *_table(course)])


def parts(course: Iterable[Demo]) -> Iterator[tuple[str, list[Demo]]]:
    """Give the parts of the course, each with its demos."""
    for part, members in groupby(course, key=lambda demo: demo.rows[0][0]):
        yield PARTS[part], list(members)


def _opening(course: Iterable[Demo]) -> Iterator[str]:
    yield HEADING
    yield ""
    yield "Every demo is a short script: it prints what it shows, asserts what it claims, and draws"
    yield "these pictures. `make demos` runs them all and writes this page; `python -m demos` lists"
    yield "them. Each takes `--seed N`, `--out DIR` for its pictures, and, where something is"
    yield "trained, `--engine eager` or `--engine tape`. The table at the end leads from each topic"
    yield "to its demos; A1, B7 and the like are its rows. `python` is the one of `.venv`, in which"
    yield "`make demos` installs what they need; a click on a picture shows it alone, and large."
    yield ""
    yield "What is asserted holds for the script as it is. Change it, as `Try next` suggests, and"
    yield "you may meet an `AssertionError`: a claim holds no longer, which can be the answer."
    yield ""
    for part, members in parts(course):
        links = [f"[{demo.title.split(':')[0]}](#{demo.name})" for demo in members]
        yield f"- **{part}**: {' · '.join(links)}"
    yield ""


def _body(course: Iterable[Demo], gallery: Path) -> Iterator[str]:
    for part, members in parts(course):
        yield f"## {part}"
        yield ""
        for demo in members:
            yield f'### <a id="{demo.name}"></a>{demo.title.rstrip(".")}'
            yield ""
            found = pictures(demo.name, gallery)
            for path in found:
                place = f"{gallery.name}/{path.name}"
                if path.suffix == ".html":
                    yield f"[Step through it: {path.name}]({place}) (a page for a browser)"
                else:
                    yield f"[![{demo.title} ({path.stem})]({place})]({place})"
                yield ""
            yield demo.text
            yield ""
            yield f"`python -m demos.{demo.name}` shows {', '.join(demo.rows)}."
            yield ""


def _table(course: list[Demo]) -> Iterator[str]:
    yield "## From topic to demo"
    for part, title in PARTS.items():
        yield ""
        yield f"**{part}. {title}**"
        yield ""
        yield "| row | topic | demos |"
        yield "|---|---|---|"
        for row, topic in ROWS.items():
            if row.startswith(part):
                names = [demo.name for demo in course if row in demo.rows]
                yield f"| {row} | {topic} | {', '.join(f'[{name}](#{name})' for name in names)} |"
    yield ""
