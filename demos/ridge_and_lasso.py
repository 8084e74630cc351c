"""Ridge and lasso: an L2 penalty makes all weights smaller, an L1 penalty makes some of them 0.

    python -m demos.ridge_and_lasso --out demos/out --seed 0

The loss has curvature 4 in w1, 0.1 in w2, and is 0 at (1, 1). Above, penalties with lam = 0.5 drag
the weights from there to where a contour of the loss (black) touches the ball of the penalty: the
round L2 ball at (0.889, 0.167), the L1 diamond at its corner near (0.875, 0); the other black lines
are the ways there. Below left, both weights against lam: lines are closed forms, markers what
gradient descent found. L1 makes a weight 0 from lam = curvature · 1 on (it was 1), L2 never. Below
right, why: in a step L2 takes a share of the weight, L1 always the same amount, and at the end it
swings around 0.

Syllabus: E1, E2, E7.
"""

from __future__ import annotations

from math import cos, pi, sin, sqrt
from typing import Any

import nn
from demos import options, panels
from nn.plots.canvas import BLACK, BLUE, GREY, LIGHT, VERMILLION

# Two samples whose mean half squared error has curvatures 4 and 0.1, and is 0 at (1, 1).
TWO = [[sqrt(8.0), 0.0], [0.0, sqrt(0.2)]], [sqrt(8.0), sqrt(0.2)]
C1 = [[0.0], [1.0], [2.0], [3.0], [4.0]], [2.3, 1.7, 4.0, 5.9, 4.6]
TWINS = [[1.0, 2.0], [2.0, 4.0]], [1.0, 2.0]  # the second input is twice the first
# where the weights end that would be 1 without a penalty, h being the curvature
EXACT = {"L2": lambda h, lam: h / (h + lam), "L1": lambda h, lam: max(1.0 - lam / h, 0.0)}
LOOKS = {"L2": (nn.L2, BLUE, "-", "o", 0.2), "L1": (nn.L1, VERMILLION, "--", "s", 0.01)}


def descend(data: Any, start: float, penalty: Any, rate: float, engine: str, loss: Any = None,
            callbacks: Any = ()) -> list[float]:  # fmt: skip
    """Give the parameters of a linear neuron after gradient descent; only one input has a bias."""
    inputs = len(data[0][0])
    neuron = nn.Neuron(inputs, init=nn.constant(start), bias=inputs == 1)
    nn.fit(
        neuron, *data, loss or nn.half_squared_error, nn.SGD(rate), epochs=800,
        regularizer=penalty, engine=engine, callbacks=callbacks, progress=False,
    )  # fmt: skip
    return [p.data for p in neuron.parameters()]


def penalty_alone(penalty: nn.Regularizer, start: float, steps: int = 1) -> list[float]:
    """Give a weight on which only the penalty acts, step by step, at learning rate 0.1."""
    neuron, optimizer, sizes = nn.Neuron(1, init=nn.constant(start)), nn.SGD(0.1), [start]
    for _ in range(steps):
        neuron.zero_grad()
        penalty(neuron).backward()
        optimizer.step(neuron.parameters())
        sizes.append(neuron.weights[0].data)
    return sizes


def draw_ball(ax: Any, name: str, path: list[list[float]]) -> None:
    """Draw the loss, a path over it, and the ball of the penalty that the path ends on."""
    _, colour, dash, *_ = LOOKS[name]
    side, turns = [0.02 * i - 1.1 for i in range(128)], [pi * i / 100 for i in range(201)]
    loss = [[2.0 * (a - 1.0) ** 2 + 0.05 * (b - 1.0) ** 2 for a in side] for b in side]
    (a, b), power = path[-1], 2.0 if name == "L2" else 1.0
    ax.contour(side, side, loss, [0.005, 0.15, 0.6, 1.5, 3.0, 5.0], colors=LIGHT)
    touching = 2.0 * (a - 1.0) ** 2 + 0.05 * (b - 1.0) ** 2
    ax.contour(side, side, loss, [touching], colors=BLACK, linewidths=1.2)
    radius = (abs(a) ** power + abs(b) ** power) ** (1.0 / power)
    ball = [[radius * f(t) * abs(f(t)) ** (2.0 / power - 1.0) for t in turns] for f in (cos, sin)]
    ax.fill(*ball, facecolor=colour, alpha=0.15)
    ax.plot(*ball, dash, color=colour, linewidth=1.8)
    ax.plot(*zip(*path, strict=True), color=BLACK, linewidth=1.2)
    ax.plot(1.0, 1.0, "o", a, b, "*", color="white", markeredgecolor=BLACK, markersize=10)
    ax.plot([-1.1, 1.4], [0.0, 0.0], [0.0, 0.0], [-1.1, 1.4], color=GREY, linewidth=0.6)
    ax.set(title=f"{name}: to ({a:.3f}, {b:.3f})", xlabel="$w_1$", ylabel="$w_2$", aspect="equal")


