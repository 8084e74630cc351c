"""Activations: nine functions, their derivatives, and conventions for where there is none.

    python -m demos.activations --out demos/out --seed 0

Each panel has an activation f (blue) and its derivative f' (orange, dashed): the factor by which
an error is multiplied on its way back through the unit. Far from 0 those of sigmoid and tanh
vanish. That of relu is 0 for half of all inputs, and a unit that meets only these is dead; a leaky
one keeps a slope (0.1 here, usually 0.01). The steps are flat everywhere: no gradient trains them.
Gaps are jumps; what f' is there, and at corners, is a convention, which the demo prints.

Syllabus: B6, A11.
"""

from __future__ import annotations

from typing import Any

import autograd
import nn
from autograd import jacobian, leaky_relu, maximum, sign
from demos import on_both, options
from nn import plots

ACTIVATIONS = {  # f, and its derivative as one writes it by hand, for z and y = f(z)
    "linear": (nn.ACTIVATIONS["linear"], "1", lambda z, y: 1.0),
    "sigmoid": (nn.sigmoid, "y (1 - y)", lambda z, y: y * (1.0 - y)),
    "tanh": (nn.tanh, "1 - y^2", lambda z, y: 1.0 - y**2),
    "relu": (nn.relu, "step(z)", lambda z, y: nn.step(z)),
    "leaky relu": (leaky_relu, "1 if z > 0, else 0.01", lambda z, y: 1.0 if z > 0.0 else 0.01),
    "softplus": (nn.softplus, "sigmoid(z)", lambda z, y: nn.sigmoid(z)),
    "hard tanh": (nn.hard_tanh, "1 if -1 < z < 1, else 0", lambda z, y: float(-1.0 < z < 1.0)),
    "step": (nn.step, "0", lambda z, y: 0.0),
    "bipolar step": (nn.bipolar_step, "0", lambda z, y: 0.0),
}
CONVENTIONS = [  # f, a point without a derivative, its value there, and what we say instead
    ("relu(z)", nn.relu, [0.0], 0.0, [0.0]),
    ("|z|", autograd.abs, [0.0], 0.0, [0.0]),
    ("hard_tanh(z)", nn.hard_tanh, [1.0], 1.0, [0.0]),
    ("hard_tanh(z)", nn.hard_tanh, [-1.0], -1.0, [0.0]),
    ("maximum(a, b)", maximum, [2.0, 2.0], 2.0, [0.5, 0.5]),
    ("step(z)", nn.step, [0.0], 0.0, [0.0]),
    ("sign(z)", sign, [0.0], 0.0, [0.0]),
    ("bipolar_step(z)", nn.bipolar_step, [0.0], 1.0, [0.0]),
]


def max_pooling(inputs: list[Any]) -> list[Any]:
    """Give the larger of every two neighbours."""
    return [maximum(a, b) for a, b in zip(inputs[::2], inputs[1::2], strict=True)]


def revive(activation: str, engine: str) -> tuple[list[float], float]:
    """Train a unit that begins below 0 at all its inputs; give its first gradient, last loss."""
    unit, X, y = nn.MLP([1, 1], output=activation), [[0.0], [1.0], [2.0], [3.0]], [0, 1, 2, 3]
    for parameter, number in zip(unit.parameters(), (1.0, -5.0), strict=True):
        parameter.data = number
    table = unit([2.0])[0].backward()
    gradient = [table[parameter] for parameter in unit.parameters()]
    history = nn.fit(unit, X, y, "auto", nn.Adam(0.1), 300, engine=engine, progress=False)
    return gradient, history.loss[-1]


def main(argv: list[str] | None = None) -> dict[str, float]:
    """Run the demo; give the slopes at 0.7, and the losses of the unit that is dead at first."""
    chosen = options("activations", __doc__, argv, trains=True)

    print("activation      f(-2.5)  f'(-2.5)    f(0.7)   f'(0.7)   f' by hand, y = f(z)")
    slopes = {}
    for name, (f, text, by_hand) in ACTIVATIONS.items():
        (low, (rise,)), (high, (slope,)) = on_both(f, -2.5), on_both(f, 0.7)
        print(f"{name:<14} {low:+8.4f} {rise:9.4f} {high:+9.4f} {slope:9.4f}   {text}")
        slopes[f"{name}'"] = slope
        assert abs(rise - by_hand(-2.5, low)) + abs(slope - by_hand(0.7, high)) < 1e-14, name
    apart = max(abs(nn.sigmoid(z) - (1.0 + nn.tanh(z / 2.0)) / 2.0) for z in (-2.5, 0.0, 0.7))
    print("sigmoid(z) = (1 + tanh(z / 2)) / 2 to 15 digits, at -2.5, 0 and 0.7.")

    print("\nno derivative    at       value   convention")
    for name, f, at, value, instead in CONVENTIONS:
        where, partials = (", ".join(f"{x:g}" for x in numbers) for numbers in (at, instead))
        print(f"{name:<16} {where:<8} {value:5g}   {partials}")
        assert on_both(f, *at) == (value, instead), f"the convention of {name}"

    (dead, stuck), (leaky, free) = (revive(f, chosen.engine) for f in ("relu", "leaky_relu"))
    print("\nA unit with w = 1, b = -5, at x = 2       relu       leaky relu")
    print(f"gradient for w and b                     {dead}  {leaky}")
    print(f"loss, trained on y = x for x from 0 to 3  {stuck:.4f}      {free:.4f}")
    row = [3.0, 5.0, -1.0, -4.0]
    pooled, routes = max_pooling(row), jacobian(max_pooling)(row)
    print(f"\nMax-pooling: {row} becomes {pooled}.")
    print(f"Only the winners get a gradient: {[[int(x) for x in route] for route in routes]}.")

    curves = {name: f for name, (f, *_) in ACTIVATIONS.items()}
    curves["leaky relu"] = lambda z: leaky_relu(z, 0.1)  # one can see that slope
    plots.curves(curves)[0].savefig(chosen.out / "activations.png", dpi=100)
    print(f"\nThe curves: {chosen.out / 'activations.png'}")

    assert apart < 1e-14, "a sigmoid is a tanh, moved and stretched"
    assert dead == [0.0, 0.0] and stuck == 3.5 and free < 0.01, "a dead unit stays dead"
    assert pooled == [5.0, -1.0] and routes == [[0, 1, 0, 0], [0, 0, 1, 0]], "the larger of two"
    print("\nTry next: which of these is the derivative of softplus? Which is that of relu?")
    return {**slopes, "loss, relu": stuck, "loss, leaky relu": free}


if __name__ == "__main__":
    main()
