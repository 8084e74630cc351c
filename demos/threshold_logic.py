"""Threshold logic: one unit draws one line, which is enough for 14 of 16 functions, not for XOR.

    python -m demos.threshold_logic --out demos/out --seed 0

All 16 functions of two bits, each above its negation. An orange square is a 1, a blue circle a 0.
On the black line the potential w·x + b of a unit is 0, on the tinted side the unit fires. 14 of
the functions have such a unit ("never" and "always" need no line); XOR and XNOR, crossed out,
have none. Of the 256 functions of three bits one unit can do 104. The perceptron rule learns AND
and OR in a few epochs; on XOR it goes on for ever.

Syllabus: B1, B2.
"""

from __future__ import annotations

from itertools import product
from random import Random
from typing import Any

import nn
from demos import options, panels
from nn.plots.canvas import BLACK, BLUE, LIGHT, VERMILLION, tint

EPOCHS, BITS = 30, list(product((0, 1), repeat=2))
NAMES = ["never", "AND", "x1 and not x2", "x1", "x2 and not x1", "x2", "XOR", "OR"]
NAMES += ["NOR", "XNOR", "not x2", "x1 or not x2", "not x1", "x2 or not x1", "NAND", "always"]


def possible(n: int) -> dict[tuple[float, ...], nn.Perceptron]:
    """Try small weights; give the truth tables of n bits that appear, each with its first unit."""
    found: dict[tuple[float, ...], nn.Perceptron] = {}
    for *weights, half in product(*[(0, 1, -1, 2, -2)] * n, range(-4 * n + 1, 4 * n, 2)):
        unit = nn.Perceptron(weights, half / 2)
        found.setdefault(tuple(unit(bits).data for bits in product((0, 1), repeat=n)), unit)
    return found


def draw_function(axes: Any, name: str, table: Any, unit: nn.Perceptron | None) -> None:
    """Draw a function of two bits, and the line of a unit with the side where it fires."""
    if unit is None:
        axes.plot([-0.4, 1.4, None, -0.4, 1.4], [-0.4, 1.4, None, 1.4, -0.4], color=LIGHT, lw=6)
    else:
        side = [-0.5 + k / 25 for k in range(51)]
        potentials = [[unit.logits([a, b])[0].data for a in side] for b in side]
        axes.contourf(side, side, potentials, levels=[0.0, 99.0], colors=[tint(VERMILLION, 0.2)])
        if min(map(min, potentials)) < 0.0 < max(map(max, potentials)):
            axes.contour(side, side, potentials, levels=[0.0], colors=BLACK, linewidths=1.6)
    for (a, b), y in zip(BITS, table, strict=True):
        axes.plot(a, b, "s" if y else "o", color=VERMILLION if y else BLUE, markersize=8)
    axes.set(xticks=[0, 1], yticks=[0, 1], xlim=(-0.5, 1.5), ylim=(-0.5, 1.5), aspect="equal")
    axes.set_title(name, fontsize=10)


def learn(gate: str, seed: int, engine: str) -> tuple[nn.Perceptron, list[float]]:
    """Train a unit by the perceptron rule, one row at a time; give it, and its mistakes."""
    random, (X, y) = Random(seed), nn.datasets.logic_gate(gate)
    unit = nn.Perceptron([random.gauss(0.0, 1.0), random.gauss(0.0, 1.0)], random.gauss(0.0, 1.0))

    def count(epoch: int, model: nn.Perceptron, history: nn.History) -> bool:
        history.record("mistakes", 4.0 - 4.0 * nn.accuracy(nn.predict(model, X), y))
        return history.records["mistakes"][-1] == 0.0

    # fit takes this loss on the potential: the step after it has no slope to follow
    history = nn.fit(
        unit, X, [2 * t - 1 for t in y], loss=nn.perceptron_loss, optimizer=nn.SGD(0.5), rng=random,
        epochs=EPOCHS, batch_size=1, callbacks=[count], engine=engine, progress=False,
    )  # fmt: skip
    return unit, history.records["mistakes"]


def main(argv: list[str] | None = None) -> dict[str, float]:
    """Run the demo; give the counts, and the fewest mistakes in any epoch."""
    chosen = options("threshold_logic", __doc__, argv, "first weights, order of rows", trains=True)

    print("McCulloch-Pitts unit y = sgn(v), v = -2 + 2 x1 + 4 x2 - x3\n\n x1 x2 x3    v   y")
    unit, sums = nn.Perceptron([2, 4, -1], bias=-2, output="bipolar"), []
    for row in product((-1, 1), repeat=3):
        sums.append(unit.logits(row)[0].data)
        print(" {:+d} {:+d} {:+d}   {:+.0f}  {:+.0f}".format(*row, sums[-1], unit(row).data))
    biased, extra = nn.Perceptron([1, 1], bias=-1.5), nn.Perceptron([1, 1, -1.5])
    print("\nAND, threshold 1.5, is a bias of -1.5, or a weight of -1.5 on an extra input 1.")
    two, three = possible(2), possible(3)
    print(f"\nOne unit can do {len(two)} of 16 functions of 2 bits, {len(three)} of 256 of 3 bits.")
    print("XOR needs w1 + w2 + 2b > 0 (add up its rows 01 and 10), and <= 0 (its rows 00 and 11).")
    figure, axes = panels(16, 8, (1.36, 1.5))
    for k, table in enumerate(product((0.0, 1.0), repeat=4)):
        # the negation of number k is number 15 - k, and stands below it
        draw_function(axes[k if k < 8 else 23 - k], NAMES[k], table, two.get(table))
    axes[8].set(xlabel="$x_1$", ylabel="$x_2$")
    figure.savefig(chosen.out / "threshold_logic.png", dpi=100)

    print("\nperceptron rule    w1     w2      b   rows wrong, last   at best")
    fewest = {}
    for gate in ("AND", "OR", "XOR"):
        unit, mistakes = learn(gate, chosen.seed, chosen.engine)
        fewest[gate], last = min(mistakes), f"{mistakes[-1]:.0f} in epoch {len(mistakes)}"
        numbers = " ".join(f"{p.data:+6.2f}" for p in unit.parameters())
        print(f"{gate:<14} {numbers}   {last:<18} {fewest[gate]:.0f}")
    print(f"\nThe 16 functions of two bits: {chosen.out / 'threshold_logic.png'}")

    assert sums == [-7, -9, 1, -1, -3, -5, 5, 3], "the table of syllabus B1"
    assert all(biased(row).data == extra([*row, 1]).data == min(row) for row in BITS), "AND"
    assert (len(two), len(three)) == (14, 104) and (0, 1, 1, 0) not in two, "XOR has no unit"
    assert fewest["AND"] == fewest["OR"] == 0 < fewest["XOR"], "it learns what one unit can do"
    print("\nTry next: train on another gate, such as nand or xnor. Which has to fail?")
    return {"two bits": len(two), "three bits": len(three), **fewest}


if __name__ == "__main__":
    main()
