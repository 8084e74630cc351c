"""Initialisation: equal weights stay equal; of random ones only the right size reaches all layers.

    python -m demos.initialisation --out demos/out --seed 0

Ten layers of 500 tanh units, inputs N(0, 1), weights normal with deviation σ: each row is a σ, each
panel a histogram of a layer's outputs. With σ = 1 they are saturated, 92 % beyond ±0.97; with 0.01
they shrink to 3 · 10⁻⁷; Xavier's 1/√500 keeps them alive. The curves: the deviation of the outputs
on the way up, and the size of the error signals on the way down from layer 10. With σ = 1 these
explode in spite of the saturation, tens of thousands of times as large in layer 1; with 0.01 they
vanish; with Xavier's they arrive. Last, a 2-2-1 net learns XOR. If all its weights begin at 0.5 its
hidden units stay equal to the last bit, and its loss above 1/6 (dotted), for ever; random ones get
below.

Syllabus: D4.
"""

from __future__ import annotations

import math
from operator import mul
from random import Random
from statistics import fmean, pstdev
from typing import Any

import nn
from autograd import affine, dot, grad_table, tanh
from demos import options, panels
from nn.datasets import xor
from nn.plots.canvas import BLUE, GREEN, GREY, VERMILLION

# deviation of the weights, samples; of layer 10: standard deviation, tolerance, share saturated;
# size of the error signals, layer 1 over layer 10; a look
CASES = {
    "σ = 1": (1.0, 6, 0.982, 0.003, 0.92, 7e4, VERMILLION, "s-"),
    "σ = 0.01": (0.01, 2, 3e-7, 3e-8, 0.0, 1.3e-6, BLUE, "o--"),
    "Xavier": (1.0 / math.sqrt(500), 2, 0.23, 0.01, 0.0, 0.28, GREEN, "^-."),
}


def normal(random: Random, n: int) -> list[float]:
    """Draw n numbers from N(0, 1)."""
    return [random.gauss(0.0, 1.0) for _ in range(n)]


def forward(layers: Any, x: list[float], sigma: float) -> list[list[float]]:
    """Give the outputs of every layer of tanh units, whose weights are sigma times these."""
    outputs = [x]
    for W in layers:
        outputs.append([tanh(sigma * s) for s in affine(W, outputs[-1], [0.0] * len(W))])
    return outputs[1:]


def backward(layers: Any, outputs: Any, top: list[float], sigma: float) -> list[list[float]]:
    """Give the error signals of every layer: W' delta of the one above, times the slope 1 - a²."""
    signals = [[m * (1.0 - a * a) for m, a in zip(top, outputs[-1], strict=True)]]
    for W, below in zip(layers[:0:-1], outputs[-2::-1], strict=True):
        # an affine of the columns, without its look at each operand: twice as fast
        message = [sum(map(mul, column, signals[0])) for column in zip(*W, strict=True)]
        signals.insert(0, [sigma * m * (1.0 - a * a) for m, a in zip(message, below, strict=True)])
    return signals


def check_messages(random: Random) -> float:
    """Give how far the messages of a small net are from the engine's grad-table."""
    net, x, top = nn.MLP([6] * 4, output="tanh", rng=random), normal(random, 6), normal(random, 6)
    hidden = net.hidden(x)
    table = grad_table(dot(top, hidden[-1]))
    layers = [[[w.data for w in unit.weights] for unit in layer.neurons] for layer in net.layers]
    signals = backward(layers, forward(layers, x, 1.0), top, 1.0)
    wanted = [[table[h.parents[0]] for h in layer] for layer in hidden]
    return max(map(math.dist, wanted, signals))


