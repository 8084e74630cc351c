"""The chain rule as a sum over paths: every way a change travels from one node to another.

A derivative is the sum, over all paths, of the product of the local derivatives along the
path. The sweep gives the same sum without walking a single path: there can be 2^60 of
them in a graph of 60 nodes, which is why nobody computes derivatives this way. But it is
how one understands them, so here are the paths: counted, listed, and written out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import nlargest
from itertools import islice
from math import fsum, inf, isfinite, isnan, log10, prod
from typing import TYPE_CHECKING, NamedTuple

from .backprop import grad_table, handed_on
from .errors import shortened, whole_number
from .formulas import node_names, number_text, one_line
from .graph import topological_order
from .tables import aligned, readable
from .value import Value

if TYPE_CHECKING:
    from fractions import Fraction

__all__ = ["Path", "count_paths", "explain", "paths"]

LONGEST = 8  # edges of a path that are written out; of a longer one only the ends
FEW = 10_000  # paths that are walked one by one
EXACT = 2_000  # nodes, over which sums are exact: their numbers grow with every edge
WIDTH = 24  # characters of a name


class Path(NamedTuple):
    """One way from a node up to another: the nodes, the partials between, their product."""

    nodes: tuple[Value, ...]
    partials: tuple[float, ...]
    product: float


def paths(y: Value, x: Value, limit: int | None = 1000) -> Iterator[Path]:
    """Go through the paths from ``x`` to ``y``; their products sum to dy/dx.

    A path that takes the two edges of ``x * x`` is two paths. At most ``limit`` of them
    are given (None: all; ``count_paths`` says how many that is). There is none if ``y``
    does not depend on ``x``, and one of no edges from a node to itself. Raises
    ``TypeError`` if either is not a node, ``ValueError`` for a negative limit. Source:
    syllabus A1, A8.

    >>> t = Value(2.0, "t")
    >>> r = t**2 * (3.0 * t + 1.0)
    >>> [path.product for path in paths(r, t)]
    [28.0, 12.0]
    """
    most = None if limit is None else whole_number(limit, "limit of paths")
    return islice(_walk(_between(y, x), y, x), most)


def count_paths(y: Value, x: Value) -> int:
    """Count the paths from ``x`` to ``y`` exactly, without walking them.

    Raises ``TypeError`` if either is not a node. Source: syllabus A6.

    >>> x = y = Value(1.0)
    >>> for _ in range(60):
    ...     y = y + y
    >>> count_paths(y, x) == 2**60
    True
    """
    counts: dict[Value, int] = {}
    for node, edges in _between(y, x).items():
        counts[node] = 1 if node is x else sum(counts[parent] for parent, _ in edges)
    return counts.get(y, 0)


def explain(y: Value, x: Value, limit: int = 20) -> str:
    """Write the chain rule for dy/dx as a worksheet: one line per path, and their sum.

    Beyond ``limit`` paths the largest are written out and the rest is summed; where the sweep
    gives another sum, because it rounds step by step, that stands below. Raises
    ``TypeError`` if ``y`` or ``x`` is not a node, ``ValueError`` for a negative limit.
    Source: syllabus A1, A3, A8.

    >>> t = Value(2.0, "t")
    >>> u, v = (t**2).named("u"), (3.0 * t + 1.0).named("v")
    >>> print(explain((u * v).named("r"), t))
    dr/dt is the sum over 2 paths from t to r
    t → u → r       4.0000 × 7.0000           =  28.0000
    t → v3 → v → r  3.0000 × 1.0000 × 4.0000  =  12.0000
    sum                                       =  40.0000
    """
    most = whole_number(limit, "limit of explain")
    names = {node: one_line(name, WIDTH) for node, name in node_names(topological_order(y)).items()}
    number = count_paths(y, x)
    end = names[y]
    start = names.get(x) or one_line(x.label, WIDTH) or "that node"
    if not number:
        return readable([f"d{end}/d{start} = 0: no path leads from {start} to {end}"])[0]
    shown, rest, whole = _largest(y, x, number, most)
    lines = []
    for path in shown:
        chain = " → ".join(_shortened([names[node] for node in path.nodes]))
        factors = " × ".join(_shortened([number_text(p) for p in path.partials]))
        lines.append([chain, factors or "1", "=", number_text(path.product)])
    if number > most:
        others = f"{_many(number - most)} more path{'s' * (number > most + 1)}"
        lines.append([f"… {others} together", "", "=", number_text(rest)])
    lines.append(["sum", "", "=", number_text(whole)])
    swept = number_text(grad_table(y)[x])
    if swept != number_text(whole):  # where large summands cancel, or infinite ones meet
        lines.append(["the sweep, which adds and rounds step by step", "", "=", swept])
    count = f"the sum over {_many(number)} paths" if number > 1 else "the product along the path"
    heading = readable([f"d{end}/d{start} is {count} from {start} to {end}"])[0]
    return f"{heading}\n{aligned(lines, '<<<>')}"


Edges = list[tuple[Value, float]]


def _between(y: Value, x: Value) -> dict[Value, Edges]:
    """Give the nodes from ``x`` to ``y``, parents first, with their edges towards ``x``."""
    if not isinstance(x, Value):
        raise TypeError(f"expected a Value, got {type(x).__name__} {shortened(x)}")
    reached: dict[Value, Edges] = {}
    for node in topological_order(y):
        edges = zip(node.parents, node.partials, strict=True)
        towards = [] if node is x else [edge for edge in edges if edge[0] in reached]
        if towards or node is x:
            reached[node] = towards
    return reached


def _walk(between: dict[Value, Edges], y: Value, x: Value) -> Iterator[Path]:
    if y not in between:
        return
    # Every edge that is left leads to x, so there is no blind alley to walk into.
    chain, partials, products = [y], [1.0], [1.0]
    open_edges = [iter(between[y])]
    while open_edges:
        if chain[-1] is x:
            yield Path(tuple(chain[::-1]), tuple(partials[:0:-1]), products[-1])
        for parent, partial in open_edges[-1]:
            chain.append(parent)
            partials.append(partial)
            products.append(handed_on(products[-1], partial))
            open_edges.append(iter(between[parent]))
            break
        else:
            for stack in (chain, partials, products, open_edges):
                stack.pop()


def _largest(y: Value, x: Value, number: int, most: int) -> tuple[list[Path], float, float]:
    """Give the ``most`` largest paths, the sum over the rest, and over all ``number`` of them."""
    if number <= max(most, FEW):
        order = list(paths(y, x, None))
        if number > most:
            order.sort(key=lambda path: _size(path.product), reverse=True)
        products = [path.product for path in order]
        return order[:most], _sum(products[most:]), _sum(products)
    between = _between(y, x)
    shown = _best(between, y, x, most)
    partials = [partial for edges in between.values() for _, partial in edges]
    if len(between) > EXACT or not all(map(isfinite, partials)):
        gradient = grad_table(y)[x]
        return shown, gradient - _sum(path.product for path in shown), gradient
    from fractions import Fraction

    # what is left out may be small beside what is shown: only exact sums keep it
    sums: dict[Value, Fraction] = {}
    for node, edges in between.items():
        terms = (sums[parent] * Fraction(partial) for parent, partial in edges)
        sums[node] = Fraction(1) if node is x else sum(terms, Fraction(0))
    shares = (prod(map(Fraction, path.partials), start=Fraction(1)) for path in shown)
    return shown, _float(sums[y] - sum(shares)), _float(sums[y])


def _float(number: Fraction) -> float:
    try:
        return float(number)
    except OverflowError:
        return inf if number > 0 else -inf


def _sum(numbers: Iterable[float]) -> float:
    """Add without rounding on the way, as far as the sum exists."""
    given = list(numbers)
    try:
        return fsum(given)
    except (OverflowError, ValueError):  # too large on the way, or infinities of both signs
        return sum(given)


def _size(product: float) -> float:
    return inf if isnan(product) else abs(product)


class _Way(NamedTuple):
    """A path that is still being built, from ``x`` upwards: its last edge and what came before."""

    product: float
    node: Value
    partial: float
    before: _Way | None


def _best(between: dict[Value, Edges], y: Value, x: Value, number: int) -> list[Path]:
    """Give the paths with the largest products by size, the largest first.

    The best paths to a node go through the best paths to its operands, so no more than
    ``number`` of them are kept at any node.
    """
    best: dict[Value, list[_Way]] = {}
    for node, edges in between.items():
        ways = (
            _Way(way.product * partial, node, partial, way)
            for parent, partial in edges
            for way in best[parent]
        )
        start = [_Way(1.0, x, 1.0, None)]
        best[node] = start if node is x else nlargest(number, ways, lambda way: _size(way.product))
    found = []
    for way in best[y]:
        nodes, partials, product = [], [], 1.0
        step: _Way | None = way
        while step is not None:
            nodes.append(step.node)
            if step.before is not None:
                partials.append(step.partial)
                product = handed_on(product, step.partial)  # in the order of the sweep
            step = step.before
        found.append(Path(tuple(nodes[::-1]), tuple(partials[::-1]), product))
    return found


def _shortened(parts: list[str]) -> list[str]:
    half = LONGEST // 2
    return parts if len(parts) <= LONGEST + 1 else [*parts[:half], "…", *parts[-half:]]


def _many(number: int) -> str:
    if number < 10**24:
        return f"{number:,}"
    return f"about 10^{round(log10(number))}"
