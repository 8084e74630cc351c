"""Newton's method: with the second derivatives, one step goes where gradient descent takes many.

    python -m demos.newton --out demos/out --seed 0

A quadratic function from (5, −7): Newton's step w − H⁻¹ ∇f leads to its minimum (0.2, 0.6) at once,
gradient descent needs 110 steps. In Rosenbrock's bent valley gradient descent creeps along the
floor for 32,076 steps; Newton takes 21, some of them halved because a whole one would go up. The
curves are the gradients there: once Newton is near, the number of right digits doubles with each
step. Last, a saddle at (0, 0) beside a minimum: there the gradient is 0, too, and Newton goes to
it. Damping, 1 added to the diagonal of the Hessian, turns the step downhill.

Syllabus: A10, A12.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import nn
from autograd import Tape, grad_table, gradients, hessian, record, square
from demos import options, panels
from nn.plots import descent
from nn.plots.canvas import BLUE, VERMILLION

Function = Callable[[Any], Any]
MOST_STEPS = 50_000  # for what does not converge


def quadratic(w: Any) -> Any:
    """Give 1/2 w'Aw - b'w with A = [[2, 1], [1, 3]], b = (1, 2)."""
    return square(w[0]) + w[0] * w[1] + 1.5 * square(w[1]) - w[0] - 2.0 * w[1]


def rosenbrock(w: Any) -> Any:
    """Give a bent valley, with its minimum at (1, 1)."""
    return square(1.0 - w[0]) + 100.0 * square(w[1] - square(w[0]))


def two_wells(w: Any) -> Any:
    """Give minima at (-1, 0) and (1, 0), and a saddle between them."""
    return 0.25 * square(square(w[0])) - 0.5 * square(w[0]) + 0.5 * square(w[1])


def taped(f: Function) -> Tape:
    """Record the gradient of f, which is a graph, too: the tape's Jacobian is the Hessian."""
    return record(lambda w: gradients(f(w), w), 2)


def newton(tape: Tape, w: list[float], damping: float = 0.0) -> list[float]:
    """Give where Newton's step leads from w, by hand: w - H^-1 grad."""
    ((p, q),), (((a, b), (c, d)),) = tape.forward([w]), tape.jacobian([w])
    a, d = a + damping, d + damping
    determinant = a * d - b * c
    return [w[0] - (d * p - b * q) / determinant, w[1] - (a * q - c * p) / determinant]


def follow(f: Function, start: list[float], optimizer: nn.Optimizer) -> tuple[Any, list[float]]:
    """Follow an optimizer; give its points, and the lengths of the gradients there."""
    w, points, lengths = [nn.Parameter(x) for x in start], [], []
    while len(points) < MOST_STEPS and (not lengths or lengths[-1] >= 1e-6):
        if points:
            optimizer.step(w, lambda: f(w))
        points.append([p.data for p in w])
        table = grad_table(f(w))
        for p in w:
            p.grad = table[p]
        lengths.append(math.hypot(*(p.grad for p in w)))
    return points, lengths


def draw_gradients(axes: Any, slow: list[float], fast: list[float]) -> None:
    """Draw the lengths of the gradients along both paths through the valley."""
    axes.loglog(range(len(slow)), slow, color=VERMILLION)
    axes.loglog(range(len(fast)), fast, "--s", color=BLUE, markersize=4)
    axes.text(60, 10.0, "gradient descent", color=VERMILLION)
    axes.text(32, 1e-8, "Newton", color=BLUE)
    axes.set(title="the valley: gradients", xlabel="step", ylabel="length of the gradient")


def main(argv: list[str] | None = None) -> dict[str, float]:
    """Run the demo; give how many steps each method takes, and where Newton ends."""
    out, results = options("newton", __doc__, argv).out, {}
    problems = [
        ("a quadratic", quadratic, [5.0, -7.0], 0.1),
        ("Rosenbrock's valley", rosenbrock, [-1.2, 1.0], 0.001),
        ("a saddle", two_wells, [0.4, 1.0], 0.1),
    ]
    figure, (first, second, curves, last) = panels(4, 2, (4.4, 3.1))
    print("Steps until the gradient is shorter than 1e-6, and where they end:")
    for (name, f, start, rate), ax in zip(problems, (first, second, last), strict=True):
        optimizers = {"gradient descent": nn.SGD(rate), "Newton": nn.Newton()}
        if f is two_wells:
            optimizers["Newton, damping 1"] = nn.Newton(damping=1.0)
        runs = {who: follow(f, start, optimizer) for who, optimizer in optimizers.items()}
        for who, (points, _) in runs.items():
            results[f"{name}: {who}"], (a, b) = len(points) - 1.0, points[-1]
            print(f"  {name:20} {who:17} {len(points) - 1:6,}   ({a:6.4f}, {b:6.4f})")
        descent(f, {who: points for who, (points, _) in runs.items()}, ax=ax)
        ax.child_axes[0].remove()  # the scale of the greys: only the shape matters here
        ax.set(title=name, xlabel="$w_1$", ylabel="$w_2$", aspect="auto")
        if f is not two_wells:
            ax.get_legend().remove()  # one is enough, at the picture's foot
        if f is rosenbrock:
            draw_gradients(curves, *(lengths for _, lengths in runs.values()))
    (H,) = taped(quadratic).jacobian([[5.0, -7.0]])
    a, b = newton(taped(quadratic), [5.0, -7.0])
    print(f"\nThe quadratic's Hessian, on a tape: {H}")
    print(f"One step by hand, w - H^-1 grad:    ({a:.12f}, {b:.12f})")
    tape, w, heights = taped(rosenbrock), [-1.2, 1.0], []
    while len(heights) < 7:
        heights, w = [*heights, rosenbrock(w)], newton(tape, w)
    print("Whole steps in the valley also arrive, but f goes through:")
    print("  " + ", ".join(f"{height:.3g}" for height in heights))
    figure.savefig(out / "newton.png", dpi=85)
    print(f"\nThe paths: {out / 'newton.png'}")

    assert H == hessian(quadratic)([5.0, -7.0]) == [[2.0, 1.0], [1.0, 3.0]], "tape and graph"
    assert math.dist((a, b), (0.2, 0.6)) < 1e-12 and results["a quadratic: Newton"] == 1.0
    assert points == runs["Newton, damping 1"][0] and math.dist(points[-1], (1.0, 0.0)) < 1e-6
    assert math.dist(runs["Newton"][0][-1], (0.0, 0.0)) < 1e-6, "undamped it goes to the saddle"
    assert max(heights) > 1000.0 > 1e-12 > heights[-1], "up first, then down for good"
    print("\nTry next: start at (0.1, 1) beside the saddle. How much damping does it take?")
    return results


if __name__ == "__main__":
    main()
