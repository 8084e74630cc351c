"""The exceptions: what each of them also is, and how their messages read."""

import pytest

import autograd
import nn
from autograd import Value, errors


@pytest.mark.parametrize(
    ("name", "also"),
    [
        ("DomainError", ValueError),
        ("DivisionByZeroError", ZeroDivisionError),
        ("RangeError", OverflowError),
        ("GraphTooLargeError", ValueError),
        ("RecordingError", RuntimeError),
        ("StaleGraphError", RuntimeError),
        ("GradientMismatchError", AssertionError),
        ("RenderingError", RuntimeError),
        ("DivergedError", ArithmeticError),
    ],
)
def test_every_error_is_ours_and_pythons(name: str, also: type[Exception]) -> None:
    kind = getattr(autograd, name)
    assert issubclass(kind, autograd.AutogradError)
    assert issubclass(kind, also)
    assert name in errors.__all__


def test_messages_name_every_operand() -> None:
    with pytest.raises(autograd.DomainError) as caught:
        Value(1.0, "a") / Value(0.0)
    assert str(caught.value).endswith("(operands: Value 'a', an unnamed Value)")
    with pytest.raises(autograd.DomainError) as caught:
        Value(-1.0, "p").log()
    assert str(caught.value).endswith("(operand: Value 'p')")


def test_a_name_that_is_close_to_none() -> None:
    error = errors.unknown_name("loss", "xyz", ["hinge", "huber"])
    assert str(error) == "unknown loss 'xyz'; choose one of hinge, huber"


def test_every_error_is_exported() -> None:
    assert set(errors.__all__) <= set(autograd.__all__)


# --- each error, provoked: it says what came, what was expected, what to do --------


def stale() -> None:
    x = Value(3.0)
    y = x * x
    x.data = 4.0
    autograd.gradients(y, [x])


def mismatch() -> None:
    wrong = autograd.Primitive("wrong", lambda x: x * x, lambda y, x: (x,))
    autograd.check_gradients(wrong, 1.0)


def too_large() -> None:
    x = Value(1.0)
    for _ in range(30):
        x = x.tanh()
    x.graph(max_nodes=10)


def diverged() -> None:
    w = nn.Parameter(1e200, label="w")
    (w * w * w).backward()
    nn.SGD(0.1).step([nn.Parameter(0.0), w])


@pytest.mark.parametrize(
    ("call", "kind", "advice"),
    [
        (lambda: autograd.log(-1.0), autograd.DomainError, "log needs an operand > 0"),
        (lambda: Value(1.0) / 0, autograd.DivisionByZeroError, "a denominator that is not 0"),
        (lambda: autograd.exp(1000), autograd.RangeError, "the largest is 1.8e308"),
        (stale, autograd.StaleGraphError, "Build the graph again from the changed leaves"),
        (mismatch, autograd.GradientMismatchError, "2 times too small"),
        (too_large, autograd.GraphTooLargeError, "max_nodes"),
        (diverged, autograd.DivergedError, "('w') has the gradient inf"),
    ],
)
def test_each_error_says_what_to_do(call, kind: type[Exception], advice: str) -> None:
    with pytest.raises(kind) as caught:
        call()
    assert isinstance(caught.value, autograd.AutogradError)
    assert advice in str(caught.value)
