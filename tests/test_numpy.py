"""Values inside numpy arrays, and numpy's scalars beside Values."""

import numpy as np
import pytest

from autograd import Value


@pytest.mark.parametrize("scalar", [
    np.float64(2), np.float32(2), np.int64(2), np.uint8(2), np.float16(2), np.bool_(True),
])  # fmt: skip
def test_scalars_on_either_side(scalar) -> None:
    v = Value(3.0)
    number = float(scalar)
    for y, expected in (
        (scalar * v, number * 3.0), (v * scalar, number * 3.0), (v - scalar, 3.0 - number),
        (scalar + v, number + 3.0), (v / scalar, 3.0 / number), (v**scalar, 3.0**number),
    ):  # fmt: skip
        assert type(y) is Value
        assert y.data == expected
    assert type(Value(scalar).data) is float


def test_arrays_of_values() -> None:
    W = np.array([[Value(1.0), Value(2.0)], [Value(3.0), Value(-4.0)]])
    x = np.array([Value(1.0), Value(1.0)])
    y = W @ x + np.array([0.5, 0.5])
    assert [v.data for v in y] == [3.5, -0.5]
    table = y[0].backward()
    assert [table[v] for v in x] == [1.0, 2.0]
    assert [(v.data) for v in np.array([Value(1.0)]) * 2] == [2.0]
    assert [(v.data) for v in 2 / np.array([Value(4.0)])] == [0.5]
    assert [v.data for v in Value(3.0) * np.array([1, 2])] == [3.0, 6.0]


@pytest.mark.parametrize("name", [
    "exp", "expm1", "log", "log1p", "sqrt", "square", "sin", "cos", "tan", "arcsin", "arccos",
    "arctan", "sinh", "cosh", "tanh", "negative", "absolute",
])  # fmt: skip
def test_numpys_functions_call_the_methods(name: str) -> None:
    function = getattr(np, name)
    x = Value(0.25)
    (y,) = function(np.array([x]))
    assert type(y) is Value
    assert y.data == pytest.approx(float(function(0.25)), rel=1e-15)
    h = 1e-6
    slope = (float(function(0.25 + h)) - float(function(0.25 - h))) / (2 * h)
    assert y.backward()[x] == pytest.approx(slope, rel=1e-8)


def test_functions_of_two_arrays() -> None:
    a, b = np.array([Value(3.0)]), np.array([Value(4.0)])
    assert np.hypot(a, b)[0].data == 5.0
    assert np.arctan2(a, b)[0].data == pytest.approx(np.arctan2(3.0, 4.0))
    assert np.maximum(a, b)[0] is b[0]


def test_statistics_of_arrays() -> None:
    x = np.array([Value(1.0), Value(2.0), Value(6.0)])
    assert x.mean().data == 3.0
    assert np.std(x).data == pytest.approx(np.std([1.0, 2.0, 6.0]))
    assert np.linalg.norm(x).data == pytest.approx(np.sqrt(41.0))


def test_an_array_is_no_number() -> None:
    for thing in (np.array(1.0), np.array([1.0]), np.complex128(1j), np.str_("1")):
        with pytest.raises(TypeError, match="Value expects a real number"):
            Value(thing)
