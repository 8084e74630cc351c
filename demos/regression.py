"""Linear regression: a linear neuron finds the line that the normal equations give.

    python -m demos.regression --out demos/out --seed 0

Data: y = 0.8 x + 2 + N(0, 1). Minimising the mean squared error by gradient descent
ends at the closed form: that is what maximum likelihood says under Gaussian noise.
"""

from __future__ import annotations

from random import Random

import nn
from demos import options
from nn import datasets, plots

SAMPLES, EPOCHS = 40, 400


def closed_form(X: list[list[float]], y: list[float]) -> tuple[float, float]:
    """Solve the normal equations for slope and intercept."""
    mean_x, mean_y = sum(x for (x,) in X) / len(X), sum(y) / len(y)
    covariance = sum((x - mean_x) * (t - mean_y) for (x,), t in zip(X, y, strict=True))
    slope = covariance / sum((x - mean_x) ** 2 for (x,) in X)
    return slope, mean_y - slope * mean_x


def main(argv: list[str] | None = None) -> tuple[float, float]:
    """Run the demo; give the learnt slope and intercept."""
    chosen = options("regression", __doc__, argv, seed="data and initial weights")

    rng = Random(chosen.seed)
    X, y = datasets.line(SAMPLES, rng=rng)
    model = nn.MLP([1, 1], rng=rng)
    print(model)
    nn.fit(model, X, y, optimizer=nn.SGD(0.02, momentum=0.9), epochs=EPOCHS)
    slope, intercept = (p.data for p in model.parameters())
    exact = closed_form(X, y)

    print("\n                      slope     intercept")
    print("true line          0.800000      2.000000")
    print(f"gradient descent {slope:10.6f}    {intercept:10.6f}")
    print(f"normal equations {exact[0]:10.6f}    {exact[1]:10.6f}")

    figure, _ = plots.fit_curve(model, X, y, truth=lambda x: 0.8 * x + 2.0)
    picture = chosen.out / "regression.png"
    figure.savefig(picture, dpi=110)
    print(f"\nData, fit and residuals: {picture}")

    assert abs(slope - exact[0]) < 1e-6 and abs(intercept - exact[1]) < 1e-6, "not converged"
    print("\nTry next: another `--seed`; how far does the fitted line move from the true one?")
    return slope, intercept


if __name__ == "__main__":
    main()
