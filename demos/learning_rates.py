"""Learning rates: too small creeps, too large diverges; batches, schedules, and when to stop.

    python -m demos.learning_rates --out demos/out --seed 0

First C = 2x² from x = 1. The rate 0.1 creeps in; 0.4 jumps to and fro, and is as near after 15
steps; 0.55 goes away. A step changes C by −η‖∇C‖², the dashed line, only while η is small: beyond
0.25 it gains less again, beyond 0.5 it goes up. Then a logistic neuron on six points, at the rate
0.3. In 30 epochs single samples come further than pairs, and these further than all six at once.
But at a constant rate single samples never settle; a rate that is halved every 30 epochs brings
them in. Last, the epochs until the gradient is shorter than 0.001: 1,575 at the rate 0.1, and 69 if
each step begins at 16 and is halved until the loss falls.

Syllabus: D1, D2, A12.
"""

from __future__ import annotations

import math
from statistics import fmean
from typing import Any

import nn
from autograd import grad, grad_table, softplus
from demos import options, panels
from nn.plots import descent
from nn.plots.canvas import BLACK, BLUE, GREEN, GREY, VERMILLION

X, T = [[float(i)] for i in range(6)], [0, 0, 1, 0, 1, 1]
BEST = 1.21402758585142, -3.0350689646285502
LOOKS = [(BLUE, "o-"), (GREEN, "s--"), (VERMILLION, "^:")]


def descend(optimizer: Any, epochs: int, engine: str, bowl: bool = False, **how: Any) -> Any:
    """Train the logistic neuron, or a weight x with the loss 2x²; give its path and the history."""
    model = nn.Neuron(1, "sigmoid", nn.constant(0.0))
    if bowl:
        model, how["loss"] = nn.Neuron(1, init=nn.constant(1.0), bias=False), "half_squared_error"
    path = [[p.data for p in model.parameters()]]
    history = nn.fit(
        model, *([[2.0]], [0.0]) if bowl else (X, T), optimizer=optimizer, epochs=epochs, **how,
        callbacks=[lambda *_: path.append([p.data for p in model.parameters()])],
        engine=engine, progress=False,
    )  # fmt: skip
    return path, history


def risk(w: Any, b: Any) -> Any:
    """Give the mean loss of the logistic neuron."""
    return sum(softplus((1 - 2 * t) * (w * x + b)) for (x,), t in zip(X, T, strict=True)) / 6


def show_steepest() -> float:
    """Try a short step in every direction; give how far the best is from minus the gradient."""
    w, b, step = 0.3, 0.0, 1e-3
    turns = [math.radians(k) for k in range(360)]
    best = min(turns, key=lambda t: risk(w + step * math.cos(t), b + step * math.sin(t)))
    dw, db = grad(risk, (0, 1))(w, b)
    down = math.atan2(-db, -dw) % (2.0 * math.pi)
    print(f"\nOf 360 directions the loss falls most at {math.degrees(best):.0f} degrees;", end="")
    print(f" minus the gradient points at {math.degrees(down):.1f}.")
    return abs(math.degrees(best - down))


def show_rates(engine: str, picture: Any) -> dict[str, float]:
    """Show what the rate does in a bowl; give where 15 steps end."""
    (figure, (left, right)), ends = panels(2, size=(4.2, 3.0)), {}
    print("C = 2x² from 1:   after 15 steps   change of C in the first   -rate · slope²")
    for rate, (colour, look) in zip((0.1, 0.4, 0.55), LOOKS, strict=True):
        path, history = descend(nn.SGD(rate), 15, engine, bowl=True)
        ends[f"rate {rate}"], change = path[-1][0], history.loss[1] - history.loss[0]
        print(f"  rate {rate:<4} {path[-1][0]:20.4e} {change:19.3f} {-16.0 * rate:22.3f}")
        left.plot(path[:8], look, color=colour, markersize=5, label=f"rate {rate}")
        right.plot(rate, change, look[0], color=colour, markersize=8)
    _, history = descend(nn.SGD(1e-4), 2, engine, bowl=True)
    share = (history.loss[1] - history.loss[0]) / -16e-4
    print(f"  for the rate 0.0001 the change is {share:.4f} of what the last column predicts")
    assert abs(share - 1.0) < 0.001, "for a small step the slope predicts the change"
    left.legend(frameon=False, loc="lower left")
    left.set(title="$C = 2x^2$", xlabel="step", ylabel="$x$")
    rates = [0.01 * k for k in range(61)]
    right.plot(rates, [2.0 * (1.0 - 4.0 * r) ** 2 - 2.0 for r in rates], color=BLACK, zorder=1)
    right.plot(rates, [-16.0 * r for r in rates], "--", color=GREY)
    right.text(0.17, -2.5, r"$-\eta\,|\nabla C|^2$", color=GREY)
    right.set(title="one step", xlabel=r"rate $\eta$", ylabel="change of $C$", ylim=(-2.6, 1.4))
    figure.savefig(picture, dpi=100)
    return ends


