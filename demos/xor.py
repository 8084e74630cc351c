"""XOR: the smallest problem that a single neuron cannot solve, and a small net can.

    python -m demos.xor --out demos/out --seed 0

A 2-4-1 net learns the truth table. First the graph of one sample's loss, before training: every
box has a value and its gradient, every edge a local derivative. Then what the net answers over
the plane after training, with the black line where it is undecided. Then what each hidden unit
computes there: each draws one line; and in the space of two of them, the last panel, a straight
line parts the two classes, which in the plane none does.

Syllabus: B11.
"""

from __future__ import annotations

import nn
from demos import options
from nn import datasets, plots

X, Y = datasets.xor()
EPOCHS = 500


def train(model: nn.MLP, engine: str = "auto") -> tuple[float, float]:
    """Train on all four samples at once; give the mean loss before and after."""
    optimizer = nn.SGD(0.5, momentum=0.9)
    history = nn.fit(model, X, Y, optimizer=optimizer, epochs=EPOCHS, engine=engine)
    return history.loss[0], history.loss[-1]


def show_truth_table(model: nn.MLP) -> list[float]:
    """Print what the net answers to each row of the truth table."""
    outputs = [output for (output,) in nn.predict(model, X)]
    print("\n x1  x2   target   net's output")
    for row, target, output in zip(X, Y, outputs, strict=True):
        print(f"  {row[0]:.0f}   {row[1]:.0f}      {target:.0f}       {output:.4f}")
    return outputs


def show_contributions(model: nn.MLP) -> None:
    """Print the products whose sum is the gradient of one weight: one per sample."""
    weight = model.layers[1].neurons[0].weights[0]
    risk = nn.empirical_risk(model, X, Y, nn.binary_cross_entropy)
    table = risk.backward()
    print(f"\nWhere the gradient of {weight.label} comes from, at the start of training:")
    print("it is used once per sample, and each use adds (gradient of its user) * (local partial).")
    # The sweep goes backwards, so the last sample comes first.
    for number, part in enumerate(reversed(table.contributions(weight)), start=1):
        print(
            f"  sample {number}: {part.child.label}  {part.gradient:+.5f} * {part.partial:+.5f}"
            f" = {part.product:+.5f}"
        )
    print(f"  sum                                   {table[weight]:+.5f} = {weight.label}.grad")


def main(argv: list[str] | None = None) -> dict[str, float]:
    """Run the demo; give the net's outputs for the four rows of the truth table."""
    chosen = options("xor", __doc__, argv, seed="the initial weights", trains=True)

    model = nn.MLP([2, 4, 1], activation="tanh", output="sigmoid", rng=chosen.seed)
    print(model)
    show_contributions(model)
    loss = nn.binary_cross_entropy(model(X[1]), Y[1])
    loss.backward()
    graph = loss.graph().save(chosen.out / "xor.svg")
    print()
    before, after = train(model, chosen.engine)
    outputs = show_truth_table(model)
    print(f"\nmean loss: {before:.4f} before training, {after:.4f} after")

    boundary, units = chosen.out / "xor-boundary.png", chosen.out / "xor-hidden.png"
    plots.decision_boundary(model, X, Y)[0].savefig(boundary, dpi=110)
    plots.hidden_units(model, X, Y)[0].savefig(units, dpi=90)
    print(f"\nThe graph of the second sample's loss, before training: {graph}")
    print(f"The decision boundary, after training:                  {boundary}")
    print(f"What each hidden unit computes:                         {units}")

    assert all(abs(o - t) < 0.1 for o, t in zip(outputs, Y, strict=True)), "XOR was not learnt"
    print("\nTry next: `--seed 1`, or a net with fewer hidden units: which ones still learn XOR?")
    return {f"{x1:.0f} xor {x2:.0f}": o for (x1, x2), o in zip(X, outputs, strict=True)}


if __name__ == "__main__":
    main()
