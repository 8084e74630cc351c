"""Input noise: for a linear neuron, noise on the inputs is an L2 penalty in expectation.

    python -m demos.input_noise --out demos/out --seed 0

Noise of deviation sigma on the input adds sigma² w² to the expected squared error, which is what
``L2(2 sigma²)`` adds. Left, sigma = 1: the line that learns from new noise in every epoch lies on
the line of L2, and both are flatter than the line that learns from the points alone. Grey: the
points with noise, some of what it learns from. Right: the weight against sigma. The curve is the
closed form 8.8 / (10 + 5 sigma²); training with noise, on 100 noisy copies of every point
(augmentation), and with L2 all end near it.

Syllabus: E5.
"""

from __future__ import annotations

from random import Random
from typing import Any

import nn
from autograd import square
from demos import on_both, options, panels
from nn.plots.canvas import BLACK, BLUE, GREEN, LIGHT, VERMILLION

# Five points about 3.7 + 0.88 x: the sum of x² is 10, that of x y is 8.8, the mean of y is 3.7.
X, Y = [[-2.0], [-1.0], [0.0], [1.0], [2.0]], [2.3, 1.7, 4.0, 5.9, 4.6]
SIGMAS, COPIES = (0.25, 0.5, 1.0, 1.5), 100


class InputNoise(nn.Module):
    """Add noise of deviation sigma to each input while it is trained."""

    def __init__(self, sigma: float) -> None:
        self.sigma = sigma
        self.rng = Random(0)  # fit lends its own generator

    def __call__(self, inputs: Any) -> list[Any]:
        """Give the inputs with new noise, or as they are when the model is used."""
        if not self.training:
            return list(inputs)
        return [x + self.rng.gauss(0.0, self.sigma) for x in inputs]


def noisy_error(w: Any, b: Any, sigma: float) -> Any:
    """Give the mean squared error over noise that is +sigma or -sigma: its deviation is sigma."""
    errors = [
        square(w * (x + noise) + b - t)
        for (x,), t in zip(X, Y, strict=True) for noise in (sigma, -sigma)
    ]  # fmt: skip
    return sum(errors) / len(errors)


def penalised_error(w: Any, b: Any, sigma: float) -> Any:
    """Give the mean squared error without noise, plus lam/2 w² with lam = 2 sigma²."""
    return noisy_error(w, b, 0.0) + 0.5 * (2.0 * sigma**2) * square(w)


def by_hand(sigma: float) -> float:
    """Give the weight of least squares with L2(2 sigma²)."""
    return 8.8 / (10.0 + 5.0 * sigma**2)


def learn(sigma: float, rows: Any, targets: Any, **how: Any) -> list[float]:
    """Give weight and bias of a linear neuron, trained with noise on its input."""
    neuron = nn.Neuron(1, init=nn.constant(0.0))
    nn.fit(nn.Sequential(InputNoise(sigma), neuron), rows, targets, progress=False, **how)
    return [p.data for p in neuron.parameters()]


def draw_lines(ax: Any, lines: dict[str, list[float]], rng: Random) -> None:
    """Draw the points, some noisy copies for sigma = 1, and lines with their names."""
    for _ in range(40):
        copies = [x + rng.gauss(0.0, 1.0) for (x,) in X]
        ax.plot(copies, Y, ".", color=LIGHT, markersize=4, zorder=0)
    looks = [(BLACK, ":", 1.5), (VERMILLION, "-", 3.5), (BLUE, "--", 1.5)]
    for (name, (w, b)), (colour, dash, wide) in zip(lines.items(), looks, strict=True):
        ends = [-3.3, 3.3], [b - 3.3 * w, b + 3.3 * w]
        ax.plot(*ends, color=colour, linestyle=dash, linewidth=wide, label=name)
    ax.plot(X, Y, "o", color=BLACK, label="points")
    ax.legend(frameon=False, fontsize=9, loc="upper left", handlelength=2.6)
    ax.set(title="noise of deviation 1", xlabel="$x$", ylabel="$y$", xlim=(-3.4, 3.4))
    ax.set_ylim(0.3, 8.4)


