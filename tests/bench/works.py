"""What the tape benchmark measures: nets with their data, and two unrolled programs.

Only the standard library: every engine imports this, each in an environment of its own, and
finds the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from random import Random
from typing import Any, NamedTuple

from moons_data import LAM, WIDTHS, points

Layers = list[tuple[list[list[float]], list[float]]]


class Net(NamedTuple):
    """A fully connected net with linear outputs, its parameters, and a batch of samples.

    ``loss`` is ``"squared"``, ``"hinge"`` or ``"softmax"``, a mean over the samples; ``targets``
    are numbers, signs or classes. ``penalty`` times the sum of the squared weights comes on top.
    ``theta`` has the parameters neuron after neuron: the weights, then the bias.
    """

    widths: list[int]
    activation: str
    loss: str
    penalty: float
    X: list[list[float]]
    targets: list[float]
    theta: list[float]

    def layers(self) -> Layers:
        """Give theta as (weights, biases) of each layer; a neuron is a row of the weights."""
        numbers, layers = iter(self.theta), []
        for n_in, n_out in pairwise(self.widths):
            rows = [[next(numbers) for _ in range(n_in + 1)] for _ in range(n_out)]
            layers.append(([row[:-1] for row in rows], [row[-1] for row in rows]))
        return layers

    def is_weight(self) -> list[bool]:
        """Say of each parameter whether it is a weight: the others are biases."""
        marks = []
        for n_in, n_out in pairwise(self.widths):
            marks += ([True] * n_in + [False]) * n_out
        return marks

    def one_hot(self) -> list[list[float]]:
        """Give the targets as rows: of one number, or of a number for each class."""
        if self.loss != "softmax":
            return [[t] for t in self.targets]
        return [[float(k == t) for k in range(self.widths[-1])] for t in self.targets]


def in_order(layers: Sequence[Any]) -> list[float]:
    """Give W1, b1, W2, b2 ... as one list in the order of ``theta``."""
    pairs = zip(layers[::2], layers[1::2], strict=True)
    rows = [(row, bias) for W, b in pairs for row, bias in zip(W, b, strict=True)]
    return [number for row, bias in rows for number in (*row, bias)]


def theta_of(widths: list[int], rng: Random) -> list[float]:
    """Draw parameters."""
    return [
        rng.gauss(0.0, n_in**-0.5)
        for n_in, n_out in pairwise(widths)
        for _ in range(n_out * (n_in + 1))
    ]


def xor() -> Net:
    """Give the four XOR samples, and a 2-8-1 tanh net."""
    X = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
    widths = [2, 8, 1]
    return Net(widths, "tanh", "squared", 0.0, X, [0.0, 1.0, 1.0, 0.0], theta_of(widths, Random(0)))


def moons() -> Net:
    """Give a hundred points of two half circles, and a 2-16-16-1 ReLU net."""
    X, signs = points()
    return Net(WIDTHS, "relu", "hinge", LAM, X, signs, theta_of(WIDTHS, Random(0)))


def images(pixels: int) -> Net:
    """Give ten random images in ten classes, and a tanh net with 30 hidden units."""
    rng, widths = Random(0), [pixels, 30, 10]
    X = [[rng.random() for _ in range(pixels)] for _ in range(10)]
    classes = [rng.randrange(10) for _ in X]
    return Net(widths, "tanh", "softmax", 0.0, X, classes, theta_of(widths, rng))


NETS: dict[str, Callable[[], Net]] = {
    "xor": xor,
    "moons": moons,
    "digits": lambda: images(64),
    "mnist": lambda: images(784),
}

# --- unrolled programs ------------------------------------------------------------------------

WIDTH, LENGTH, BLOCKS = 16, 14, 6


def attention_numbers() -> tuple[list[float], list[float]]:
    """Give the weights and the inputs of ``attention``."""
    rng = Random(0)
    weights = [rng.gauss(0.0, 0.2) for _ in range(BLOCKS * WIDTH * WIDTH)]
    return weights, [rng.gauss(0.0, 1.0) for _ in range(LENGTH * WIDTH)]


def attention(weights: Sequence[Any], inputs: Sequence[Any]) -> Any:
    """Unroll matrix products, a softmax and a loss in single operations: 50,000 of them."""
    lines, loss = list(parted(weights, WIDTH)), None
    for x in parted(inputs, WIDTH):
        for matrix in parted(lines, WIDTH):
            x = [summed(a * b for a, b in zip(line, x, strict=True)) for line in matrix]
            x = [v.relu() * 0.5 + v for v in x]
            scale = (summed(v * v for v in x) * (1 / WIDTH) + 1e-5) ** -0.5
            x = [v * scale for v in x]
        exponentials = [v.exp() for v in x]
        inverse = summed(iter(exponentials)) ** -1
        term = (exponentials[3] * inverse).log() * -1.0
        loss = term if loss is None else loss + term
    return loss


HIDDEN, STEP_INPUTS = 10, 2
STEP_NODES = HIDDEN * (2 * (STEP_INPUTS + HIDDEN) + 1) + 2 * HIDDEN + 3  # operations of a step


def recurrent_numbers(steps: int, samples: int) -> tuple[list[float], list[list[float]]]:
    """Give the weights of ``recurrent``, and a row of inputs and targets for each sample."""
    rng = Random(0)
    weights = [rng.gauss(0.0, 0.3) for _ in range(HIDDEN * (STEP_INPUTS + HIDDEN + 1) + HIDDEN + 1)]
    row = steps * (STEP_INPUTS + 1)
    return weights, [[rng.gauss(0.0, 1.0) for _ in range(row)] for _ in range(samples)]


def recurrent(weights: Sequence[Any], inputs: Sequence[Any]) -> Any:
    """Unroll a recurrent net in single operations; the loss adds up the squared errors."""
    *cell, readout = parted(weights, STEP_INPUTS + HIDDEN + 1)
    loss: Any = 0.0
    state: list[Any] = [0.1] * HIDDEN
    for *x, target in parted(inputs, STEP_INPUTS + 1):
        seen = [*x, *state]
        state = [
            summed((w * v for w, v in zip(line, seen, strict=False)), line[-1]).tanh()
            for line in cell
        ]
        y = summed((w * h for w, h in zip(readout, state, strict=False)), readout[-1])
        error = y - target
        loss = loss + error * error
    return loss


def parted(things: Sequence[Any], width: int) -> Iterator[Sequence[Any]]:
    """Cut a sequence into parts of a width; the last may be shorter."""
    return (things[k : k + width] for k in range(0, len(things), width))


def summed(terms: Iterator[Any], start: Any = None) -> Any:
    """Add up one after the other."""
    result = next(terms) if start is None else start
    for term in terms:
        result = result + term
    return result