def draw_shrinkage(against_lam: Any, alone: Any, engine: str) -> None:
    """Draw both weights against lam, and what each penalty does to a weight by itself."""
    lams = [0.01 * 1.1**k for k in range(73)]
    places = iter([(2.6, 0.66), (0.14, 0.5), (0.6, 0.4), (0.0105, 0.5)])
    for name, (norm, colour, dash, marker, _) in LOOKS.items():
        for w, h in (("$w_1$", 4.0), ("$w_2$", 0.1)):
            against_lam.plot(lams, [EXACT[name](h, lam) for lam in lams], dash, color=colour)
            against_lam.text(*next(places), f"{w}, {name}", color=colour)
        for lam in lams[::12]:
            end = descend(TWO, 1.0, norm(lam), min(0.2, 0.01 / lam), engine)
            against_lam.plot([lam] * 2, end, marker, color=colour, markersize=4.5)
        alone.plot(penalty_alone(norm(0.5), 2.02, 70), dash, color=colour)
    alone.text(14.0, 1.45, "L1: less 0.05 a step", color=VERMILLION)
    alone.text(38.0, 0.45, "L2: times 0.95", color=BLUE)
    against_lam.set(title="shrinkage against lam", xscale="log", xlabel="lam", ylabel="weight")
    alone.set(title="a penalty alone", xlabel="step", ylabel="weight")


def main(argv: list[str] | None = None) -> dict[str, float]:
    """Run the demo; give where the weights end."""
    chosen = options("ridge_and_lasso", __doc__, argv, trains="tape")
    engine, (figure, axes) = chosen.engine, panels(4, 2, (4.2, 3.6))
    numbers: dict[str, float] = {}

    print("One step at learning rate 0.1 on a penalty with lam = 0.5 alone:")
    print("  weight   L2 takes   L1 takes")
    for w in (2.0, 0.1):
        by_l2, by_l1 = (w - penalty_alone(norm(0.5), w)[1] for norm in (nn.L2, nn.L1))
        print(f"  {w:<6.1f}   {by_l2:.3f}      {by_l1:.3f}")
        assert abs(by_l2 - 0.05 * w) < 1e-12 and abs(by_l1 - 0.05) < 1e-12, "a share, an amount"

    print("\nCurvatures 4 and 0.1, lam = 0.5; the weights that are found, and by hand:")
    for ax, (name, (norm, *_, rate)) in zip(axes[:2], LOOKS.items(), strict=True):
        path = [[1.0, 1.0]]
        keep = [lambda _, model, __, path=path: path.append([w.data for w in model.weights])]
        a, b = descend(TWO, 1.0, norm(0.5), rate, engine, callbacks=keep)
        steep, flat = (EXACT[name](h, 0.5) for h in (4.0, 0.1))
        print(f"  {name}   ({a:.7f}, {b:.7f})   ({steep:.7f}, {flat:.7f})")
        assert max(abs(a - steep), abs(b - flat)) < (1e-6 if name == "L2" else 0.006), name
        numbers |= {f"{name} w1": a, f"{name} w2": b}
        draw_ball(ax, name, path)

    print("\nRidge on five points: w = 8.8 / (10 + c), b = 3.7 - 2 w, for the bias is free")
    half, full = nn.half_squared_error, nn.squared_error
    for c, loss, lam in ((0.5, half, 0.1), (1.25, full, 0.5), (2.5, half, 0.5)):
        w, b = descend(C1, 0.0, nn.L2(lam), 0.1, engine, loss)
        print(f"  lam {lam} on {loss.__name__:<18} is c = {c:<4}:  w {w:.7f}  b {b:.7f}")
        assert abs(w - 8.8 / (10.0 + c)) < 1e-6 and abs(b - 3.7 + 2.0 * w) < 1e-6, "ridge"
        numbers |= {f"ridge {c} w": w, f"ridge {c} b": b}

    print("\nOne input is twice the other, X'X is singular. The starts (1, 1) and (-1, -1) lead")
    for lam in (0.0, 0.5):
        (a, b), (c, d) = (descend(TWINS, start, nn.L2(lam), 0.1, engine) for start in (1.0, -1.0))
        print(f"  with lam {lam} to ({a:.4f}, {b:.4f}) and ({c:.4f}, {d:.4f})")
        assert (abs(a - c) < 1e-6) == (lam > 0.0), "the penalty makes it one answer"

    draw_shrinkage(*axes[2:], engine)
    picture = chosen.out / "ridge_and_lasso.png"
    figure.savefig(picture, dpi=100)
    print(f"\nBalls, shrinkage against lam, and step by step: {picture}")
    print("\nTry next: curvatures 4 and 0.6. From which lam on is the second weight 0 now?")
    return numbers


if __name__ == "__main__":
    main()
