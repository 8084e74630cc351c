"""Digits: what a hidden unit looks for can be seen, if its weights are drawn as an image.

    python -m demos.digits --out demos/out --seed 0

A net with twelve hidden units learns to read handwritten digits of 8 x 8 pixels, from 600 of them.
First the weights of the hidden units as images: ink on a blue pixel excites the unit, ink on a
vermillion one (minus) inhibits it. Nobody told the units what to look for; they came to look for
strokes, and for gaps where no ink must be. Then, on the left, the 1197 digits that were held out: a
row for each digit, a column for what the net reads. Off the diagonal are the mistakes, about 5 in a
hundred. On the right, twelve of the mistakes.

Syllabus: B11.
"""

from __future__ import annotations

from random import Random
from typing import Any

import nn
from demos import on_both, options, panels
from nn import datasets, plots
from nn.plots.canvas import BLACK, BLUE, VERMILLION, diverging

LEARNT, HIDDEN, EPOCHS = 600, 12, 8
MISREAD = 12  # in the picture


def draw_confusion(axes: Any, counts: list[list[int]]) -> None:
    """Draw how often each digit was read as which: right blue, wrong vermillion."""
    shades = []
    for true, row in enumerate(counts):
        shades.append([1.0 if read == true else -min(1.0, n / 10) for read, n in enumerate(row)])
        for read, count in enumerate(row):
            colour = "white" if read == true else BLACK
            place = {"ha": "center", "va": "center", "fontsize": 9}
            axes.annotate(str(count or ""), (read, true), color=colour, **place)
    axes.imshow(shades, cmap=diverging(VERMILLION, BLUE), vmin=-1.0, vmax=1.0)
    axes.set(xlabel="read as", ylabel="digit", xticks=range(10), yticks=range(10))
    axes.set_title("digits held out")


def draw_misread(axes: Any, misread: list[tuple[list[float], int, int]]) -> None:
    """Draw digits, what they are and what they were read as, four in a row."""
    for k, (pixels, true, read) in enumerate(misread):
        x, y = k % 4, -1.3 * (k // 4)
        image = [pixels[start : start + 8] for start in range(0, 64, 8)]
        axes.imshow(image, cmap="Greys", extent=(x, x + 0.9, y, y + 0.9))
        axes.annotate(f"{true}, read as {read}", (x + 0.45, y - 0.18), ha="center", fontsize=9)
    axes.set(xlim=(-0.1, 4.0), ylim=(-2.9, 1.0), title="some of the mistakes")
    axes.set_axis_off()


def main(argv: list[str] | None = None) -> dict[str, float]:
    """Run the demo; give the shares of digits that are read correctly."""
    chosen = options("digits", __doc__, argv, seed="weights and what is held out", trains=True)
    rng = Random(chosen.seed)
    X, y = datasets.digits()
    X = [[ink / 16.0 for ink in row] for row in X]
    rows, held, digits, truth = datasets.split(X, y, 1.0 - LEARNT / len(X), rng=rng)

    model = nn.MLP([64, HIDDEN, 10], output="softmax", init=nn.normal(0.1), rng=rng)
    print(f"{model!r}\n{len(rows)} digits to learn from, {len(held)} held out")
    nn.fit(
        model, rows, digits, optimizer=nn.Adam(0.02), epochs=EPOCHS, batch_size=20,
        schedule=nn.cosine(EPOCHS), regularizer=nn.L2(1e-3), rng=rng,
        engine=chosen.engine, progress=False,
    )  # fmt: skip
    answers = nn.predict(model, held)
    learnt = nn.accuracy(nn.predict(model, rows), digits)
    accuracy = nn.accuracy(answers, truth)
    print(f"\nread correctly: {learnt:.1%} of those learnt from, {accuracy:.1%} of those held out")

    misread = [m for m in zip(held, truth, nn.classify(answers), strict=True) if m[1] != m[2]]
    counts = nn.confusion_matrix(answers, truth)
    worst = max((counts[i][j], i, j) for i in range(10) for j in range(10) if i != j)
    print("{} mistakes; the most frequent, {} times: {} is read as {}".format(len(misread), *worst))

    print("\nmean output of a hidden unit    highest for      lowest for")
    outputs = nn.predict(model.layers[0], held)
    for unit in range(HIDDEN):
        means = []
        for digit in range(10):
            its = [row[unit] for row, true in zip(outputs, truth, strict=True) if true == digit]
            means.append((sum(its) / len(its), digit))
        (low, least), (high, most) = min(means), max(means)
        print(f"unit {unit + 1:2d} {most:23d} ({high:+.2f}) {least:7d} ({low:+.2f})")

    unit = model.layers[0].neurons[0]
    _, slopes = on_both(lambda *pixels: unit.logits(pixels)[0], *held[0])
    print("A pixel's weight is the slope of the unit's potential: the image is its gradient.")

    weights, confusion = chosen.out / "digits.png", chosen.out / "digits-confusion.png"
    plots.weight_images(model, (8, 8))[0].savefig(weights, dpi=100)
    figure, axes = panels(2, size=(4.6, 4.3))
    draw_confusion(axes[0], counts)
    draw_misread(axes[1], misread[:MISREAD])
    figure.savefig(confusion, dpi=100)
    print(f"\nThe weights as images: {weights}\nWhat was read as what: {confusion}")

    assert slopes == [w.data for w in unit.weights], "the image is the gradient"
    assert accuracy >= 0.9, "it did not learn to read"
    print("\nTry next: nn.L1(2e-3) in place of nn.L2. Which pixels does no unit look at then?")
    return {"learnt from": learnt, "held out": accuracy, "mistakes": float(len(misread))}


if __name__ == "__main__":
    main()
