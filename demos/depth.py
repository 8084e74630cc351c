"""Depth: every layer doubles the linear pieces, where every unit of one layer adds one.

    python -m demos.depth --out demos/out --seed 0

Two ReLU units fold [0, 1] in the middle: 2 relu(x) - 4 relu(x - 1/2) goes up to 1 and down again.
Composed L times it is a saw-tooth of exactly 2^L linear pieces, for each fold doubles what the
folds before have made. One layer of K units bends its line K times at most: K + 1 pieces. Right:
pieces against units, for folds (blue circles) and for one layer of random units (orange squares).
10 folds have 20 units and 70 parameters; one layer draws the same with 1024 units and 3073.

Syllabus: B10.
"""

from __future__ import annotations

from itertools import pairwise
from random import Random

import nn
from autograd import jacobian, record
from demos import options, panels
from nn.plots.canvas import BLUE, VERMILLION


def put(model: nn.MLP, *numbers: float) -> nn.MLP:
    """Set the parameters of a model: neuron by neuron, its weights, then its bias."""
    for parameter, number in zip(model.parameters(), numbers, strict=True):
        parameter.data = number
    return model


def fold() -> nn.MLP:
    """Give 2 relu(x) - 4 relu(x - 1/2)."""
    return put(nn.MLP([1, 2, 1], "relu"), 1.0, 0.0, 1.0, -0.5, 2.0, -4.0, 0.0)


def shallow(folds: int) -> nn.MLP:
    """Give the same saw-tooth as one layer: a unit for the first slope, and one for each bend."""
    n = 2**folds
    hidden = [number for j in range(n) for number in (1.0, -j / n)]
    bends = [2.0 * n * (-1) ** j for j in range(1, n)]
    return put(nn.MLP([1, n, 1], "relu"), *hidden, float(n), *bends, 0.0)


def random_layer(units: int, random: Random) -> nn.MLP:
    """Give one layer of units that each bend the line somewhere in [0, 1]."""
    model = nn.MLP([1, units, 1], "relu", rng=random)
    for neuron in model.layers[0].neurons:
        neuron.bias.data = -neuron.weights[0].data * random.random()
    return model


def pieces(model: nn.Module, cells: int) -> int:
    """Count the linear pieces on [0, 1]: runs of cells in whose middle the slope is the same."""
    middles = [[(i + 0.5) / cells] for i in range(cells)]
    slopes = [slope for ((slope,),) in record(model, 1, model.parameters()).jacobian(middles)]
    for k in range(0, cells, 7):
        assert abs(jacobian(model)(middles[k])[0][0] - slopes[k]) < 1e-9, "graph and tape differ"
    return 1 + sum(abs(a - b) > 1e-9 for a, b in pairwise(slopes))


def main(argv: list[str] | None = None) -> dict[str, float]:
    """Run the demo; give the number of pieces for each number of folds, and of units."""
    chosen = options("depth", __doc__, argv, seed="the random units")
    random = Random(chosen.seed)
    figure, (*teeth, last) = panels(5, size=(2.15, 2.5))

    print("         composed folds               the same in one layer")
    print("folds    pieces   units  parameters    units   parameters")
    of_folds = {}
    for folds in (1, 2, 3, 4, 6, 8, 10):
        net = nn.Sequential(*[fold() for _ in range(folds)])
        units, cells = 2**folds, 4 * 2**folds
        of_folds[folds] = pieces(net, cells)
        print(f"{folds:5} {of_folds[folds]:9} {2 * folds:7} {len(net.parameters()):11}", end="")
        print(f"{units:9} {3 * units + 1:12}")
        if folds <= 4:
            one, X = shallow(folds), [[k / cells] for k in range(cells + 1)]
            assert pieces(one, cells) == units and len(one.parameters()) == 3 * units + 1
            y = [output for (output,) in nn.predict(net, X)]
            assert nn.mean_squared_error(nn.predict(one, X), y) < 1e-18, "not the same saw-tooth"
            teeth[folds - 1].plot(X, y, color=BLUE)
            teeth[folds - 1].set(title=f"L = {folds}: {units} pieces", xticks=[0, 1], yticks=[0, 1])

    print("\none layer of random units   most pieces in 10 trials")
    of_units = {}
    for units in (1, 2, 4, 8, 16):
        of_units[units] = max(pieces(random_layer(units, random), 400) for _ in range(10))
        print(f"{units:25} {of_units[units]:7}")
    last.semilogy([2 * folds for folds in of_folds], of_folds.values(), "o-", color=BLUE)
    last.semilogy(of_units.keys(), of_units.values(), "s--", color=VERMILLION)
    last.text(13.0, 300.0, "folds", color=BLUE, ha="right")
    last.text(10.0, 5.0, "one layer", color=VERMILLION)
    ticks = [2, 16, 128, 1024]
    last.set(title="pieces", xlabel="units", xticks=[0, 10, 20], yticks=ticks, yticklabels=ticks)
    last.minorticks_off()
    figure.savefig(chosen.out / "depth.png", dpi=100)
    print(f"\nSaw-teeth, and what they cost: {chosen.out / 'depth.png'}")

    assert all(found == 2**folds for folds, found in of_folds.items()), "each fold doubles"
    assert all(found <= units + 1 for units, found in of_units.items()), "each unit adds one"
    print("\nTry next: nn.Sequential(*[fold()] * 10). How many parameters are that, and why?")
    named = {f"{folds} folds": found for folds, found in of_folds.items()}
    return named | {f"{units} random units": found for units, found in of_units.items()}


if __name__ == "__main__":
    main()