def main(argv: list[str] | None = None) -> dict[str, float]:
    """Run the demo; give where the rates lead, how near the batches come, and how many epochs."""
    chosen = options("learning_rates", __doc__, argv, "the order of the samples", trains=True)
    pictures = chosen.out / "learning_rates.png", chosen.out / "learning_rates-batches.png"
    results = show_rates(engine := chosen.engine, pictures[0])
    assert show_steepest() <= 1.0, "the gradient is the steepest direction"
    figure, (left, middle, right) = panels(3, size=(3.5, 3.3))
    unit, means = nn.Neuron(1, "sigmoid", nn.constant(0.3)), []
    for n in (6, 2, 1):
        parts = [nn.empirical_risk(unit, X[i : i + n], T[i : i + n]) for i in range(0, 6, n)]
        tables = [grad_table(risk) for risk in parts]
        means.append([fmean(table[p] for table in tables) for p in unit.parameters()])
    print("\nThe gradient of six samples, the mean of those of 3 pairs, of 6 single samples:")
    print("  " + "   ".join(f"({w:.10f}, {b:.10f})" for w, b in means))
    how, sizes = {"rng": chosen.seed}, {"all six": 6, "pairs": 2, "single": 1}
    paths = {k: descend(nn.SGD(0.3), 30, engine, batch_size=n, **how)[0] for k, n in sizes.items()}
    results |= {name: math.dist(path[-1], BEST) for name, path in paths.items()}
    descent(risk, paths, ax=left)
    left.child_axes[0].remove()  # the scale of the greys: only the shape matters here
    left.set(title="30 epochs", xlabel="$w$", ylabel="$b$", aspect="auto")
    schedules = {"constant": None, "halved": nn.halving(30)}
    for (name, schedule), (colour, look) in zip(schedules.items(), LOOKS, strict=False):
        path, _ = descend(nn.SGD(0.3), 200, engine, batch_size=1, schedule=schedule, **how)
        results[name] = fmean((far := [math.dist(point, BEST) for point in path])[-50:])
        middle.semilogy(far, look[1:], color=colour)
        middle.text(205, far[-1], name, color=colour, va="center")
    middle.set(title="single samples", xlabel="epoch", ylabel="distance from the minimum")
    print("\nDistance from the minimum: rate 0.3, 30 epochs; single samples, 200 epochs:")
    print("  " + "   ".join(f"{name} {results[name]:.3f}" for name in (*paths, *schedules)))
    print("\nEpochs until the gradient is shorter than 0.001:")
    optimizers = {"0.1": nn.SGD(0.1), "0.6": nn.SGD(0.6), "16, halved": nn.BacktrackingGD(16.0)}
    for (name, optimizer), (colour, look) in zip(optimizers.items(), LOOKS, strict=True):
        _, history = descend(optimizer, 2000, engine, stop=nn.GradientBelow(1e-3))
        results[f"epochs, {name}"] = epochs = float(len(history))
        print(f"  rate {name:10} {epochs:5,.0f}   (stopped: {history.stopped})")
        right.loglog(range(1, len(history) + 1), history.gradient_norm, look[1:], color=colour)
        right.text(epochs, 7e-4, name.replace(" ", "\n"), color=colour, ha="center", va="top")
    right.set(title="stop below 0.001", xlabel="epoch", ylabel="length of the gradient", ylim=2e-4)
    figure.savefig(pictures[1], dpi=100)
    print(f"\nThe rates: {pictures[0]}\nThe batches: {pictures[1]}")

    ends = zip((0.1, 0.4, 0.55), (4.7018e-4, -4.7018e-4, -15.407), strict=True)
    assert all(abs(results[f"rate {rate}"] / end - 1.0) < 5e-5 for rate, end in ends), "the bowl"
    assert all(math.dist(mean, means[0]) < 1e-15 for mean in means), "unbiased"
    assert results["single"] < results["pairs"] < results["all six"], "more steps in an epoch"
    assert results["halved"] < 0.3 * results["constant"], "at a constant rate it never settles"
    assert 10 * epochs < results["epochs, 0.1"], "a small rate is slow"
    print("\nTry next: a rate of 0.6 for single samples. How far from the minimum do they end?")
    return results


if __name__ == "__main__":
    main()
