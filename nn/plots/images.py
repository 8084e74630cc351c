"""The weights of neurons as images."""

from __future__ import annotations

from math import ceil, sqrt
from typing import Any

from autograd.errors import shortened, whole_number

from ..checks import sequence_of
from ..layers import Layer
from ..networks import Sequential
from .canvas import BLACK, BLUE, LIGHT, VERMILLION, diverging, panels, style
from .diagrams import refuse_not_finite

SIGNED = 100  # cells of an image that are not too many for signs
NARROW = 4.0  # an image is drawn so many times as high as wide at most: its title needs room


def weight_images(layer: Any, shape: Any, ax: Any = None) -> tuple[Any, list[Any]]:
    """Draw the weights of each neuron of a layer as an image.

    ``layer`` is a ``Layer``, or a ``Sequential`` or ``MLP``, whose first layer is taken;
    ``shape`` is (rows, columns), and the weights fill the rows one after the other. Blue is
    positive, white 0, vermillion negative, as in ``network``, on one scale for all. In images
    of up to 100 cells those that are clearly negative have a minus. ``ax``: see ``nn.plots``; a
    panel for each neuron. Raises ``ValueError`` unless rows times columns is the number of
    inputs, and for a weight that is not finite, ``TypeError`` for what has no layer,
    ``ImportError`` without matplotlib. Source: syllabus B11.

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
        refuse_not_finite(neuron.weights, "weight_images")
        numbers = [w.data for w in neuron.weights]
        images.append([numbers[r * columns : (r + 1) * columns] for r in range(rows)])
    largest = max(abs(w) for image in images for row in image for w in row) or 1.0

    with style(ax):
        colours = diverging(low=VERMILLION, high=BLUE)
        across, size = _arranged(len(images), rows / columns)
        down = ceil(len(images) / across)
        figure, axes = panels(ax, len(images), across, size, "weight_images")
        flat = size[1] * down < 1.6  # a bar beside would be too low for its ticks
        if flat and ax is None:  # room for the bar below
            figure.set_size_inches(max(3.6, size[0] * across), size[1] * down + 0.9)
        for k, (panel, image) in enumerate(zip(axes, images, strict=True), start=1):
            mesh = panel.imshow(
                image, cmap=colours, vmin=-largest, vmax=largest,
                aspect=min(1.0, NARROW * columns / rows),
            )  # fmt: skip
            if rows * columns <= SIGNED:
                _sign(panel, image, 0.1 * largest, 72.0 * size[0] / columns)
            panel.set_title(f"unit {k}", fontsize=9)
            panel.set(xticks=[], yticks=[])
            panel.spines[:].set(visible=True, color=LIGHT)
        beside = {"aspect": 25, "shrink": min(1.0, 4.0 / down), "pad": 0.05}
        bar = {"location": "bottom", "aspect": 40} if flat else beside
        figure.colorbar(mesh, ax=axes, label="weight", **bar)
    return figure, axes


def _arranged(count: int, ratio: float) -> tuple[int, tuple[float, float]]:
    """Give the number of columns of panels, and the size of each in inches."""
    if count <= 4 and ratio >= 0.4:
        across, side = count, 1.9
    elif ratio < 0.4:  # flat images need the width
        across, side = min(3, count), 2.4
    else:
        across, side = min(10, ceil(sqrt(count)) + 1), 1.35 if count <= 40 else 1.0
    across = ceil(count / ceil(count / across))  # no row shorter than it need be
    return across, (side, 0.3 + 0.85 * side * min(2.0, ratio))


def _sign(panel: Any, image: list[list[float]], least: float, cell: float) -> None:
    """Write a minus into the cells that are clearly negative; ``cell``: how wide, in points."""
    places = [(c, r) for r, row in enumerate(image) for c, w in enumerate(row) if w < -least]
    if places:
        panel.plot(*zip(*places, strict=True), "_", color=BLACK, markersize=min(7.0, 0.4 * cell))


def _layer(layer: Any) -> Layer:
    parts = layer.layers if isinstance(layer, Sequential) else [layer]
    for part in parts:
        if isinstance(part, Layer):
            return part
    raise TypeError(
        "weight_images expects a Layer, or a Sequential or MLP that has one,"
        f" got {type(layer).__name__} {shortened(layer)}"
    )
