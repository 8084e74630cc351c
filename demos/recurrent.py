"""Recurrent nets: a memory of two steps, learnt, and the unrolled graph that makes it learnable.

    python -m demos.recurrent --out demos/out --seed 0

A net of six units reads one bit a step and has to answer with the bit of two steps ago. First
picture: a sequence longer than any it was trained on. The row of answers is the row of bits, two
steps later. Below is what the units keep in mind, dark for +1 and light for −1: units 1 and 3 are
the answer and its opposite, unit 6 is nearly the answer, the others mix the last bits. (Another
seed shares the work out in another way.) Second picture: unrolled, a net is a graph like any
other. All steps use the same weights, and the gradient of a weight is the sum over the steps.

Syllabus: B13.
"""

from __future__ import annotations

from random import Random
from typing import Any

import nn
from autograd import Drawing, tanh
from demos import on_both, options, panels
from nn.plots.canvas import BLACK

UNITS, SEQUENCES, STEPS, LONGER, EPOCHS = 6, 30, 8, 20, 80


def three_steps(w: Any, *inputs: Any) -> Any:
    """Give h3 of h = tanh(w h + x): the w of every step is the same one."""
    h: Any = 0.0
    for x in inputs:
        h = tanh(w * h + x)
    return h


def echoes(count: int, steps: int, rng: Random) -> tuple[list[Any], list[Any]]:
    """Draw sequences of bits; the target of a step is the bit of two steps ago, 0 at first."""
    X, Y = [], []
    for _ in range(count):
        bits = [float(rng.randrange(2)) for _ in range(steps)]
        X.append([[bit] for bit in bits])
        Y.append([0.0, 0.0, *bits[:-2]])
    return X, Y


def unrolled() -> Drawing:
    """Draw the risk of a recurrent net on one sequence, unrolled into its steps."""
    model = nn.Recurrent(1, 3, 1, output="sigmoid", rng=0)
    risk = nn.empirical_risk(model, [[[1.0], [0.0], [0.0]]], [[0, 0, 1]])
    risk.backward()
    return risk.graph(collapse=1)


def draw(model: nn.Recurrent, rows: Any, targets: list[float]) -> Any:
    """Draw bits, targets and answers as rows of cells, and below them the units."""
    (answers,) = nn.predict(model, [rows])
    states = [[h.data for h in step] for step in model.hidden(rows)]
    lines = {"bit": [x for (x,) in rows], "two steps ago": targets,
             "answer": [p for (p,) in answers]}  # fmt: skip
    figure, (above, below) = panels(2, 1, size=(7.6, 1.7))
    cells = {"cmap": "Greys", "aspect": "auto"}
    above.imshow(list(lines.values()), vmin=0.0, vmax=1.6, **cells)
    for r, numbers in enumerate(lines.values()):
        for c, number in enumerate(numbers):
            above.text(c, r, f"{number:.0f}", ha="center", va="center", color=BLACK, fontsize=9)
    above.set_yticks(range(3), labels=lines)
    below.imshow(list(zip(*states, strict=True)), vmin=-1.0, vmax=1.0, **cells)
    below.set_yticks(range(UNITS), labels=[f"unit {i}" for i in range(1, UNITS + 1)])
    below.set_xlabel("step")
    for panel in (above, below):
        panel.set_xticks(range(0, len(rows), 2), labels=range(1, len(rows) + 1, 2))
        panel.spines[:].set_visible(False)
    return figure


def main(argv: list[str] | None = None) -> dict[str, float]:
    """Run the demo; give h3 with its slopes, and how many bits are echoed."""
    seed = "sequences, initial weights and batches"
    chosen = options("recurrent", __doc__, argv, seed=seed, trains="tape")

    h3, (dw, dx1, *_) = on_both(three_steps, 0.5, 1.0, 0.0, 0.0)
    print("h = tanh(0.5 h + x), three steps of x = (1, 0, 0):")
    print(f"h3 = {h3:.12f}, dh3/dx1 = {dx1:.12f}, dh3/dw = {dw:.12f}")

    rng = Random(chosen.seed)
    model = nn.Recurrent(1, UNITS, 1, output="sigmoid", rng=rng)
    X, Y = echoes(SEQUENCES, STEPS, rng)
    history = nn.fit(
        model, X, Y, optimizer=nn.Adam(0.05), epochs=EPOCHS, batch_size=10, rng=rng,
        progress=False, engine=chosen.engine,
    )  # fmt: skip
    held, bits = echoes(20, LONGER, rng)
    answers = [p for sequence in nn.predict(model, held) for (p,) in sequence]
    right = nn.accuracy(answers, [bit for sequence in bits for bit in sequence])
    print(f"\n{model}, {SEQUENCES} sequences of {STEPS} steps: loss {history.loss[-1]:.4f}")
    print(f"on 20 other sequences of {LONGER} steps: {right:.1%} of the bits are right")

    memory, graph = chosen.out / "recurrent.png", chosen.out / "recurrent-unrolled.svg"
    draw(model, held[0], bits[0]).savefig(memory, dpi=100)
    print(f"\nWhat it keeps in mind: {memory}\nUnrolled: {unrolled().save(graph)}")

    assert abs(h3 - 0.17972620712031911) < 1e-15 and abs(dx1 - 0.08818463905451794) < 1e-15
    assert abs(dw - 0.6714945084494794) < 1e-15, "the sum over the steps that use w"
    assert right > 0.98, "it echoes the bit of two steps ago"
    print("\nTry next: three steps back. How many units does it need?")
    return {"h3": h3, "dh3/dx1": dx1, "dh3/dw": dw, "right": right}


if __name__ == "__main__":
    main()
