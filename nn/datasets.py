"""Small data sets: ``(X, y)`` as plain lists, X rows of floats, y numbers or class indices.

The drawn ones take ``noise``, a standard deviation, and ``rng``: an int, a ``random.Random``,
or None for other data each time. Classes are interleaved, sample i is of class
``i % classes``, so that they are balanced (sizes differ by at most one), in every prefix too;
the positions are random, in no order. With one seed, less noise moves the same points less.

>>> from nn import datasets
>>> X, y = datasets.moons(100, rng=0)
>>> X_train, X_held, y_train, y_held = datasets.split(X, y, 0.2, rng=0)
>>> len(X_train), len(X_held)
(80, 20)
"""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random
from typing import Any

from autograd.errors import shortened, unknown_name, whole_number

from .checks import at_least_zero, generator, positive
from .preparing import features, split, standardize

__all__ = [
    "checkerboard",
    "circles",
    "diabetes",
    "digits",
    "features",
    "gaussians",
    "iris",
    "line",
    "logic_gate",
    "moons",
    "sine",
    "spirals",
    "split",
    "standardize",
    "xor",
]

Rows = list[list[float]]
Rng = int | Random | None

# --- truth tables -----------------------------------------------------------------------------

GATES = {  # the outputs for the inputs 00, 01, 10, 11
    "and": [0, 0, 0, 1],
    "or": [0, 1, 1, 1],
    "nand": [1, 1, 1, 0],
    "nor": [1, 0, 0, 0],
    "xor": [0, 1, 1, 0],
    "xnor": [1, 0, 0, 1],
    "implies": [1, 1, 0, 1],
}


def logic_gate(name: str) -> tuple[Rows, list[int]]:
    """Give the truth table of a gate of two inputs (syllabus B2): 4 rows 00, 01, 10, 11.

    ``name``: and, or, nand, nor, xor, xnor or implies, in small or capital letters. Raises
    ``ValueError`` for another, with a suggestion if one is close.

    >>> logic_gate("and")
    ([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 0, 0, 1])
    """
    if not isinstance(name, str):
        kind = type(name).__name__
        raise TypeError(f'a gate is named by a text such as "and", got {kind} {shortened(name)}')
    if name.lower() not in GATES:
        raise unknown_name("gate", name, GATES)
    return [[a, b] for a in (0.0, 1.0) for b in (0.0, 1.0)], list(GATES[name.lower()])


def xor() -> tuple[Rows, list[int]]:
    """Give the truth table of exclusive or: 4 rows of 2 inputs, no line parts the classes.

    >>> xor()
    ([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0])
    """
    return logic_gate("xor")


# --- regression over one input ----------------------------------------------------------------


def line(n: int, *, noise: float = 1.0, rng: Rng = None) -> tuple[Rows, list[float]]:
    """Give n samples of ``y = 0.8 x + 2 + N(0, noise^2)``, x uniform on [0, 5] (syllabus C1).

    X is n rows of 1, y n floats. Raises ``ValueError`` for n < 1 or a negative noise.

    >>> line(1, noise=0.0, rng=0)
    ([[4.222109257625241]], [5.377687406100193])
    """
    return _curve("line", lambda x: 0.8 * x + 2.0, 5.0, n, noise, rng)


def sine(n: int, *, noise: float = 0.1, rng: Rng = None) -> tuple[Rows, list[float]]:
    """Give n samples of ``y = sin(2 pi x) + N(0, noise^2)``, x uniform on [0, 1].

    X is n rows of 1, y n floats. Raises ``ValueError`` for n < 1 or a negative noise.

    >>> X, y = sine(15, rng=0)
    >>> len(X), len(X[0]), len(y)
    (15, 1, 15)
    """
    return _curve("sine", lambda x: math.sin(2.0 * math.pi * x), 1.0, n, noise, rng)


