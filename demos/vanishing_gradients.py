"""Vanishing gradients: what ten sigmoid layers hand back is next to nothing.

    python -m demos.vanishing_gradients --out demos/out --seed 0

Left: the size of the loss's gradient by the weights of each layer, before training. Backwards
through a sigmoid layer it is multiplied by slopes of at most 1/4, so ten layers down nothing is
left; tanh and ReLU layers, whose slopes can be 1, hand it on, and so do sigmoid layers with a
skip connection around each, which gives the gradient a path of its own. Right: the loss while the
same nets learn two moons. The plain sigmoid net stays at ln 2 = 0.69, which is guessing.

Syllabus: D5, B12.
"""

from __future__ import annotations

import math
from random import Random
from typing import Any

import nn
from autograd import grad_table
from demos import on_both, options, panels
from nn import datasets
from nn.plots.canvas import BLACK, BLUE, GREEN, GREY, VERMILLION

WIDTH, LAYERS, SAMPLES, EPOCHS = 8, 10, 30, 60
KINDS = {  # activation, first weights, skip connections; and how to draw it
    "sigmoid": ("sigmoid", "xavier", False, VERMILLION, "-o"),
    "tanh": ("tanh", "xavier", False, BLUE, "--s"),
    "ReLU": ("relu", "he", False, GREEN, ":^"),
    "sigmoid, skips": ("sigmoid", "xavier", True, BLACK, "-.D"),
}


def net(kind: str, seed: int) -> nn.Sequential:
    """Make ten layers of eight units, and one unit that decides."""
    activation, init, skips, *_ = KINDS[kind]
    rng = Random(seed)
    layers = [
        nn.Layer(WIDTH if k else 2, WIDTH, activation, init=init, rng=rng) for k in range(LAYERS)
    ]
    hidden = [nn.Residual(layer) if skips and k else layer for k, layer in enumerate(layers)]
    return nn.Sequential(*hidden, nn.Layer(WIDTH, 1, "sigmoid", rng=rng))


def gradient_sizes(model: nn.Sequential, X: Any, y: Any) -> list[float]:
    """Give the root mean square of the gradient by the weights of each hidden layer."""
    table, sizes = grad_table(nn.empirical_risk(model, X, y)), []
    for layer in model.layers[:-1]:
        squares = [table[p] ** 2 for p in layer.parameters() if p.kind == "weight"]
        sizes.append(math.sqrt(sum(squares) / len(squares)))
    return sizes


def chain(x: Any) -> Any:
    """Send a number through ten sigmoids, each at 0, where it is steepest."""
    for _ in range(10):
        x = nn.sigmoid(x) - 0.5
    return x


def draw(sizes: dict[str, list[float]], losses: dict[str, list[float]]) -> Any:
    """Draw the gradients by layer, and the losses by epoch, each line with its name."""
    figure, (left, right) = panels(2, size=(4.6, 3.4))
    for kind, (*_, colour, line) in KINDS.items():
        options = {"color": colour, "markersize": 4.5, "markeredgecolor": "white"}
        left.semilogy(range(1, LAYERS + 1), sizes[kind], line, label=kind, **options)
        right.plot(range(1, EPOCHS + 1), losses[kind], line, markevery=6, **options)
    left.set(title="gradient by layer, before training", xlabel="layer (1 is at the inputs)",
             ylabel="size of the gradient", xticks=range(1, LAYERS + 1))  # fmt: skip
    left.legend(fontsize=9, loc="lower right")
    right.axhline(math.log(2.0), color=GREY, linewidth=0.8, zorder=0)
    right.set(title="learning two moons", xlabel="epoch", ylabel="loss", ylim=(0.0, 0.8))
    return figure


def main(argv: list[str] | None = None) -> dict[str, float]:
    """Run the demo; give the share of the gradient that arrives, and the losses at the end."""
    seed = "data and initial weights"
    chosen = options("vanishing_gradients", __doc__, argv, seed=seed, trains="tape")

    _, (slope,) = on_both(chain, 0.0)
    print(f"Ten links of sigmoid'(0) = 1/4: (1/4)^10 = {slope:.14g}, at best.\n")
    X, y = datasets.moons(SAMPLES, rng=chosen.seed)
    sizes, losses, claims = {}, {}, {"ten links": slope}
    print(f"gradient, root mean square   layer 1   layer {LAYERS}   loss after {EPOCHS} epochs")
    for kind in KINDS:
        model = net(kind, chosen.seed)
        sizes[kind] = gradient_sizes(model, X, y)
        history = nn.fit(model, X, y, optimizer=nn.Adam(0.01), epochs=EPOCHS,
                         progress=False, engine=chosen.engine)  # fmt: skip
        losses[kind] = history.loss
        print(f"{kind:<26}{sizes[kind][0]:10.1e}{sizes[kind][-1]:11.1e}{history.loss[-1]:12.3f}")
        claims[f"{kind}: first / last layer"] = sizes[kind][0] / sizes[kind][-1]
    picture = chosen.out / "vanishing_gradients.png"
    draw(sizes, losses).savefig(picture, dpi=100)
    print(f"\nGradients by layer, and what becomes of the loss: {picture}")

    assert slope == 9.5367431640625e-7, "the product of ten quarters"
    assert claims["sigmoid: first / last layer"] < 1e-4, "the gradient vanishes"
    assert claims["sigmoid, skips: first / last layer"] > 0.05, "a skip connection keeps it alive"
    assert losses["sigmoid"][-1] > 0.69, "what gets no gradient learns nothing"
    assert all(losses[kind][-1] < 0.66 for kind in KINDS if kind != "sigmoid"), "the others do"
    print("\nTry next: fewer layers. How many sigmoid layers can still be trained?")
    return claims


if __name__ == "__main__":
    main()
