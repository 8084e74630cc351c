"""Parameter tying: a convolution is a layer whose neurons see few inputs and share their weights.

    python -m demos.parameter_tying --out demos/out --seed 0

The graph: the kernel (1, 0, -1) on the inputs (1, 2, 4, 7). Every weight of the kernel has two
outgoing edges, one for each place, and its gradient is their sum: (3, 6, 11). Below, what four
layers learn from ten noisy answers of an edge detector with the kernel (-1, 0, 1): blue is
positive, vermillion with a bar negative; a row belongs to an output, a column to an input.
The dense layer learns the noise. The fewer weights there are, and the closer they are tied, the
smaller is the error on new signals.

Syllabus: B12, E4.
"""

from __future__ import annotations

from itertools import pairwise
from random import Random
from typing import Any

import nn
from autograd import Tape, Value, dot, grad_table, jacobian, topological_order, total
from demos import options, panels
from nn.plots.canvas import BLACK, BLUE, VERMILLION, diverging

WIDTH, SAMPLES, EDGE = 12, 10, (-1.0, 0.0, 1.0)


class Convolution1d(nn.Module):
    """The same weights at every place: cross-correlation with a kernel."""

    def __init__(self, *kernel: float) -> None:
        self.kernel = [nn.Parameter(w, f"k[{j}]") for j, w in enumerate(kernel)]

    def __call__(self, inputs: Any) -> list[Value]:
        """Give the response at each place where the kernel fits in."""
        n = len(self.kernel)
        return [dot(self.kernel, inputs[i : i + n]) for i in range(len(inputs) - n + 1)]


class Sparse(nn.Module):
    """Neurons that each see only some of the inputs, with weights of their own."""

    def __init__(self, fields: list[range], rng: Random) -> None:
        self.fields = fields
        self.neurons = [nn.Neuron(len(field), rng=rng, bias=False) for field in fields]

    def __call__(self, inputs: Any) -> list[Value]:
        """Give the output of each neuron on the inputs that it sees."""
        pairs = zip(self.neurons, self.fields, strict=True)
        return [neuron([inputs[i] for i in field]) for neuron, field in pairs]


def by_hand() -> Value:
    """Print what sharing does to a convolution's gradients; give the sum of its outputs."""
    model, x = Convolution1d(1, 0, -1), [Value(v, f"x[{i}]") for i, v in enumerate((1, 2, 4, 7))]
    y = [response.named(f"y[{i}]") for i, response in enumerate(model(x))]
    both = total(y).named("sum")
    both.backward()
    _, replayed = Tape([both], x, model.kernel).value_and_grad([[1.0, 2.0, 4.0, 7.0]])
    slopes = [k.grad for k in model.kernel]
    edges = [sum(node.parents.count(k) for node in topological_order(both)) for k in model.kernel]
    print("Kernel (1, 0, -1) on (1, 2, 4, 7):", *[f"{response.data:g}" for response in y])
    print("  slopes of their sum along the kernel:", *[f"{slope:g}" for slope in slopes])
    print("  edges that leave each of its weights:", *edges)
    assert [response.data for response in y] == [-3.0, -5.0]
    assert slopes == list(replayed) == [3.0, 6.0, 11.0] and edges == [2, 2, 2]
    return both


def tie() -> None:
    """Print the penalty on the distance of two sets of weights."""
    a, b = [nn.Parameter(v) for v in (1, 2)], [nn.Parameter(v) for v in (0, 4)]
    penalty = nn.Tied(0.5, a, b)(nn.Module())
    table = grad_table(penalty)
    pulls = [[table[w] for w in weights] for weights in (a, b)]
    print(f"\nTied(0.5) of (1, 2) and (0, 4): {penalty.data:g}, gradients {pulls[0]}, {pulls[1]}")
    assert penalty.data == 2.5 and pulls == [[1.0, -2.0], [-1.0, 2.0]], "they pull together"


