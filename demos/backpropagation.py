"""Backpropagation: four equations, worked by hand, give what the engine's sweep gives.

    python -m demos.backpropagation --out demos/out --seed 0

A net of two sigmoid and two linear units; its loss is half the squared error. In each circle stands
the value that went forward, beside it, with δ, the error signal that came back: the gradient by the
unit's inner potential. Each line has its
weight and, after ∂, the weight's gradient: what enters the line times the δ at its end. A
nudge of the first weight reaches the loss by the two paths drawn wide: −0.0084 through y1 and
−0.0190 through y2 make its gradient −0.0274. The second picture is the graph that the engine
recorded, with the same numbers.

Syllabus: A8, A13, D3.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
from autograd import GradTable, Tape, affine, explain, grad_table, paths, sigmoid
from demos import options, panels
from nn.plots.canvas import BLACK, GREY, VERMILLION

W1, B1 = [[0.1, -0.2], [0.4, 0.3]], [0.05, -0.1]
W2, B2 = [[0.7, -0.5], [0.2, 0.6]], [0.0, 0.1]
X, T = [1.0, 2.0], [0.0, 1.0]
START = [*W1[0], B1[0], *W1[1], B1[1], *W2[0], B2[0], *W2[1], B2[1]]  # unit by unit


def by_hand(output: str) -> tuple[float, list[float]]:
    """Give the loss, and the gradients unit by unit, from the four equations."""
    h = [sigmoid(z) for z in affine(W1, X, B1)]
    y = [sigmoid(z) if output == "sigmoid" else z for z in affine(W2, h, B2)]
    slope = [a * (1.0 - a) if output == "sigmoid" else 1.0 for a in y]
    top = [(y[k] - T[k]) * slope[k] for k in (0, 1)]  # 1: error signals at the top
    below = [(W2[0][i] * top[0] + W2[1][i] * top[1]) * h[i] * (1.0 - h[i]) for i in (0, 1)]  # 2
    gradients = []
    for inputs, signals in ((X, below), (h, top)):
        for delta in signals:
            gradients += [*[a * delta for a in inputs], delta]  # 3: weights, 4: the bias
    return sum(0.5 * (y[k] - T[k]) ** 2 for k in (0, 1)), gradients


def forward(W: Any, b: Any, H: Any) -> Any:
    """Send outputs up, a row per sample: the first message of a linear module."""
    return H @ W.T + b


def backward(W: Any, G: Any) -> Any:
    """Send error signals down: the second message."""
    return G @ W


def parameter(H: Any, G: Any) -> Any:
    """Give the gradient of W', H' G, and below it that of b: the third message."""
    return np.vstack([H.T @ G, G.sum(axis=0)])


def by_messages(rows: Any) -> Any:
    """Give the gradients of the mean loss of a batch, in the order of ``by_hand``."""
    H = 1.0 / (1.0 + np.exp(-forward(np.array(W1), B1, rows)))
    G = (forward(np.array(W2), B2, H) - T) / len(rows)  # the error signals at the top
    D = backward(np.array(W2), G) * (H * (1.0 - H))  # elementwise: the message of the sigmoids
    return np.hstack([parameter(rows, D).T.ravel(), parameter(H, G).T.ravel()])


def draw(model: nn.MLP, table: GradTable, picture: Any) -> None:
    """Draw what went forward and what came back, and the two paths of the first weight."""
    figure, (axes,) = panels(1, size=(9.4, 4.2))
    words = [(0, 0, "x1\n1"), (0, -1, "x2\n2"), (2.8, -0.5, f"L\n{table.output.data:.4f}")]
    for k, (layer, outputs) in enumerate(zip(model.layers, model.hidden(X), strict=True)):
        for i, unit in enumerate(layer.neurons):
            words.append((k + 1, -i, f"{'hy'[k]}{i + 1}\n{outputs[i].data:.3f}"))
            words.append((k + 1, 0.33 - 1.66 * i, f"δ {table[unit.bias]:.4f}"))
            for j, w in enumerate(unit.weights):
                wide = j == 0 and (k == 1 or i == 0)
                axes.plot([k, k + 1], [-j, -i], color=VERMILLION if wide else GREY, lw=1 + 3 * wide)
                at = 0.5 if i == j else 0.3  # where lines cross, the words stand side by side
                words.append((k + at, -j + at * (j - i), f"{w.data:.1f}\n∂ {table[w]:.4f}"))
    axes.plot([2, 2.8, 2], [0, -0.5, -1], color=VERMILLION, linewidth=4)
    axes.plot([0, 0, 1, 1, 2, 2, 2.8], [0, -1] * 3 + [-0.5], "o", ms=50, color="white", mec=BLACK)
    paper = {"facecolor": "white", "linewidth": 0, "pad": 0.5}
    for x, height, text in words:
        axes.text(x, height, text.replace("-", "−"), ha="center", va="center", bbox=paper)
    axes.set(xlim=(-0.3, 3.1), ylim=(-1.5, 0.5))
    axes.set_axis_off()
    figure.savefig(picture, dpi=100)


def main(argv: list[str] | None = None) -> dict[str, float]:
    """Run the demo; give the losses, and what comes to the first weight by either path."""
    out, L = options("backpropagation", __doc__, argv).out, {}
    for output in ("sigmoid", "linear"):
        model = nn.MLP([2, 2, 2], "sigmoid", output, rng=0)
        parameters, (L[output], hand) = model.parameters(), by_hand(output)
        model.load_state_dict(dict(zip(model.state_dict(), START, strict=True)))
        loss = nn.half_squared_error(model(X), T).named("L")
        table = loss.backward()
        _, replayed = Tape(loss, [], parameters).value_and_grad([[]])
        rows = [*zip(parameters, hand, replayed, strict=True)]
        print(f"{output} outputs: L = {loss.data:.12f}, dL/dw1[0,0] = {hand[0]:.15f}")
        assert all(abs(a - table[p]) + abs(a - b) < 1e-15 for p, a, b in rows), "not the same"
    print("\nlinear outputs     by hand       engine         tape")
    for p, a, b in rows:
        print(f"  dL/d{p.label:8} {a:12.9f} {table[p]:12.9f} {b:12.9f}")
    print(f"\nA nudge of the first weight goes two ways:\n{explain(loss, parameters[0])}")
    batch = [[1.0, 2.0], [0.0, -1.0], [0.5, 0.5]]
    mean = grad_table(nn.empirical_risk(model, batch, [T] * 3, nn.half_squared_error))
    apart = np.abs(by_messages(np.array(batch)) - [mean[p] for p in parameters]).max()
    print(f"\nA batch of 3 by messages, H' G for the weights: within {apart:.0e} of the engine.")
    print(f"Elementwise: [1, 2] o [3, 4] = {(np.array([1, 2]) * [3, 4]).tolist()}")
    draw(model, table, picture := out / "backpropagation.png")
    print(f"\nThe net: {picture}\nIts graph: {loss.graph().save(out / 'backpropagation.svg')}")
    one, two = (path.product for path in paths(loss, parameters[0]))
    assert abs(one + 0.008442106471309507) + abs(two + 0.018994935034387258) < 1e-15, "two paths"
    assert abs(one + two - hand[0]) + apart < 1e-15, "paths must add up, and messages agree"
    assert abs(L["linear"] - 0.07564654688843778) + abs(L["sigmoid"] - 0.180592888872329) < 1e-15
    print("\nTry next: make the first input 0. Which gradients vanish, and why not the biases'?")
    return L | {"through y1": one, "through y2": two, "dL/db2[1]": hand[-1]}


if __name__ == "__main__":
    main()