def draw_weights(ax: Any, weights: dict[str, list[float]]) -> None:
    """Draw weights against sigma, by hand and as they were found."""
    finely = [0.02 * i for i in range(86)]
    ax.plot(finely, [by_hand(sigma) for sigma in finely], color=BLACK, label="by hand")
    looks = [("s", BLUE), ("o", VERMILLION), ("^", GREEN)]
    for (name, found), (marker, colour) in zip(weights.items(), looks, strict=True):
        ax.scatter(
            SIGMAS, found, 70, "none", marker=marker, edgecolors=colour, label=name, zorder=3
        )
    ax.legend(frameon=False, fontsize=9)
    ax.set(title="the weight after training", xlabel="sigma", ylabel="$w$", ylim=(0.0, 1.0))


def main(argv: list[str] | None = None) -> dict[str, float]:
    """Run the demo; give the weights that training with noise found."""
    chosen = options("input_noise", __doc__, argv, seed="the noise", trains="tape")
    rng = Random(chosen.seed)
    still = {"optimizer": nn.SGD(0.1), "epochs": 30, "engine": chosen.engine}
    noisy = {"optimizer": nn.SGD(0.05), "epochs": 2000, "schedule": nn.inverse_time(0.05),
             "rng": rng, "engine": chosen.engine}  # fmt: skip

    print("Error and slopes at w = 0.5, b = 3, for sigma = 0.5:")
    error, slopes = on_both(lambda w, b: noisy_error(w, b, 0.5), 0.5, 3.0)
    again, others = on_both(lambda w, b: penalised_error(w, b, 0.5), 0.5, 3.0)
    print(f"  mean over noise of +sigma, -sigma   {error:.4f}  {slopes[0]:.4f}  {slopes[1]:.4f}")
    print(f"  without noise, with L2(2 sigma²)    {again:.4f}  {others[0]:.4f}  {others[1]:.4f}")
    pairs = zip([error, *slopes], [again, *others], strict=True)
    assert all(abs(a - b) < 1e-12 for a, b in pairs), "one is the other"

    print("\nThe weight after training:")
    print("  sigma   by hand   L2(2 sigma²)   noise    noisy copies")
    lines = {"neither": learn(0.0, X, Y, **still)}
    weights: dict[str, list[float]] = {"L2": [], "noise": [], "noisy copies": []}
    for sigma in SIGMAS:
        l2 = learn(0.0, X, Y, regularizer=nn.L2(2.0 * sigma**2), **still)
        noise = learn(sigma, X, Y, **noisy)
        copies = [[x + rng.gauss(0.0, sigma)] for (x,) in X for _ in range(COPIES)]
        copied = learn(0.0, copies, [t for t in Y for _ in range(COPIES)], **still)
        if sigma == 1.0:
            lines |= {"with noise": noise, "with L2(2)": l2}
        w, *three = by_hand(sigma), l2[0], noise[0], copied[0]
        print("  {:<5}   {:.4f}    {:.4f}         {:.4f}   {:.4f}".format(sigma, w, *three))
        assert abs(three[0] - w) < 1e-5, "L2 is the closed form"
        assert abs(three[1] - w) < 0.05 and abs(three[2] - w) < 0.09, "noise is L2"
        for found, each in zip(weights.values(), three, strict=True):
            found.append(each)

    figure, (left, right) = panels(2, size=(4.6, 3.8))
    draw_lines(left, lines, rng)
    draw_weights(right, weights)
    picture = chosen.out / "input_noise.png"
    figure.savefig(picture, dpi=100)
    print(f"\nThe lines, and the weight against sigma: {picture}")
    print("\nTry next: `half_squared_error`. Which L2 is the same as the noise now?")
    return {f"sigma {sigma}": w for sigma, w in zip(SIGMAS, weights["noise"], strict=True)}


if __name__ == "__main__":
    main()
