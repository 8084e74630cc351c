"""Softmax and sparsemax: both give probabilities, but only one of them can say "impossible".

    python -m demos.sparsemax --out demos/out --seed 0

Left: how sparsemax turns the logits 1, 0.5 and -1 into probabilities. A threshold tau is lowered
until what stands out above it (dark) sums to 1: that is 0.75 and 0.25 at tau = 0.25. Class 2 stays
below, and gets exactly 0. Right: both functions for two logits, t and 0. Sparsemax is a ramp: it is
exactly 0 or 1 once the logits are 1 apart. Softmax comes near 0 and 1 and never arrives.

Syllabus: B7, C5.
"""

from __future__ import annotations

from functools import reduce
from itertools import combinations
from typing import Any

import nn
from autograd import Value, maximum, relu, softmax, sparsemax, square, step, total, where
from demos import on_both, options, panels
from nn.plots.canvas import BLACK, BLUE, LIGHT, VERMILLION

Z = (1.0, 0.5, -1.0)


def threshold(z: Any) -> Any:
    """Give tau, the largest (sum of S - 1) / size of S over sets S of logits: nothing is sorted."""
    sets = [s for size in range(1, len(z) + 1) for s in combinations(z, size)]
    return reduce(maximum, [(total(s) - 1.0) / len(s) for s in sets])


def loss(z: Any, y: int) -> Any:
    """Give -z_y + 1/2 (sum of z² - tau² over what stands above tau) + 1/2."""
    tau = threshold(z)
    above = [where(step(v - tau), square(v) - square(tau), 0.0) for v in z]
    return 0.5 * total(above) - z[y] + 0.5


def draw_threshold(axes: Any) -> None:
    """Draw the logits as bars, and what stands out above the threshold."""
    tau = threshold([Value(z) for z in Z]).data
    for i, (z, p) in enumerate(zip(Z, sparsemax(Z), strict=True)):
        axes.bar(i, min(z, tau) + 1.5, 0.6, bottom=-1.5, color=LIGHT)
        axes.bar(i, p, 0.6, bottom=tau, color=BLUE)
        axes.annotate(f"p = {p:g}", (i, max(z, tau) + 0.07), ha="center")
    axes.axhline(tau, color=BLACK, linestyle="--", linewidth=1.2)
    axes.annotate(f"tau = {tau:g}", (2.4, tau - 0.15), ha="right")
    axes.set(xlabel="class", xticks=[0, 1, 2], ylabel="logit", ylim=(-1.5, 1.3))


def draw_two_classes(axes: Any) -> None:
    """Draw the probability of the first class against the difference of two logits."""
    grid = [t / 50 for t in range(-150, 151)]
    axes.plot(grid, [sparsemax([t, 0.0])[0] for t in grid], color=BLUE, linewidth=2.0)
    axes.plot(grid, [softmax([t, 0.0])[0] for t in grid], "--", color=VERMILLION, linewidth=2.0)
    axes.annotate("sparsemax", (0.75, 1.03), color=BLUE, ha="right")
    axes.annotate("softmax", (1.2, 0.66), color=VERMILLION)
    axes.set(xlabel="t, for the logits (t, 0)", ylabel="probability of class 0", ylim=(-0.05, 1.12))


def main(argv: list[str] | None = None) -> dict[str, float]:
    """Run the demo; give the numbers of its two worked examples."""
    out = options("sparsemax", __doc__, argv).out

    share, row = on_both(lambda *z: softmax(z)[0], 2.0, 1.0, 0.1)
    print("softmax of 2, 1, 0.1:     ", *(f"{p:9.4f}" for p in softmax([2.0, 1.0, 0.1])))
    print("slopes of its first output", *(f"{slope:9.4f}" for slope in row), "  none is 0")
    shifted = softmax([102.0, 101.0, 100.1])
    print("softmax of 102, 101, 100.1", *(f"{p:9.4f}" for p in shifted), "  the same")
    assert abs(shifted[0] - share) < 1e-12, "only differences of logits count"

    tau, _ = on_both(lambda *z: threshold(z), *Z)
    sparse = [on_both(lambda *z, i=i: relu(z[i] - threshold(z)), *Z) for i in range(3)]
    print("\nsparsemax of 1, 0.5, -1:  ", *(f"{p:9.4f}" for p, _ in sparse), f"  tau = {tau:g}")
    print("slopes of its first output", *(f"{slope:9.4f}" for slope in sparse[0][1]))

    value, error = on_both(lambda *z: loss(z, 0), *Z)
    print(f"loss if class 0 is right: {value:10.4f}")
    print("slopes of the loss:       ", *(f"{e:9.4f}" for e in error), "  = p - onehot")

    print("\nTwo classes, s = z_wrong - z_right; from -1 to 1 the loss is (s + 1)²/4.")
    print("     s     loss   (s + 1)²/4   slope")
    for s in (-1.5, -0.5, 0.0, 0.5, 1.5):
        two, (_, slope) = on_both(lambda *z: loss(z, 0), 0.0, s)
        closed = 0.0 if s < -1.0 else s if s > 1.0 else (s + 1.0) ** 2 / 4.0
        print(f"{s:6.1f}   {two:6.4f}   {(s + 1) ** 2 / 4:10.4f}   {slope:5.2f}")
        assert abs(two - closed) < 1e-12, "0, then (s + 1)²/4, then s"

    figure, axes = panels(2, size=(4.4, 3.6))
    draw_threshold(axes[0])
    draw_two_classes(axes[1])
    figure.savefig(out / "sparsemax.png", dpi=100)
    print(f"\nThreshold, and both functions: {out / 'sparsemax.png'}")

    assert [p for p, _ in sparse] == [0.75, 0.25, 0.0] == sparsemax(Z) and tau == 0.25
    assert value == nn.sparsemax_loss([Value(z) for z in Z], 0).data == 0.0625
    assert error == [-0.25, 0.25, 0.0], "the slope is p - onehot"
    assert abs(share - 0.65900114) < 5e-9, "softmax of 2, against 1 and 0.1"
    known = (0.22471863783, -0.15976360380, -0.06495503404)
    assert all(abs(a - b) < 1e-11 for a, b in zip(row, known, strict=True)), "the Jacobian's row"
    print("\nTry next: sparsemax of 10 times, and of a tenth of these logits: how many are 0?")
    return {"softmax": share, "its slope": row[0], "tau": tau, "loss": value, "slope": error[0]}


if __name__ == "__main__":
    main()