def deep() -> tuple[float, float]:
    """Give the slope through twenty uses of one link, without and with skip connections."""
    link = nn.Layer(1, 1, init=nn.constant(0.1))
    plain, skip = nn.Sequential(*[link] * 20), nn.Sequential(*[nn.Residual(link)] * 20)
    assert len(plain.parameters()) == len(skip.parameters()) == 2, "one module, used twenty times"
    ((faint,),), ((alive,),) = jacobian(plain)([1.0]), jacobian(skip)([1.0])
    return faint, alive


def signals(count: int, rng: Random) -> list[list[float]]:
    """Draw signals of independent numbers."""
    return [[rng.gauss(0.0, 1.0) for _ in range(WIDTH)] for _ in range(count)]


def draw_weights(ax: Any, model: nn.Module, title: str) -> None:
    """Draw the matrix of a linear model: a row for each output, a bar where it is negative."""
    matrix = jacobian(model)([0.0] * WIDTH)
    ax.imshow(matrix, cmap=diverging(VERMILLION, BLUE), vmin=-1.4, vmax=1.4)
    places = [(c, r) for r, row in enumerate(matrix) for c, w in enumerate(row) if w < -0.15]
    ax.plot(*zip(*places, strict=True), "_", color=BLACK, markersize=5)
    ax.set_title(title, fontsize=10)
    ax.set(xticks=[], yticks=[], xlabel="inputs", ylabel="outputs")


def main(argv: list[str] | None = None) -> dict[str, float]:
    """Run the demo; give each layer's error on new signals."""
    seed = "signals, noise and initial weights"
    chosen = options("parameter_tying", __doc__, argv, seed=seed, trains="tape")
    rng = Random(chosen.seed)

    graph = by_hand().graph().save(chosen.out / "parameter_tying.svg")
    tie()
    faint, alive = deep()
    print(f"\nTwenty uses of one link of slope 0.1: the slope is {faint:.1e}, with skip")
    print(f"connections, 1.1 each, {alive:.4f}. Used twenty times, it still has 2 parameters.")

    detector, outputs = Convolution1d(*EDGE), WIDTH - len(EDGE) + 1
    X, X_new = signals(SAMPLES, rng), signals(200, rng)
    y = [[edge + rng.gauss(0.0, 0.5) for edge in edges] for edges in nn.predict(detector, X)]
    fields = [range(i, i + len(EDGE)) for i in range(outputs)]
    tied = Sparse(fields, rng)
    layers = {
        "dense": (nn.Layer(WIDTH, outputs, rng=rng, bias=False), None),
        "sparse": (Sparse(fields, rng), None),
        "sparse, tied": (tied, sum(nn.Tied(1.0, a, b) for a, b in pairwise(tied.neurons))),
        "convolution": (Convolution1d(*[rng.gauss(0.0, 0.5) for _ in EDGE]), None),
    }
    print(f"\nAn edge detector, learnt from {SAMPLES} noisy answers; mean squared errors:")
    print("                weights   on these   on new signals")
    errors: dict[str, float] = {}
    figure, axes = panels(4, 4, (2.6, 2.6))
    for ax, (name, (model, ties)) in zip(axes, layers.items(), strict=True):
        nn.fit(
            model, X, y, optimizer=nn.SGD(0.02, momentum=0.9), epochs=150, regularizer=ties,
            engine=chosen.engine, progress=False,
        )  # fmt: skip
        these = nn.mean_squared_error(nn.predict(model, X), y) / outputs
        new = nn.mean_squared_error(nn.predict(model, X_new), nn.predict(detector, X_new))
        errors[name], count = new / outputs, len(model.parameters())
        print(f"  {name:<14} {count:>4}       {these:.4f}     {errors[name]:.4f}")
        draw_weights(ax, model, f"{name}: {count} weights,\nerror {errors[name]:.3f}")
    picture = chosen.out / "parameter_tying-layers.png"
    figure.savefig(picture, dpi=100)
    print(f"\nThe graph of a convolution: {graph}\nWhat the layers learnt: {picture}")

    assert abs(alive - 1.1**20) < 1e-12 and abs(faint / 0.1**20 - 1.0) < 1e-12, "slopes multiply"
    assert list(errors.values()) == sorted(errors.values(), reverse=True), "tying helps"
    print("\nTry next: 100 samples. Which of the layers can do without tying then?")
    return errors


if __name__ == "__main__":
    main()
