"""A scalar reverse-mode automatic differentiation engine for reading.

>>> from autograd import Value
>>> x = Value(3.0, "x")
>>> table = (x * x + 2.0 * x).backward()
>>> x.grad
8.0

Beside the names below there are ``autograd.abs``, ``autograd.pow`` and ``autograd.Path``;
they are left out of ``from autograd import *`` because Python has things of these names.
"""

from typing import TYPE_CHECKING, Any

from .backprop import Contribution, GradTable, TangentTable, grad_table, tangent_table
from .drawing import Drawing, draw_dot
from .errors import (
    AutogradError,
    DivergedError,
    DivisionByZeroError,
    DomainError,
    GradientMismatchError,
    GraphTooLargeError,
    RangeError,
    RecordingError,
    RenderingError,
    StaleGraphError,
)
from .functional import grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp
from .gradcheck import Edge, Finding, GradientReport, check_gradients, first_nonfinite
from .graph import topological_order
from .higher import gradients
from .infix import formula
from .primitives import (
    PRIMITIVES,
    Primitive,
    abs,
    acos,
    add,
    asin,
    atan,
    atan2,
    cos,
    cosh,
    div,
    erf,
    exp,
    expm1,
    hard_tanh,
    hypot,
    leaky_relu,
    log,
    log1p,
    maximum,
    minimum,
    mul,
    neg,
    pow,
    relu,
    sigmoid,
    sign,
    sin,
    sinh,
    softplus,
    sqrt,
    square,
    step,
    sub,
    tan,
    tanh,
    where,
    xlogy,
)
from .routes import Path, count_paths, explain, paths
from .rulebook import rules
from .scopes import scope
from .sequences import affine, dot, log_softmax, logsumexp, mean, prod, softmax, sparsemax, total
from .tracing import BackwardRow, ForwardRow, TangentRow, Trace, trace
from .value import Constant, Value

if TYPE_CHECKING:
    from .tape import Tape, record

__version__ = "0.1.0"

__all__ = [
    "PRIMITIVES",
    "AutogradError",
    "BackwardRow",
    "Constant",
    "Contribution",
    "DivergedError",
    "DivisionByZeroError",
    "DomainError",
    "Drawing",
    "Edge",
    "Finding",
    "ForwardRow",
    "GradTable",
    "GradientMismatchError",
    "GradientReport",
    "GraphTooLargeError",
    "Primitive",
    "RangeError",
    "RecordingError",
    "RenderingError",
    "StaleGraphError",
    "TangentRow",
    "TangentTable",
    "Tape",
    "Trace",
    "Value",
    "acos",
    "add",
    "affine",
    "asin",
    "atan",
    "atan2",
    "check_gradients",
    "cos",
    "cosh",
    "count_paths",
    "div",
    "dot",
    "draw_dot",
    "erf",
    "exp",
    "explain",
    "expm1",
    "first_nonfinite",
    "formula",
    "grad",
    "grad_table",
    "gradients",
    "hard_tanh",
    "hessian",
    "hvp",
    "hypot",
    "jacobian",
    "jvp",
    "leaky_relu",
    "log",
    "log1p",
    "log_softmax",
    "logsumexp",
    "maximum",
    "mean",
    "minimum",
    "mul",
    "neg",
    "paths",
    "prod",
    "record",
    "relu",
    "rules",
    "scope",
    "sigmoid",
    "sign",
    "sin",
    "sinh",
    "softmax",
    "softplus",
    "sparsemax",
    "sqrt",
    "square",
    "step",
    "sub",
    "tan",
    "tangent_table",
    "tanh",
    "topological_order",
    "total",
    "trace",
    "value_and_grad",
    "vjp",
    "where",
    "xlogy",
]


def __getattr__(name: str) -> Any:
    """Import the tape when it is first asked for: not every program needs it."""
    if name in ("Tape", "record"):
        from . import tape

        return getattr(tape, name)
    raise AttributeError(f"module 'autograd' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
