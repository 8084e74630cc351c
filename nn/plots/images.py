"""The weights of neurons as images."""

from __future__ import annotations

from math import ceil, sqrt
from typing import Any

from autograd.errors import shortened, whole_number

from ..checks import sequence_of
from ..layers import Layer
from ..networks import Sequential
from .canvas import BLUE, VERMILLION, diverging, panels, style


def weight_images(layer: Any, shape: Any, ax: Any = None) -> tuple[Any, list[Any]]:
    """Draw the weights of each neuron of a layer as an image.

    ``layer`` is a ``Layer``, or a ``Sequential`` or ``MLP``, whose first layer is taken;
    ``shape`` is (rows, columns), and the weights fill the rows one after the other. Blue is
    positive, white 0, vermillion negative, as in ``network``, on one scale for all. ``ax``: see
    ``nn.plots``; a panel for each neuron. Raises ``ValueError`` unless rows times columns is
    the number of inputs, ``TypeError`` for what has no layer, ``ImportError`` without
    matplotlib. Source: syllabus B11.

    >>> from nn import MLP
    >>> figure, axes = weight_images(MLP([6, 2, 1], rng=0), (2, 3))
    >>> [panel.get_title() for panel in axes]
    ['unit 1', 'unit 2']
    """
    chosen = _layer(layer)
    sides = sequence_of(shape, "shape of weight_images", "rows and columns, such as (8, 8)")
    sides = [whole_number(side, "a side in the shape of weight_images", least=1) for side in sides]
    if len(sides) != 2 or sides[0] * sides[1] != chosen.n_inputs:
        raise ValueError(
            f"weight_images expects a shape (rows, columns) for {chosen.n_inputs} inputs,"
            f" got {tuple(sides)}"
        )
    rows, columns = sides
    images = []
    for neuron in chosen.neurons:
        numbers = [w.data for w in neuron.weights]
        images.append([numbers[r * columns : (r + 1) * columns] for r in range(rows)])
    largest = max(abs(w) for image in images for row in image for w in row) or 1.0

    with style():
        colours = diverging(low=VERMILLION, high=BLUE)
        many = len(images) > 4
        across = min(6, ceil(sqrt(len(images))) + 1) if many else len(images)
        side = 1.35 if many else 1.9
        size = (side, 0.22 + side * min(2.0, max(0.4, rows / columns)) * 0.85)
        figure, axes = panels(ax, len(images), across, size, "weight_images")
        for k, (panel, image) in enumerate(zip(axes, images, strict=True), start=1):
            mesh = panel.imshow(image, cmap=colours, vmin=-largest, vmax=largest)
            panel.set_title(f"unit {k}", fontsize=9)
            panel.set(xticks=[], yticks=[])
            panel.spines[:].set(visible=True, color="#C8C8C8")
        figure.colorbar(mesh, ax=axes, label="weight", aspect=30 if many else 14)
    return figure, axes


def _layer(layer: Any) -> Layer:
    parts = layer.layers if isinstance(layer, Sequential) else [layer]
    for part in parts:
        if isinstance(part, Layer):
            return part
    raise TypeError(
        "weight_images expects a Layer, or a Sequential or MLP that has one,"
        f" got {type(layer).__name__} {shortened(layer)}"
    )