def _curve(
    who: str, f: Callable[[float], float], end: float, n: int, noise: float, rng: Rng
) -> tuple[Rows, list[float]]:
    number = whole_number(n, f"n of {who}", least=1)
    sigma = at_least_zero(noise, f"noise of {who}")
    random = generator(rng)
    X, y = [], []
    for _ in range(number):
        x = end * random.random()
        X.append([x])
        y.append(f(x) + random.gauss(0.0, sigma))
    return X, y


# --- classes in the plane ---------------------------------------------------------------------


def moons(n: int, *, noise: float = 0.1, rng: Rng = None) -> tuple[Rows, list[int]]:
    """Give two interlocking half circles of radius 1, classes 0 and 1.

    Class 0 is the upper half around (0, 0), class 1 the lower half around (1, 0.5); ``noise``
    is added to both coordinates. X is n rows of 2. Raises ``ValueError`` for n < 2 or a
    negative noise.

    >>> X, y = moons(5, rng=0)
    >>> len(X), y
    (5, [0, 1, 0, 1, 0])
    """

    def place(c: int, random: Random) -> list[float]:
        angle = math.pi * random.random()
        x1, x2 = math.cos(angle), math.sin(angle)
        return [x1, x2] if c == 0 else [1.0 - x1, 0.5 - x2]

    return _cloud("moons", place, 2, n, noise, rng)


def circles(n: int, *, noise: float = 0.06, rng: Rng = None) -> tuple[Rows, list[int]]:
    """Give two circles around (0, 0): class 0 of radius 1, class 1 of radius 0.5.

    ``noise`` is added to both coordinates. X is n rows of 2. Raises ``ValueError`` for n < 2
    or a negative noise.

    >>> X, y = circles(4, noise=0.0, rng=0)
    >>> [round(math.hypot(*row), 9) for row in X]
    [1.0, 0.5, 1.0, 0.5]
    """

    def place(c: int, random: Random) -> list[float]:
        return _polar((1.0, 0.5)[c], random.random())

    return _cloud("circles", place, 2, n, noise, rng)


def gaussians(
    n: int, classes: int = 2, *, noise: float = 0.3, rng: Rng = None
) -> tuple[Rows, list[int]]:
    """Give one normal cloud per class, their centres evenly around the unit circle.

    Class c is centred at the angle ``2 pi c / classes``; ``noise`` is the standard deviation of
    each coordinate. X is n rows of 2. Raises ``ValueError`` for fewer than 2 classes, n <
    classes or a negative noise.

    >>> X, y = gaussians(6, 3, rng=0)
    >>> y
    [0, 1, 2, 0, 1, 2]
    """
    k = whole_number(classes, "classes of gaussians", least=2)
    return _cloud("gaussians", lambda c, random: _polar(1.0, c / k), k, n, noise, rng)


def spirals(
    n: int, classes: int = 2, *, turns: float = 1.25, noise: float = 0.03, rng: Rng = None
) -> tuple[Rows, list[int]]:
    """Give one spiral arm per class, each the first one rotated by ``2 pi / classes``.

    An arm runs evenly from radius 0.1 to radius 1 while it turns ``turns`` times, a number > 0,
    around (0, 0); ``noise`` is added to both coordinates. X is n rows of 2. Raises
    ``ValueError`` for fewer than 2 classes, n < classes or a negative noise.

    >>> X, y = spirals(4, rng=0)
    >>> y
    [0, 1, 0, 1]
    """
    k = whole_number(classes, "classes of spirals", least=2)
    winding = positive(turns, "turns of spirals")

    def place(c: int, random: Random) -> list[float]:
        t = random.random()  # how far along the arm
        return _polar(0.1 + 0.9 * t, winding * t + c / k)

    return _cloud("spirals", place, k, n, noise, rng)


