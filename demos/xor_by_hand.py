"""XOR by hand: two nets and a feature whose weights we write down, and what a line can do at best.

    python -m demos.xor_by_hand --out demos/out --seed 0

Above: a ReLU net with whole weights, what it answers over the plane, and its hidden space. There
both 1s (orange squares) are on one point, and a straight line parts them from the 0s (blue
circles), as none does in the plane. Black is where the answer is halfway.

Below: a threshold net, for inputs -1 and +1, whose two units draw a line each. With x1 x2 as a
third input, linear weights 1, 1, -2 are XOR, too. Without it the best linear fit is 1/2 at every
point, with a mean squared error of 1/4.

Syllabus: B3, B4, B5.
"""

from __future__ import annotations

from typing import TypeVar

import nn
from demos import options, panels
from nn import datasets, plots

X, Y = datasets.xor()
SIGNS, SIGNED = [[2 * a - 1, 2 * b - 1] for a, b in X], [2 * y - 1 for y in Y]
HEAD = """\
bits      threshold net on -1, +1      ReLU net     x1 + x2 - 2 x1 x2   linear fit
x1 x2     x1  x2   z1  z2    y      h1 h2   y     x1 x2 x1x2    y         y"""
ROW = " {:.0f}  {:.0f}     {:+.0f}  {:+.0f}   {:+.0f}  {:+.0f}   {:+.0f}       {:.0f}  {:.0f}"
ROW += "   {:.0f}      {:.0f}  {:.0f}   {:.0f}     {:.0f}       {:.4f}"
M = TypeVar("M", bound=nn.Module)


def put(model: M, *numbers: float) -> M:
    """Set the parameters of a model: neuron by neuron, its weights, then its bias."""
    for parameter, number in zip(model.parameters(), numbers, strict=True):
        parameter.data = float(number)
    return model


def threshold_net() -> nn.MLP:
    """Give z1 = sgn(1 - x1 + x2), z2 = sgn(-1 - x1 + x2), y = sgn(1 - z1 + z2)."""
    net = nn.MLP([2, 2, 1], activation="bipolar_step", output="bipolar_step")
    return put(net, -1, 1, 1, -1, 1, -1, -1, 1, 1)


def relu_net() -> nn.MLP:
    """Give h1 = relu(x1 + x2), h2 = relu(x1 + x2 - 1), y = h1 - 2 h2."""
    return put(nn.MLP([2, 2, 1], activation="relu"), 1, 1, 0, 1, 1, -1, 1, -2, 0)


def linear_fit(seed: int, engine: str) -> tuple[nn.MLP, float]:
    """Fit w1 x1 + w2 x2 + b to XOR; give it, and its mean squared error."""
    line, gradient_descent = nn.MLP([2, 1], rng=seed), nn.SGD(0.2, momentum=0.8)
    history = nn.fit(
        line, X, Y, "squared_error", gradient_descent, epochs=300, engine=engine, progress=False
    )
    return line, history.loss[-1]


def main(argv: list[str] | None = None) -> dict[str, float]:
    """Run the demo; give the linear fit and its error."""
    chosen = options("xor_by_hand", __doc__, argv, "the linear fit's first weights", trains=True)

    steps, relu, linear = threshold_net(), relu_net(), put(nn.Layer(3, 1), 1, 1, -2, 0)
    line, error = linear_fit(chosen.seed, chosen.engine)
    w1, w2, b = (round(p.data, 9) + 0.0 for p in line.parameters())  # no -0.0000
    print(HEAD)
    hidden, answers = [], []
    for x, signs in zip(X, SIGNS, strict=True):
        (z, y), (h, out) = steps.hidden(signs), relu.hidden(x)
        features = [*x, x[0] * x[1]]
        print(ROW.format(*x, *signs, *z, *y, *h, *out, *features, *linear(features), *line(x)))
        hidden.append([unit.data for unit in h])
        answers.append([answer.data for answer in (*y, *out, *linear(features))])
    print("\nOn these four points the ReLU net's h2 is the feature x1 x2.")
    print(f"linear fit: w1 {w1:.4f}, w2 {w2:.4f}, b {b:.4f}; mean squared error {error:.4f}")

    figure, (diagram, *planes) = panels(6, 3, (3.3, 2.75))
    plots.network(relu, ax=diagram)
    diagram.set_title("ReLU net: its weights")
    drawn = [
        ("its output", relu, X, Y),
        ("its hidden space", relu.layers[1], hidden, Y),
        ("threshold net on -1, +1", steps, SIGNS, SIGNED),
        ("$x_1 + x_2 - 2 x_1 x_2$", lambda x: linear([*x, x[0] * x[1]]), X, Y),
        ("best linear fit: 1/2 everywhere", line, X, Y),
    ]
    for axes, (title, model, rows, targets) in zip(planes, drawn, strict=True):
        plots.decision_boundary(model, rows, targets, ax=axes)
        axes.get_legend().remove()
        axes.set(title=title, aspect="auto")
    planes[1].set(xlabel="$h_1$", ylabel="$h_2$")
    planes[1].annotate("2×", (1, 0), (1.08, 0.08))
    picture = chosen.out / "xor_by_hand.png"
    figure.savefig(picture, dpi=85, bbox_inches="tight")
    print(f"\nWhat they answer over the plane: {picture}")

    assert answers == [[2 * y - 1, y, y] for y in Y], "each of the three is XOR"
    assert hidden == [[0, 0], [1, 0], [1, 0], [2, 1]], "x1 + x2 and x1 x2"
    assert abs(w1) + abs(w2) + abs(b - 0.5) + abs(error - 0.25) < 1e-6, "not the best linear fit"
    print("\nTry next: other features. Does (x1 - x2)^2 alone do? And |x1 - x2|?")
    return {"w1": w1, "w2": w2, "b": b, "mean squared error": error}


if __name__ == "__main__":
    main()