def show_case(name: str, layers: Any, random: Random, axes: Any, curves: Any) -> list[float]:
    """Draw what goes up and down for a sigma; give deviation, share saturated, ratio of signals."""
    sigma, samples, *_, colour, look = CASES[name]
    runs = [forward(layers, normal(random, 500), sigma) for _ in range(samples)]
    backs = [backward(layers, outputs, normal(random, 500), sigma) for outputs in runs]
    outputs = [[a for run in runs for a in run[k]] for k in range(10)]
    sizes = [math.sqrt(fmean(d * d for back in backs for d in back[k])) for k in range(10)]
    stds, saturated = [pstdev(layer) for layer in outputs], [abs(a) > 0.97 for a in outputs[9]]
    print(f"  {name:9} {stds[9]:15.4g} {fmean(saturated):12.1%} {sizes[0] / sizes[9]:24.2g}")
    for ax, k in zip(axes, (0, 3, 6, 9), strict=True):
        ax.hist(outputs[k], bins=40, range=(-1.0, 1.0), color=colour)
        ax.set(title=f"layer {k + 1}, std {stds[k]:.2g}", yticks=[])
    axes[0].set_ylabel(name)
    for ax, numbers in zip(curves, (stds, sizes), strict=True):
        ax.semilogy(range(1, 11), numbers, look, color=colour, label=name)
        ax.set(xticks=[1, 4, 7, 10], xlabel="layer")
    return [stds[9], fmean(saturated), sizes[0] / sizes[9]]


def train_xor(init: Any, seed: int, engine: str) -> tuple[list[float], bool]:
    """Train a 2-2-1 net on XOR; give its losses, and if its hidden units were always the same."""
    model, pairs = nn.MLP([2, 2, 1], init=init, rng=seed), []
    units = model.layers[0].neurons
    history = nn.fit(
        model, *xor(), optimizer=nn.SGD(0.1), epochs=500, engine=engine, progress=False,
        callbacks=[lambda *_: pairs.append([unit.state_dict() for unit in units])],
    )  # fmt: skip
    return history.loss, all(a == b for a, b in pairs)


def main(argv: list[str] | None = None) -> dict[str, float]:
    """Run the demo; give what reaches layer 10, what comes back to layer 1, and the losses."""
    chosen = options("initialisation", __doc__, argv, "weights and inputs", trains=True)
    random, results = Random(chosen.seed), {}
    figure, axes = panels(12, 4, (2.3, 1.7))
    curves, (up, down, losses) = panels(3, size=(3.4, 3.1))
    layers = [[normal(random, 500) for _ in range(500)] for _ in range(10)]
    wide = 1.0 if chosen.seed == 0 else 2.5  # so few samples scatter from seed to seed
    print("weights    std of layer 10   |a| > 0.97   error signals, layer 1 / 10")
    for row, (name, (_, _, known, tolerance, share, factor, *_)) in enumerate(CASES.items()):
        place = axes[4 * row : 4 * row + 4]
        std, saturated, ratio = show_case(name, layers, random, place, [up, down])
        assert abs(std - known) <= wide * tolerance and abs(saturated - share) <= 0.01, name
        assert abs(ratio / factor - 1.0) <= 0.15 * wide, f"{name}: the error signals"
        results |= {f"std, {name}": std, f"ratio, {name}": ratio}
    up.set(title="outputs", ylabel="standard deviation")
    down.set(title="error signals", ylabel="size")
    up.legend(frameon=False)
    apart = check_messages(random)
    print(f"In a small net these error signals are within {apart:.0e} of the engine's grad-table.")
    print("\nXOR by a 2-2-1 net       loss after 500 epochs   hidden units the same, bit by bit")
    for name, init in {"all 0.5": nn.constant(0.5), "Xavier": "xavier"}.items():
        loss, same = train_xor(init, chosen.seed, chosen.engine)
        colour = VERMILLION if same else GREEN
        results[f"loss, {name}"] = loss[-1]
        print(f"  {name:20} {loss[-1]:12.4f} {'always' if same else 'no':>19}")
        losses.plot(loss, "--" if same else "-", color=colour)
        losses.text(510, loss[-1], name, color=colour)
        assert same == (min(loss) > 1.0 / 6.0) == (name == "all 0.5"), "equal units are one unit"
    losses.axhline(1.0 / 6.0, color=GREY, linestyle=":")
    losses.set(title="XOR", xlabel="epoch", ylabel="mean squared error")
    figure.savefig(first := chosen.out / "initialisation.png", dpi=100)
    curves.savefig(second := chosen.out / "initialisation-signals.png", dpi=100)
    print(f"\nThe histograms: {first}\nThe curves:     {second}")
    assert apart < 1e-14, "the messages are the engine's"
    print("\nTry next: σ = 0.06. Do the outputs shrink, and which way do the error signals go?")
    return results


if __name__ == "__main__":
    main()