def checkerboard(
    n: int, squares: int = 4, *, noise: float = 0.0, rng: Rng = None
) -> tuple[Rows, list[int]]:
    """Give points on a board of ``squares`` by ``squares``, classes 0 and 1 like its colours.

    The board covers [-1, 1] in both coordinates. Column and row are counted from its lower
    left corner, and a class is their sum modulo 2; ``noise`` is added to both coordinates
    afterwards, so it carries points over the edges. X is n rows of 2. Raises ``ValueError``
    for fewer than 2 squares along a side, n < 2 or a negative noise.

    >>> X, y = checkerboard(4, squares=2, rng=0)
    >>> [a * b < 0.0 for a, b in X], y
    ([False, True, False, True], [0, 1, 0, 1])
    """
    side = whole_number(squares, "squares of checkerboard", least=2)
    board = [(column, row) for column in range(side) for row in range(side)]
    of_class = [[square for square in board if sum(square) % 2 == c] for c in (0, 1)]

    def place(c: int, random: Random) -> list[float]:
        square = random.choice(of_class[c])
        return [2.0 * (corner + random.random()) / side - 1.0 for corner in square]

    return _cloud("checkerboard", place, 2, n, noise, rng)


def _polar(radius: float, turn: float) -> list[float]:
    angle = 2.0 * math.pi * turn
    return [radius * math.cos(angle), radius * math.sin(angle)]


def _cloud(
    who: str,
    place: Callable[[int, Random], list[float]],
    classes: int,
    n: int,
    noise: float,
    rng: Rng,
) -> tuple[Rows, list[int]]:
    """Give n samples, classes in turn: where ``place`` puts one of its class, plus noise."""
    number = whole_number(n, f"n of {who}", least=classes)
    sigma = at_least_zero(noise, f"noise of {who}")
    random = generator(rng)
    y = [i % classes for i in range(number)]
    return [[x + random.gauss(0.0, sigma) for x in place(c, random)] for c in y], y


# --- measured data ----------------------------------------------------------------------------


def iris() -> tuple[Rows, list[int]]:
    """Give 150 irises: 4 lengths in cm, of sepal and petal; 3 species, 50 each, in order.

    Columns: sepal length, sepal width, petal length, petal width. Classes: 0 setosa, 1
    versicolor, 2 virginica. Raises ``ImportError`` without scikit-learn. Source: Fisher (1936),
    as scikit-learn has it.

    >>> X, y = iris()
    >>> X[0], y[0]
    ([5.1, 3.5, 1.4, 0.2], 0)
    """
    return _lists(_bundled("iris").load_iris(return_X_y=True))


def digits() -> tuple[Rows, list[int]]:
    """Give 1797 handwritten digits: 8 x 8 pixels row by row, each 0 to 16; classes 0 to 9.

    Raises ``ImportError`` without scikit-learn. Source: Alpaydin and Kaynak (1998), as
    scikit-learn has it.

    >>> X, y = digits()
    >>> len(X), len(X[0]), y[:3]
    (1797, 64, [0, 1, 2])
    """
    return _lists(_bundled("digits").load_digits(return_X_y=True))


def diabetes() -> tuple[Rows, list[float]]:
    """Give 442 patients: 10 measurements, and a score (25 to 346) of the disease a year later.

    Columns, raw: age in years, sex (1 or 2), body mass index in kg/m^2, mean blood pressure,
    and six blood values. Raises ``ImportError`` without scikit-learn. Source: Efron et al.
    (2004), as scikit-learn has it.

    >>> X, y = diabetes()
    >>> X[0][:4], y[0]
    ([59.0, 2.0, 32.1, 101.0], 151.0)
    """
    return _lists(_bundled("diabetes").load_diabetes(return_X_y=True, scaled=False))


def _bundled(who: str) -> Any:
    try:
        import sklearn.datasets
    except ImportError:
        raise ImportError(
            f"{who} needs scikit-learn: pip install scikit-learn (the extra `gradtable[data]`)"
        ) from None
    return sklearn.datasets


def _lists(arrays: tuple[Any, Any]) -> tuple[Any, Any]:
    X, y = arrays
    return X.tolist(), y.tolist()
