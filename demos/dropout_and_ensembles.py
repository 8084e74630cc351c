"""Dropout, DropConnect, ensembles: averages over many nets, which fit noise less than one does.

    python -m demos.dropout_and_ensembles --out demos/out --seed 0

A net of 30 steep units meets 15 noisy points of a sine (dotted). Left to itself it follows
the points and wiggles in between; titles say how far it is from the sine, root mean square. Each
cure gives up some of the fit at the points. L2 and L1 are penalties on the weights. Dropout and
DropConnect switch off units or weights at random while they train, so that every step trains
another net. The ensemble is the mean of five nets (grey), each trained on 15 draws from the
points: its squared error is never above the mean of theirs.

Syllabus: E6, E7.
"""

from __future__ import annotations

from itertools import product
from math import pi, sin, sqrt
from random import Random
from types import SimpleNamespace
from typing import Any

import nn
from autograd import Value, dot
from demos import options, panels
from nn import Dropout, Layer, Sequential, plots
from nn.plots.canvas import LIGHT

POINTS, UNITS, EPOCHS, MEMBERS = 15, 30, 80, 5
GRID = [[i / 99] for i in range(100)]


class DropConnect(nn.Module):
    """A layer of which each weight is dropped with probability p while it is trained."""

    def __init__(self, layer: Layer, p: float) -> None:
        self.layer, self.drop = layer, Dropout(p)

    def __call__(self, inputs: Any) -> list[Value]:
        """Give the outputs of the layer with the weights that are left."""
        kept = [(neuron, self.drop(neuron.weights)) for neuron in self.layer.neurons]
        return [neuron.fire(dot(weights, inputs, neuron.bias)) for neuron, weights in kept]


class Ensemble(nn.Module):
    """The mean of its members' outputs."""

    def __init__(self, members: list[nn.Module]) -> None:
        self.members = members

    def __call__(self, inputs: Any) -> list[Value]:
        """Give the mean of each output."""
        each = zip(*(member(inputs) for member in self.members), strict=True)
        return [sum(outputs) / len(outputs) for outputs in each]


def under_all_masks() -> tuple[list[float], float]:
    """Give the output of weights (1, 2, 3) at (1, 1, 1) under each mask, and when evaluated."""
    neuron, drop = nn.Neuron(3, bias=False), Dropout(0.5)
    neuron.load_state_dict({"weights.0": 1.0, "weights.1": 2.0, "weights.2": 3.0})
    model, outputs = Sequential(drop, neuron), []
    for mask in product((0.0, 1.0), repeat=3):  # in place of random draws: those below p drop
        drop.rng = SimpleNamespace(random=iter(mask).__next__)
        outputs.append(model([1.0, 1.0, 1.0])[0].data)
    return outputs, model.eval()([1.0, 1.0, 1.0])[0].data


def steep(rng: Random) -> Layer:
    """Give a layer that can fit noise: steep units, each with its turn somewhere in the data."""
    layer = Layer(1, UNITS, "tanh", rng=rng)
    for unit in layer.neurons:
        unit.weights[0].data = rng.gauss(0.0, 25.0)
        unit.bias.data = -unit.weights[0].data * rng.random()
    return layer


def distance(model: nn.Module) -> float:
    """Give how far a model is from the sine on [0, 1], root mean square."""
    sine = [sin(2.0 * pi * x) for (x,) in GRID]
    return sqrt(nn.mean_squared_error(nn.predict(model, GRID), sine))


