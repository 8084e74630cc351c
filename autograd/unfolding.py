"""A ``dot`` node unfolded into the products and sums that it stands for."""

from __future__ import annotations

from .copying import rewired
from .formulas import is_number
from .graph import topological_order
from .primitives import add, dot_row, mul
from .value import Value, make_node


def unfolded(y: Value) -> Value:
    """Give a graph like the one under ``y`` in which every ``dot`` is single × and + nodes.

    It has the same leaves and, on everything else, the numbers that were recorded: so its
    gradients are those of ``y``. The graph under ``y`` is left alone.

    >>> from autograd import dot
    >>> w, x = Value(2.0, "w"), Value(3.0, "x")
    >>> [node.op.name for node in topological_order(unfolded(dot([w], [x], w))) if node.op]
    ['mul', 'add']
    """
    made: dict[Value, Value] = {}
    for node in topological_order(y):
        parents = tuple([made[parent] for parent in node.parents])
        if node.op is dot_row and len(parents) > 1:
            made[node] = _products_and_sums(node, parents)
        elif parents != node.parents:
            made[node] = rewired(node, parents)
        else:
            made[node] = node
    return made[y]


def _products_and_sums(node: Value, operands: tuple[Value, ...]) -> Value:
    """Build w1 x1 + w2 x2 + ... + bias from the operands of a ``dot`` node."""
    n = len(operands) // 2
    bias = operands[-1]
    made = []
    terms = []
    # the derivative of w x by w is x: the recorded partials are the numbers to multiply
    for w, x, dw, dx in zip(
        operands[:n], operands[n:-1], node.partials[:n], node.partials[n:-1], strict=True
    ):
        terms.append(make_node(mul, dx * dw, w, dw, x, dx))
        made.append(terms[-1])
    if not (is_number(bias) and bias.data == 0.0):
        terms.append(bias)
    whole = terms[0]
    for term in terms[1:]:
        whole = make_node(add, whole.data + term.data, whole, 1.0, term, 1.0)
        made.append(whole)
    for part in made:
        part.scope = node.scope
    whole.data, whole.label = node.data, node.label
    return whole
