"""The exceptions: what each of them also is, and how their messages read."""

import pytest

import autograd
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
