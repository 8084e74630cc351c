"""Linear regression: a linear neuron finds the line that the normal equations give.

    python -m demos.regression --out demos/out --seed 0

Forty points of y = 0.8 x + 2 with normal noise of deviation 1. Under such noise the most likely
line is the one of least squares; gradient descent on the mean squared error ends there, and the
normal equations give it in closed form. Solid: the fitted line, dotted: the true one; below: what
is left over. With a penalty on the weight (ridge) the closed form has one more term, which the
bias is free of, and descent ends at that one, too: it is the most likely line if slopes are
expected to be near 0.

Syllabus: C1, C9, E1.
"""

from __future__ import annotations

from random import Random

import nn
from demos import options
from nn import datasets, plots

SAMPLES, EPOCHS, LAM = 40, 400, 0.5
Rows = list[list[float]]


def closed_form(X: Rows, y: list[float], lam: float = 0.0) -> tuple[float, float]:
    """Solve the normal equations for slope and intercept; ``lam`` is that of ``nn.L2``.

    The risk is the mean of squares + lam/2 w², so X'X has m lam/2 more at the slope (E1).
    """
    m, mean_x, mean_y = len(X), sum(x for (x,) in X) / len(X), sum(y) / len(y)
    covariance = sum((x - mean_x) * (t - mean_y) for (x,), t in zip(X, y, strict=True))
    slope = covariance / (sum((x - mean_x) ** 2 for (x,) in X) + 0.5 * m * lam)
    return slope, mean_y - slope * mean_x


def fitted(X: Rows, y: list[float], seed: int, engine: str, lam: float = 0.0) -> nn.MLP:
    """Fit a linear neuron by gradient descent."""
    model = nn.MLP([1, 1], rng=seed)
    nn.fit(
        model, X, y, optimizer=nn.SGD(0.02, momentum=0.9), epochs=EPOCHS, progress=False,
        regularizer=nn.L2(lam) if lam else None, engine=engine,
    )  # fmt: skip
    return model


def show_risk(model: nn.MLP) -> None:
    """Print what the empirical risk is made of, on three samples by hand (C9)."""
    X, y = [[0.0], [1.0], [2.0]], [2.0, 3.0, 4.0]
    w, b = (p.data for p in model.parameters())
    squares = [(w * x + b - t) ** 2 for (x,), t in zip(X, y, strict=True)]
    by_hand = sum(squares) / 3.0 + 0.5 * LAM * w * w
    risk = nn.empirical_risk(model, X, y, nn.squared_error, nn.L2(LAM)).data
    print(f"\nempirical risk of three samples: mean loss {sum(squares) / 3.0:.4f}"
          f" + penalty {0.5 * LAM * w * w:.4f} = {risk:.4f}")  # fmt: skip
    assert abs(risk - by_hand) < 1e-12, "the risk is the penalty plus the mean loss"


def main(argv: list[str] | None = None) -> dict[str, float]:
    """Run the demo; give the learnt slopes and intercepts."""
    seed = "data and initial weights"
    chosen = options("regression", __doc__, argv, seed=seed, trains=True)

    X, y = datasets.line(SAMPLES, rng=Random(chosen.seed))
    found, claims = {}, {}
    print("                              slope     intercept")
    print("true line                  0.800000      2.000000")
    for name, lam in (("least squares", 0.0), (f"ridge, lam {LAM}", LAM)):
        found[name] = fitted(X, y, chosen.seed, chosen.engine, lam)
        w, b = (p.data for p in found[name].parameters())
        exact = closed_form(X, y, lam)
        print(f"{name + ': descent':<24}{w:11.6f}   {b:11.6f}")
        print(f"{'  normal equations':<24}{exact[0]:11.6f}   {exact[1]:11.6f}")
        claims |= {f"{name}: w": w, f"{name}: b": b}
        assert abs(w - exact[0]) < 1e-6 and abs(b - exact[1]) < 1e-6, "not converged"
    show_risk(found["least squares"])
    for lam in (0.0, LAM):
        w, b = closed_form([[0.0], [1.0], [2.0], [3.0], [4.0]], [2.3, 1.7, 4.0, 5.9, 4.6], lam)
        print(f"five points to do by hand (2.3, 1.7, 4, 5.9, 4.6), lam {lam}: b {b:.7g}, w {w:.7g}")

    deviation = (2.0 / (SAMPLES * LAM)) ** 0.5
    assert abs(1.0 / deviation**2 / SAMPLES - 0.5 * LAM) < 1e-12, "noise 1"
    print(f"\nThe penalty is a normal prior on the slope, of the deviation {deviation:.3f}:")
    print(f"lam/2 = (noise / deviation)² / m, here ({1.0 / deviation:.3f})² / {SAMPLES}")

    figure, _ = plots.fit_curve(found["least squares"], X, y, truth=lambda x: 0.8 * x + 2.0)
    picture = chosen.out / "regression.png"
    figure.savefig(picture, dpi=110)
    print(f"\nData, fit and residuals: {picture}")
    print("\nTry next: another `--seed`; how far does the fitted line move from the true one?")
    return claims


if __name__ == "__main__":
    main()
