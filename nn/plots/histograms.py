"""Histograms, layer by layer: do signals reach the top, and error signals the bottom?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain, zip_longest
from math import ceil, floor, isfinite, log10
from statistics import fmean, median
from typing import Any

from autograd import grad_table
from autograd.errors import counted, shortened

from ..checks import outputs_of
from ..layers import Activated, Dropout
from ..losses import Loss
from ..module import Module, Parameter, evaluating
from ..networks import Recurrent, Sequential
from ..risk import empirical_risk
from ..samples import inputs_in
from .canvas import BLACK, BLUE, VERMILLION, matplotlib, panels, style
from .data import output_name, samples_in, targets_for

BINS = 40
SATURATED = 0.97  # of a tanh; a sigmoid is one of half the potential, moved to 0 .. 1
BOUNDS = {
    **dict.fromkeys(["tanh", "hard_tanh", "bipolar_step"], (-1.0, 1.0)),
    **dict.fromkeys(["sigmoid", "step", "softmax", "sparsemax"], (0.0, 1.0)),
}
SQUASHING: dict[str, tuple[str, Callable[[float], float]]] = {
    "tanh": ("|a|", abs),
    "hard_tanh": ("|a|", abs),
    "sigmoid": ("|2a − 1|", lambda a: abs(2.0 * a - 1.0)),
}


def activation_histograms(model: Any, X: Any, ax: Any = None) -> tuple[Any, list[Any]]:
    """Draw the outputs of each layer over the samples as a histogram.

    ``model`` has a method ``hidden(inputs)`` that gives the outputs of every layer, as ``MLP``
    and ``Sequential`` have (``Recurrent``: its states in every step); ``X``: m samples;
    ``ax``: see ``nn.plots``, a panel for each layer but ``Dropout``, which changes nothing here.
    Above each panel stand the standard deviation and, for units that saturate, the share that
    is: |a| > 0.97 for tanh and hard tanh, and for a sigmoid |2a - 1| > 0.97, which is the
    same for a tanh of half the potential; for relu, the share that is exactly 0. Raises
    ``ValueError`` for no samples and for numbers that are not finite, ``TypeError`` for a model
    without ``hidden``, ``ImportError`` without matplotlib. Source: syllabus D4, D5.

    >>> from nn import MLP
    >>> figure, axes = activation_histograms(MLP([2, 3, 1], rng=0), [[0.0, 1.0], [2.0, -1.0]])
    >>> [panel.get_title().splitlines()[0] for panel in axes]
    ['layer 1: tanh', 'layer 2: linear']
    """
    who = "activation_histograms"
    if not callable(getattr(model, "hidden", None)):
        kind = type(model).__name__
        raise TypeError(
            f"{who} expects a model with hidden(inputs), which gives the outputs of every"
            f" layer, as MLP and Sequential have, got {kind} {shortened(model)}"
        )
    rows = inputs_in(samples_in(X, who), f"X of {who}")
    with evaluating(model):
        passes = [
            [[node.data for node in outputs_of(layer, who)] for layer in model.hidden(x)]
            for x in rows
        ]
    # sequences may differ in length, and then the last steps have fewer outputs
    layers = [list(chain(*each)) for each in zip_longest(*passes, fillvalue=[])]
    names = _names(model, len(layers))
    kept = [k for k, (name, _) in enumerate(names) if name]

    with style(ax):
        columns = len(kept) if len(kept) < 5 else ceil(len(kept) / ceil(len(kept) / 5))
        figure, axes = panels(ax, len(kept), columns, (2.3, 2.1), who)
        for panel, k in zip(axes, kept, strict=True):
            name, activation = names[k]
            _draw_outputs(panel, name, activation, layers[k])
        for panel in axes[-columns:]:
            panel.set_xlabel("output $a$")
        axes[0].set_ylabel("share of outputs")
    return figure, axes


def _names(model: Any, count: int) -> list[tuple[str, str]]:
    """Give the title of each layer and its activation; dropout has no title."""
    if isinstance(model, Recurrent):
        activation = output_name(model.cell)
        return [(f"step {k}: {activation}", activation) for k in range(1, count + 1)]
    if not isinstance(model, Sequential):
        return [(f"layer {k}", "") for k in range(1, count + 1)]
    return [_name(module, k) for k, module in enumerate(model.layers, start=1)]


def _name(module: Any, k: int) -> tuple[str, str]:
    if isinstance(module, Dropout):
        return "", ""
    activation = output_name(module)
    if isinstance(module, Activated):
        return f"{activation} {k}", activation
    kind = type(module).__name__.lower() if isinstance(module, Module) else "function"
    return f"{kind} {k}" + (f": {activation}" if activation else ""), activation


def _draw_outputs(panel: Any, name: str, activation: str, outputs: Sequence[float]) -> None:
    known = [a for a in outputs if isfinite(a)]
    reach = max(map(abs, known), default=0.0) or 1.0
    low, high = BOUNDS.get(activation, (-reach if min(known, default=0.0) < 0.0 else 0.0, reach))
    panel.hist(known, bins=BINS, range=(low, high), color=BLUE)
    margin = 0.04 * (high - low)
    panel.set(xlim=(low - margin, high + margin), yticks=[])
    if activation in BOUNDS:
        panel.set_xticks([low, 0.5 * (low + high), high])
    else:
        panel.xaxis.set_major_locator(matplotlib().ticker.MaxNLocator(4))
    panel.spines["left"].set_visible(False)
    panel.set_title("\n".join([name, *_output_notes(activation, known, len(outputs))]), fontsize=9)


def _output_notes(activation: str, known: Sequence[float], count: int) -> list[str]:
    """Give the lines below a title: how wide, how many at an end, how many are missing."""
    notes = [f"std {_deviation(known):.2g}"] if known else []
    if activation in SQUASHING and known:
        written, size = SQUASHING[activation]
        share = sum(size(a) > SATURATED for a in known) / len(known)
        notes.append(f"{written} > {SATURATED}: {_percent(share)}")
    if activation == "relu" and known:
        notes.append(f"{_percent(known.count(0.0) / len(known))} are 0")
    lines = [", ".join(notes)] if notes else []
    if len(known) < count:
        lines.append(f"{_percent(1.0 - len(known) / count)} not finite")
    return lines


def _deviation(numbers: Sequence[float]) -> float:
    middle = fmean(numbers)
    return float(fmean((x - middle) * (x - middle) for x in numbers) ** 0.5)


def _percent(share: float) -> str:
    """Write a share; what is not all, or not nothing, does not look as if it were.

    >>> _percent(0.92), _percent(0.0001), _percent(0.9999), _percent(1.0)
    ('92 %', '< 1 %', '> 99 %', '100 %')
    """
    if 0.0 < share < 0.005:
        return "< 1 %"
    return "> 99 %" if 0.995 <= share < 1.0 else f"{100.0 * share:.0f} %"


def gradient_histograms(
    model: Module, X: Any, y: Any, loss: str | Loss = "auto", ax: Any = None
) -> tuple[Any, list[Any]]:
    """Draw the gradient of the empirical risk by the weights of each layer as a histogram.

    ``X``, ``y`` and ``loss`` as in ``nn.empirical_risk``; the model is used without dropout.
    The axis is the gradient's size in powers of ten, the same for all layers, so that gradients
    that vanish or explode with depth show. Beside each histogram stand the median (of the
    logarithms, over what is not 0) and the share that is exactly 0. Layers are those of a
    ``Sequential`` or ``MLP``, for any other ``Module`` its attributes; biases are left out.
    ``ax``: see ``nn.plots``; a panel for each layer. Raises ``ValueError`` for data that do not
    fit or a model without weights, ``TypeError`` for what is no ``Module``, ``ImportError``
    without matplotlib. Source: syllabus D4, D5.

    >>> from nn import MLP
    >>> figure, axes = gradient_histograms(MLP([2, 3, 1], rng=0), [[0.0, 1.0]], [1.0])
    >>> [panel.get_title("left") for panel in axes]
    ['layer 1: tanh (6 weights)', 'layer 2: linear (3 weights)']
    """
    who = "gradient_histograms"
    if not isinstance(model, Module):
        kind = type(model).__name__
        raise TypeError(f"{who} expects a Module, such as an MLP, got {kind} {shortened(model)}")
    groups = _weights(model)
    if not groups:
        raise ValueError(f"{who} expects a model with weights, got {model!r}")
    rows = samples_in(X, who)
    with evaluating(model):
        table = grad_table(empirical_risk(model, rows, _targets(rows, y, who), loss))
    sizes = {name: [abs(table[w]) for w in weights] for name, weights in groups.items()}
    logarithms = {
        name: [log10(g) for g in each if g > 0.0 and isfinite(g)] for name, each in sizes.items()
    }
    known = list(chain(*logarithms.values())) or [0.0]
    low, high = floor(min(known)), max(ceil(max(known)), floor(min(known)) + 1)

    with style(ax):
        figure, axes = panels(ax, len(groups), 1, (5.6, 0.95), who, shared=True)
        if ax is None:  # room for the label of the axis
            figure.set_size_inches(5.6, 0.95 * len(groups) + 0.6)
        for panel, name in zip(axes, groups, strict=True):
            panel.hist(logarithms[name], bins=2 * BINS, range=(low, high), color=BLUE)
            panel.set(yticks=[], xlim=(low, high))
            panel.spines["left"].set_visible(False)
            panel.tick_params(labelbottom=panel is axes[-1])
            if logarithms[name]:
                panel.axvline(median(logarithms[name]), color=VERMILLION, linestyle="--")
            title = f"{name} ({counted(len(sizes[name]), 'weight')})"
            panel.set_title(title, loc="left", fontsize=9, parse_math=False)
            panel.set_title(_notes(sizes[name]), loc="right", fontsize=9, color=BLACK)
            panel.xaxis.set_major_locator(matplotlib().ticker.MaxNLocator(8, integer=True))
            panel.xaxis.set_major_formatter(matplotlib().ticker.FuncFormatter(_power))
        axes[-1].set_xlabel(r"$|\partial\,$risk$\,/\,\partial w|$    (dashed: median)")
    return figure, axes


def _weights(model: Module) -> dict[str, list[Parameter]]:
    """Give the weights of each layer, by what to call it."""
    groups: dict[str, list[Parameter]] = {}
    for path, parameter in model.named_parameters().items():
        if parameter.kind == "weight":
            first, *rest = path.split(".")
            name = first
            if isinstance(model, Sequential) and first == "layers":
                name, _ = _name(model.layers[int(rest[0])], int(rest[0]) + 1)
            groups.setdefault(name, []).append(parameter)
    return groups


def _targets(rows: Sequence[Any], y: Any, who: str) -> list[Any]:
    targets_for(rows, y, who)  # for its message
    return list(y)


def _power(exponent: float, _: Any) -> str:
    return f"$10^{{{exponent:.0f}}}$"


def _notes(sizes: Iterable[float]) -> str:
    every = list(sizes)
    known = [log10(g) for g in every if g > 0.0 and isfinite(g)]
    # of the logarithms, as the dashed line: of an even number they give another median
    notes = []
    if known:
        factor, power = f"{10.0 ** median(known):.1e}".split("e")
        notes.append(rf"median ${factor}\cdot 10^{{{int(power)}}}$")
    for share, what in (
        (every.count(0.0) / len(every), "exactly 0"),
        (sum(not isfinite(g) for g in every) / len(every), "not finite"),
    ):
        if share:
            notes.append(f"{_percent(share)} {what}")
    return ", ".join(notes)