def main(argv: list[str] | None = None) -> dict[str, float]:
    """Run the demo; give each model's distance from the sine."""
    what = "data, weights and what is dropped"
    chosen = options("dropout_and_ensembles", __doc__, argv, seed=what, trains="tape")
    rng = Random(chosen.seed)

    outputs, evaluated = under_all_masks()
    print("Weights 1, 2, 3, inputs 1, dropout 0.5. The outputs under the 8 masks:")
    print("  " + "  ".join(f"{y:g}" for y in outputs))
    print(f"Their mean is {sum(outputs) / 8:g}. Evaluated, nothing dropped: {evaluated:g}")
    assert sum(outputs) / 8 == evaluated == 6.0, "the mean over the masks is the evaluation"

    # one point in each fifteenth of [0, 1]: no large gaps
    X = [[(i + rng.random()) / POINTS] for i in range(POINTS)]
    y = [sin(2.0 * pi * x) + rng.gauss(0.0, 0.4) for (x,) in X]

    def train(model: nn.Module, penalty: Any = None, points: Any = range(POINTS)) -> nn.Module:
        nn.fit(
            model, [X[i] for i in points], [y[i] for i in points], optimizer=nn.Adam(0.1),
            epochs=EPOCHS, schedule=nn.cosine(EPOCHS), regularizer=penalty, rng=rng,
            engine=chosen.engine, progress=False,
        )  # fmt: skip
        return model

    def net(p: float = 0.0, start: int = 0) -> Sequential:
        source = Random(chosen.seed + start)  # the same weights to begin with, but for members
        return Sequential(steep(source), Dropout(p), Layer(UNITS, 1, rng=source))

    sparse = net()
    sparse.layers[0::2] = DropConnect(sparse.layers[0], 0.02), DropConnect(sparse.layers[2], 0.2)
    draws = [rng.choices(range(POINTS), k=POINTS) for _ in range(MEMBERS)]
    members = [train(net(start=k), points=points) for k, points in enumerate(draws, start=1)]
    models = {
        "no cure": train(net()), "L2": train(net(), nn.L2(0.03)), "L1": train(net(), nn.L1(0.02)),
        "dropout": train(net(0.2)), "DropConnect": train(sparse),
        "ensemble": Ensemble(members),
    }  # fmt: skip
    away = {name: distance(model) for name, model in models.items()}
    fit = {n: sqrt(nn.mean_squared_error(nn.predict(m, X), y)) for n, m in models.items()}
    print("\nRoot mean square    from the points   from the sine")
    for name in models:
        print(f"  {name:<18}     {fit[name]:.3f}           {away[name]:.3f}")
    squares = [distance(member) ** 2 for member in members]
    print("\nSquared distances from the sine of the ensemble's members:")
    print("  " + "  ".join(f"{square:.3f}" for square in squares))
    mean = sum(squares) / MEMBERS
    print(f"Their mean is {mean:.3f}, the ensemble's own {away['ensemble'] ** 2:.3f}")

    figure, axes = panels(6, 3, (3.5, 2.7))
    for ax, (name, model) in zip(axes, models.items(), strict=True):
        for member in members if name == "ensemble" else []:
            ax.plot(GRID, nn.predict(member, GRID), color=LIGHT, linewidth=1.0)
        plots.fit_curve(model, X, y, ax=ax, truth=lambda x: sin(2.0 * pi * x), steps=100)
        ax.set(title=f"{name}: {away[name]:.2f} away", ylim=(-2.2, 2.2))
        ax.get_legend().set_visible(ax is axes[0])
    picture = chosen.out / "dropout_and_ensembles.png"
    figure.savefig(picture, dpi=100)
    print(f"\nEach fit: {picture}")

    assert away["ensemble"] ** 2 <= mean, "the square is convex: Jensen"
    cures = ("L2", "L1", "dropout")
    # all but the ensemble, whose mean may learn more of the noise than its members
    assert min(fit[cure] for cure in (*cures, "DropConnect")) > fit["no cure"], "less of the noise"
    assert away["DropConnect"] < 0.6, "it was trained, too"
    assert sum(away[cure] for cure in cures) / 3 < away["no cure"], "and is nearer to the sine"
    print("\nTry next: dropout with p = 0.5 or 0.05. What becomes of the two distances?")
    return away


if __name__ == "__main__":
    main()
