"""Training pictures: what is drawn, and that matplotlib's own settings are left alone."""

import gc
import math
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import matplotlib
import matplotlib.colors
import matplotlib.figure
import matplotlib.text
import numpy as np
import pytest

import autograd
import nn
from autograd import Value, log
from nn import (
    MLP,
    Dropout,
    Layer,
    Module,
    Neuron,
    Perceptron,
    Recurrent,
    Sequential,
    Softmax,
    plots,
)
from nn.module import evaluating
from nn.plots import canvas

X, Y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
THREE = [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]], [0, 1, 2, 1]


def quadratic(point: list[Any]) -> Any:
    return point[0] ** 2 + 4.0 * point[1] ** 2


def history(epochs: int = 3, **more: Any) -> SimpleNamespace:
    return SimpleNamespace(loss=[1.0 / (k + 1) for k in range(epochs)], **more)


DROPPING = Sequential(
    Layer(2, 4, "tanh", rng=0), Dropout(0.5, rng=7), Layer(4, 1, "sigmoid", rng=1)
)

# every function on data that it can draw, and the number of panels
PICTURES: dict[str, tuple[Callable[..., Any], int]] = {
    "decision_boundary": (lambda **k: plots.decision_boundary(DROPPING, X, Y, steps=4, **k), 1),
    "hidden_units": (lambda **k: plots.hidden_units(DROPPING, X, Y, steps=4, **k), 5),
    "fit_curve": (lambda **k: plots.fit_curve(MLP([1, 1], rng=0), [[0], [1]], [0, 1], **k), 2),
    "curves": (lambda **k: plots.curves({"tanh": nn.tanh, "relu": nn.relu}, **k), 2),
    "learning_curves": (
        lambda **k: plots.learning_curves(history(records={"accuracy": [0.1, 0.2, 0.3]}), **k),
        2,
    ),
    "activation_histograms": (lambda **k: plots.activation_histograms(DROPPING, X, **k), 2),
    "gradient_histograms": (lambda **k: plots.gradient_histograms(DROPPING, X, Y, **k), 2),
    "weight_images": (lambda **k: plots.weight_images(MLP([6, 3, 1], rng=0), (2, 3), **k), 3),
    "network": (lambda **k: plots.network(DROPPING, **k), 1),
    "descent": (lambda **k: plots.descent(quadratic, [(1, 1), (0, 0.5)], steps=4, **k), 1),
}


def kinds(axes: Any, kind: str) -> list[Any]:
    return [artist for artist in axes.collections if type(artist).__name__ == kind]


def lines_of(axes: Any) -> list[Any]:
    """The points of every contour line that is no filled area."""
    contours = [c for c in kinds(axes, "QuadContourSet") if not c.filled]
    return [point for c in contours for path in c.get_paths() for point in path.vertices.tolist()]


def labels(axes: Any) -> list[str]:
    return [text.get_text() for text in axes.get_legend().get_texts()]


def neuron(output: str, *numbers: float) -> Neuron:
    made = Neuron(len(numbers) - 1, output, rng=0)
    for p, number in zip(made.parameters(), numbers, strict=True):
        p.data = number
    return made


# --- what holds for all of them --------------------------------------------------------


def test_there_is_an_example_of_every_function() -> None:
    assert sorted(PICTURES) == plots.__all__


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_of_its_own(name: str, tmp_path: Path) -> None:
    draw, count = PICTURES[name]
    before = dict(matplotlib.rcParams)
    loaded = "matplotlib.pyplot" in sys.modules
    figure, axes = draw()
    figure.savefig(tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes()[:4] == b"\x89PNG"
    assert dict(matplotlib.rcParams) == before
    assert isinstance(figure, matplotlib.figure.Figure)
    assert len(np.ravel(axes)) == count
    assert all(panel.figure is figure for panel in np.ravel(axes))
    assert ("matplotlib.pyplot" in sys.modules) == loaded


@pytest.mark.parametrize("name", PICTURES)
def test_axes_that_are_there_already(name: str) -> None:
    draw, count = PICTURES[name]
    figure = matplotlib.figure.Figure()
    given = figure.subplots(1, count)
    drawn, axes = draw(ax=given)
    assert drawn is figure
    assert list(np.ravel(axes)) == list(np.ravel(given))
    assert all(panel.has_data() or panel.patches for panel in np.ravel(axes))


@pytest.mark.parametrize("name", [name for name, (_, count) in PICTURES.items() if count > 1])
def test_one_place_for_several_panels(name: str) -> None:
    draw, count = PICTURES[name]
    figure = matplotlib.figure.Figure((14.0, 8.0), layout="constrained")
    left, right = figure.subplots(1, 2)
    drawn, axes = draw(ax=right)
    figure.draw_without_rendering()
    assert drawn is figure
    assert not left.has_data()
    if name == "fit_curve":  # without the residuals
        assert axes is right
        return
    assert len(axes) == count
    assert not right.axison
    assert min(panel.get_position().x0 for panel in axes) > left.get_position().x1 - 0.1


@pytest.mark.parametrize("name", PICTURES)
def test_wrong_axes(name: str) -> None:
    draw, count = PICTURES[name]
    figure = matplotlib.figure.Figure()
    too_many = figure.subplots(1, count + 1)
    with pytest.raises((ValueError, TypeError), match=name):
        draw(ax=too_many)
    with pytest.raises(TypeError, match=f"{name}.*Axes"):
        draw(ax=figure)
    if count > 1:
        with pytest.raises(ValueError, match=f"{name} draws {count} panels, got {count + 1} Axes"):
            draw(ax=too_many)
        with pytest.raises(TypeError, match="Axes"):
            draw(ax=[None] * count)
    if count > 1 and name != "fit_curve":
        with pytest.raises(ValueError, match="cannot be divided"):
            draw(ax=figure.add_axes((0, 0, 1, 1)))


@pytest.mark.parametrize("name", PICTURES)
def test_without_matplotlib(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ImportError, match=r"pip install matplotlib .*gradtable\[plot\]"):
        PICTURES[name][0]()


@pytest.mark.parametrize("name", [
    "decision_boundary", "hidden_units", "activation_histograms", "gradient_histograms", "network",
])  # fmt: skip
def test_models_are_used_as_after_eval_and_left_as_they_were(name: str) -> None:
    dropout: Any = DROPPING.layers[1]
    DROPPING.layers[0].training = False  # type: ignore[attr-defined]
    state = dropout.rng.getstate()
    modes = [module.training for module in DROPPING.modules()]
    grads = [p.grad for p in DROPPING.parameters()]
    assert True in modes and False in modes
    first = PICTURES[name][0]()[1]
    assert dropout.rng.getstate() == state
    assert [module.training for module in DROPPING.modules()] == modes
    assert [p.grad for p in DROPPING.parameters()] == grads
    assert len(np.ravel(first)) == PICTURES[name][1]


def test_evaluating_restores_each_mode_also_after_an_error() -> None:
    model = Sequential(Layer(1, 1, rng=0), Dropout(0.5))
    model.layers[0].training = False  # type: ignore[attr-defined]
    modes = [module.training for module in model.modules()]
    seen = []

    def use() -> None:
        with evaluating(model):
            seen.extend(module.training for module in model.modules())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        use()
    assert seen == [False] * len(modes)
    assert [module.training for module in model.modules()] == modes
    with evaluating(abs):  # no module: nothing happens
        pass


def test_a_model_that_fails_has_its_modes_back() -> None:
    model = Sequential(Dropout(0.5), Layer(3, 1, rng=0))
    with pytest.raises(ValueError, match="3 inputs"):
        plots.decision_boundary(model, X, Y)
    assert all(module.training for module in model.modules())


# --- decision_boundary -----------------------------------------------------------------


def test_decision_boundary() -> None:
    model = MLP([2, 1], output="sigmoid", rng=0)
    model.parameters()[0].data, model.parameters()[1].data = 5.0, 0.0
    model.parameters()[2].data = -2.5  # decides at x1 = 0.5
    _, axes = plots.decision_boundary(model, X, Y, steps=21)
    points = lines_of(axes)
    assert points
    assert all(abs(x - 0.5) < 1e-6 for x, _ in points)
    assert labels(axes) == ["output = 0.5", "target 0", "target 1"]
    assert [len(m.get_offsets()) for m in kinds(axes, "PathCollection")] == [2, 2]
    shapes = [m.get_paths()[0].vertices.tolist() for m in kinds(axes, "PathCollection")]
    assert shapes[0] != shapes[1]


def test_a_boundary_outside_the_picture_is_not_drawn() -> None:
    model = MLP([2, 1], rng=0)
    model.parameters()[2].data = 100.0
    _, axes = plots.decision_boundary(model, X, [-1, 1, 1, -1], steps=5)
    assert lines_of(axes) == []
    assert labels(axes) == ["target -1", "target 1"]


@pytest.mark.parametrize(("output", "targets", "threshold", "at"), [
    ("linear", [0, 1, 1, 0], None, 0.5),
    ("linear", [-1, 1, 1, -1], None, 0.0),
    ("tanh", [-1, 1, 1, -1], None, 0.0),
    ("tanh", [0, 1, 1, 0], None, math.atanh(0.5)),
    ("sigmoid", [0, 1, 1, 0], None, 0.0),
    ("sigmoid", [-1.0, 1.0, 1.0, -1.0], None, 0.0),  # one half, whatever the targets
    ("step", [-1, 1, 1, -1], None, 0.0),
    ("bipolar_step", [0, 1, 1, 0], None, 0.0),
    ("linear", [0, 1, 1, 0], 0, 0.0),  # logits
    ("sigmoid", np.array([0, 1, 1, 0]), 0.75, math.log(3.0)),
    ("linear", np.array([[-1.0], [1.0], [1.0], [-1.0]]), None, 0.0),
    ("linear", [np.float32(0.0), True, np.int64(1), 0.0], None, 0.5),
])  # fmt: skip
def test_where_one_output_decides(output: str, targets: Any, threshold: Any, at: float) -> None:
    model = neuron(output, 1.0, 0.0, -0.3)  # its inner potential is x1 - 0.3
    data = np.array([[-1.0, 0.0], [2.0, 0.0], [2.0, 1.0], [-1.0, 1.0]])
    _, axes = plots.decision_boundary(model, data, targets, steps=301, threshold=threshold)
    points = lines_of(axes)
    assert points
    assert all(abs(x - 0.3 - at) < 1e-3 for x, _ in points)
    (mesh,) = kinds(axes, "QuadMesh")
    middle = neuron(output, 1.0, 0.0, -0.3).activation(Value(at + 1e-12)).data
    if "step" not in output:
        assert mesh.cmap(mesh.norm(middle)) == pytest.approx((1.0, 1.0, 1.0, 1.0), abs=0.01)


def test_a_steep_boundary_is_where_the_logits_say() -> None:
    """The outputs are 0 or 1 on every grid point: between them they do not tell where."""
    for output in ("sigmoid", "step"):
        model = neuron(output, 3000.0, 1000.0, -1000.0)
        _, axes = plots.decision_boundary(model, X, Y, steps=8)
        assert all(abs(3 * a + b - 1) < 1e-9 for a, b in lines_of(axes))


def test_a_model_without_logits_of_its_own() -> None:
    class Squashed(Module):
        output_activation = "sigmoid"

        def __call__(self, inputs: Any) -> Any:
            return autograd.sigmoid(4.0 * (Value(inputs[0]) - 0.5))

    _, axes = plots.decision_boundary(Squashed(), X, Y, steps=41)
    assert all(abs(a - 0.5) < 1e-6 for a, _ in lines_of(axes))
    _, axes = plots.decision_boundary(lambda row: Value(row[0]), X, Y, steps=41)
    assert all(abs(a - 0.5) < 1e-6 for a, _ in lines_of(axes))


@pytest.mark.parametrize("output", ["linear", "softmax", "sparsemax"])
@pytest.mark.parametrize("one_hot", [False, True])
def test_regions_of_three_classes(output: str, one_hot: bool) -> None:
    model = Sequential(Layer(2, 3, rng=0), output)
    numbers = [0.0, 0.0, 0.0, 4.0, 0.0, -2.0, 0.0, 4.0, -2.0]  # 1 right, 2 above, 0 else
    for p, number in zip(model.parameters(), numbers, strict=True):
        p.data = number
    points, classes = THREE
    targets = [[float(c == k) for k in range(3)] for c in classes] if one_hot else classes
    _, axes = plots.decision_boundary(model, points, targets, steps=60)
    assert labels(axes) == ["largest changes", "class 0", "class 1", "class 2"]
    filled = [c for c in kinds(axes, "QuadContourSet") if c.filled]
    assert len(filled) == 3
    assert len({tuple(c.get_facecolor()[0]) for c in filled}) == 3
    assert not kinds(axes, "QuadMesh")
    for a, b in lines_of(axes):  # each point of a line has two largest logits
        first, second, _ = sorted([0.0, 4 * a - 2, 4 * b - 2], reverse=True)
        assert first - second < 0.2
    assert [len(m.get_offsets()) for m in kinds(axes, "PathCollection")] == [1, 2, 1]


def test_two_outputs_of_a_softmax_and_ten_classes() -> None:
    _, axes = plots.decision_boundary(MLP([2, 2], output="softmax", rng=0), X, Y, steps=5)
    assert labels(axes) == ["largest changes", "class 0", "class 1"]
    assert not axes.texts
    _, axes = plots.decision_boundary(MLP([2, 10], rng=0), X, [0, 9, 8, 1], steps=5)
    markers = [
        (tuple(m.get_facecolor()[0]), str(m.get_paths()[0].vertices.tolist()))
        for m in kinds(axes, "PathCollection")
    ]
    assert len(labels(axes)) == 11
    assert len(set(markers)) == 10


def test_more_classes_than_colours_are_numbered() -> None:
    rows, classes = [[0.0, 0.0], [0.0, 2.0], [3.0, 0.0], [1.0, 1.0]], [0, 0, 8, 3]
    _, axes = plots.decision_boundary(MLP([2, 9], rng=0), rows, classes, steps=5)
    numbers = {text.get_text(): text.get_position() for text in axes.texts}
    assert numbers == {"0": (0.0, 1.0), "8": (3.0, 0.0), "3": (1.0, 1.0)}
    _, axes = plots.decision_boundary(MLP([2, 8], rng=0), rows, [0, 0, 7, 3], steps=5)
    assert not axes.texts


def bar_of(axes: Any) -> Any:
    (bar,) = axes.child_axes
    return bar._colorbar


@pytest.mark.parametrize(("output", "limits"), [
    ("sigmoid", (0.0, 1.0)), ("step", (0.0, 1.0)),
    ("tanh", (-1.0, 1.0)), ("hard_tanh", (-1.0, 1.0)), ("bipolar_step", (-1.0, 1.0)),
])  # fmt: skip
def test_bounded_outputs_have_one_scale_whatever_occurs(
    output: str, limits: tuple[float, float]
) -> None:
    _, axes = plots.decision_boundary(neuron(output, 0.01, 0.0, 0.3), X, Y, steps=5)
    assert kinds(axes, "QuadMesh")[0].get_clim() == limits
    bar = bar_of(axes)
    assert bar.get_ticks().tolist() == [limits[0], sum(limits) / 2, limits[1]]
    assert bar.extend == "neither"


def test_the_scale_of_unbounded_outputs_is_that_of_the_data() -> None:
    model = neuron("linear", 2.0, 0.0, -1.0)  # from -1 to 1 at the data, and beyond around them
    _, axes = plots.decision_boundary(model, X, [-1, 1, 1, -1], steps=5)
    (mesh,) = kinds(axes, "QuadMesh")
    assert mesh.get_clim() == (-1.0, 1.0)
    assert max(mesh.get_array().ravel()) > 1.3
    assert bar_of(axes).extend == "both"
    _, axes = plots.decision_boundary(
        neuron("linear", 0.0, 0.0, 0.1 + 0.2), X, Y, steps=3, threshold=0.3
    )
    assert kinds(axes, "QuadMesh")[0].get_clim() == pytest.approx((-0.7, 1.3))


def test_nan_is_not_drawn() -> None:
    model = MLP([2, 2, 1], output="sigmoid", rng=0)
    model.layers[1].neurons[0].bias.data = math.inf  # type: ignore[attr-defined]
    model.parameters()[0].data = math.nan
    for draw in (plots.decision_boundary, plots.hidden_units):
        with pytest.raises(ValueError, match=r"output at \(.*\) is nan; its parameter 'w1\[0,0\]'"):
            draw(model, X, Y, steps=3)
    above = MLP([2, 3, 1], rng=0)  # its hidden units are healthy
    above.parameters()[-1].data = math.nan
    with pytest.raises(
        ValueError, match=r"hidden_units: .* is nan; its parameter 'b2\[0\]' is nan"
    ):
        plots.hidden_units(above, X, Y, steps=3)
    with pytest.raises(ValueError, match=r"decision_boundary: .* is nan$"):
        plots.decision_boundary(lambda row: Value(math.nan), X, Y, steps=3)


def test_infinity_is_clipped() -> None:
    _, axes = plots.decision_boundary(
        lambda row: Value(math.inf if row[0] > 1.1 else row[0]), X, Y, steps=15
    )
    (mesh,) = kinds(axes, "QuadMesh")
    assert mesh.get_clim() == (0.0, 1.0)
    assert not np.ma.is_masked(mesh.get_array())
    assert np.isfinite(mesh.get_array()).all()

    figure, axes = plots.decision_boundary(lambda row: Value(math.inf), X, Y, steps=3)
    figure.draw_without_rendering()

    def two(row: Any) -> list[Value]:
        return [Value(row[0]), Value(math.inf if row[1] > 1.1 else 0.5)]

    figure, axes = plots.decision_boundary(two, X, Y, steps=15)
    figure.draw_without_rendering()
    assert len([c for c in kinds(axes, "QuadContourSet") if c.filled]) == 2


def test_the_margin_is_a_fifth() -> None:
    _, axes = plots.decision_boundary(MLP([2, 1], rng=0), [[0, 0], [10, 5]], [0, 1], steps=3)
    assert axes.get_xlim() == (-2.0, 12.0)
    assert axes.get_ylim() == (-1.0, 6.0)


@pytest.mark.parametrize(("slope", "drawn"), [(1e-15, False), (1e-6, True)])
def test_rounding_is_no_decision(slope: float, drawn: bool) -> None:
    model = MLP([2, 1], rng=0)
    for p, number in zip(model.parameters(), (slope, -2.0 * slope, 0.5), strict=True):
        p.data = number
    _, axes = plots.decision_boundary(model, X, Y, steps=21)
    names = axes.get_legend_handles_labels()[1]
    assert ("output = 0.5" in names) is drawn


@pytest.mark.parametrize(("repeats", "size", "alpha", "above"), [
    (1, 70.0, None, False), (50, 20.0, None, True), (250, 8.0, 0.8, True),
])  # fmt: skip
def test_the_line_is_seen_among_many_points(
    repeats: int, size: float, alpha: float | None, above: bool
) -> None:
    model = neuron("linear", 1.0, 0.0, 0.0)
    _, axes = plots.decision_boundary(model, X * repeats, Y * repeats, steps=5)
    (line,) = kinds(axes, "QuadContourSet")
    assert line.get_path_effects()  # white beside it
    for dots in kinds(axes, "PathCollection"):
        assert dots.get_sizes() == [size]
        assert dots.get_alpha() == alpha
        assert (line.get_zorder() > dots.get_zorder()) == above


def test_a_model_with_logits_runs_once_for_each_point() -> None:
    class Counting(Module):
        output_activation = "sigmoid"
        calls = 0

        def logits(self, inputs: Any) -> Any:
            self.calls += 1
            return Value(inputs[0])

        def __call__(self, inputs: Any) -> Any:
            return autograd.sigmoid(self.logits(inputs))

    model = Counting()
    _, axes = plots.decision_boundary(model, X, Y, steps=9)
    assert 81 <= model.calls < 90
    drawn = kinds(axes, "QuadMesh")[0].get_array().ravel()[0]
    assert drawn == autograd.sigmoid(-0.2)


def test_the_collector_is_back_after_a_picture() -> None:
    seen = []

    def model(row: Any) -> Value:
        seen.append(gc.isenabled())
        return Value(row[0])

    plots.decision_boundary(model, X, Y, steps=3)
    assert not any(seen)
    assert gc.isenabled()


def grid_of_two() -> tuple[Any, Any]:
    figure = matplotlib.figure.Figure()  # as of pyplot.subplots: without a layout engine
    return figure, figure.subplots(1, 2)


def test_a_legend_in_a_plain_grid_stays_within_the_figure() -> None:
    figure, grid = grid_of_two()
    for axes in grid:
        high = [[a, 2.0 * b] for a, b in X]
        plots.decision_boundary(MLP([2, 4], rng=0), high, [0, 1, 2, 3], ax=axes, steps=9)
    figure.draw_without_rendering()
    for axes in grid:
        extent = axes.get_legend().get_window_extent()
        assert figure.bbox.containsx(extent.x0) and figure.bbox.containsx(extent.x1)
        assert figure.bbox.containsy(extent.y0) and figure.bbox.containsy(extent.y1)


def test_the_bar_is_as_high_as_the_axes_and_does_not_pile_up() -> None:
    figure, grid = grid_of_two()
    for _ in range(2):
        grid[1].clear()
        plots.decision_boundary(neuron("tanh", 1.0, 0.0, 0.0), X, Y, ax=grid[1], steps=9)
    assert figure.axes == list(grid)
    (bar,) = grid[1].child_axes
    figure.draw_without_rendering()
    assert bar.get_window_extent().height == pytest.approx(grid[1].get_window_extent().height)
    assert bar.get_title() == "output"
    assert bar.get_tightbbox().x1 < figure.bbox.x1 - 5.0


@pytest.mark.parametrize("draw", [plots.decision_boundary, plots.hidden_units])
def test_a_picture_of_ours_is_dark_on_white_in_any_style(draw: Any, tmp_path: Path) -> None:
    import matplotlib.image
    import matplotlib.style

    with matplotlib.style.context(["dark_background", {"savefig.facecolor": "black"}]):
        figure, axes = draw(MLP([2, 2, 1], rng=0), X, Y, steps=5)
        figure.savefig(tmp_path / "a.png")
    panel = np.ravel(axes)[-1]
    white = (1.0, 1.0, 1.0, 1.0)
    assert figure.get_facecolor() == panel.get_facecolor() == white
    legend = panel.get_legend() or figure.legends[0]
    ticks = panel.get_xticklabels()
    for text in (panel.xaxis.label, panel.title, *legend.get_texts(), *ticks):
        assert sum(matplotlib.colors.to_rgb(text.get_color())) < 0.5
    saved = matplotlib.image.imread(tmp_path / "a.png")
    assert saved[1, 1].tolist() == [1.0, 1.0, 1.0, 1.0]
    with matplotlib.style.context("dark_background"):
        figure, axes = grid_of_two()
        plots.decision_boundary(MLP([2, 1], rng=0), X, Y, ax=axes[0], steps=5)
    assert matplotlib.colors.to_rgb(axes[0].get_legend().get_texts()[0].get_color()) == (1, 1, 1)


@pytest.mark.parametrize(("rows", "targets"), [
    ([[1.0]], [0]), ([], []), ([[0, 1]], [2]), ([[0, 1]], [0, 1]), ([[0, 1], [1, 1]], [-1, 0]),
    ([[0, math.inf]], [1]), ([[0, 1]], [[0, 1]]), ([[0, 1]], [0.5]), ([[0, 1]], [math.nan]),
    ([[0, 1]], ["1"]),
])  # fmt: skip
def test_wrong_data_for_a_boundary(rows: Any, targets: Any) -> None:
    with pytest.raises(ValueError, match="decision_boundary"):
        plots.decision_boundary(MLP([2, 1]), rows, targets)


def test_other_wrong_arguments_of_a_boundary() -> None:
    three = MLP([2, 3], rng=0)
    for target in (3, -1, 0.5, [0.0, 1.0], [1.0, 1.0, 0.0]):
        with pytest.raises(ValueError, match="decision_boundary expects a class from 0 to 2"):
            plots.decision_boundary(three, [[0, 1]], [target])
    with pytest.raises(ValueError, match="the largest decides"):
        plots.decision_boundary(three, [[0, 1]], [1], threshold=0.5)
    with pytest.raises(ValueError, match="steps of decision_boundary"):
        plots.decision_boundary(MLP([2, 1]), X, Y, steps=1)
    with pytest.raises(TypeError, match="threshold of decision_boundary"):
        plots.decision_boundary(MLP([2, 1]), X, Y, threshold="half")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="threshold of decision_boundary"):
        plots.decision_boundary(MLP([2, 1]), X, Y, threshold=math.nan)
    for wrong in ([1.0, 2.0], [["a", "b"]], 3):
        with pytest.raises(TypeError, match="X of decision_boundary"):
            plots.decision_boundary(MLP([2, 1]), wrong, [1])
    with pytest.raises(TypeError, match="decision_boundary expects a list of Values"):
        plots.decision_boundary(lambda row: row[0], X, Y)


def test_the_plane_has_one_scale_unless_it_is_a_strip() -> None:
    _, axes = plots.decision_boundary(MLP([2, 1], rng=0), X, Y, steps=3)
    assert axes.get_aspect() == 1.0
    mesh = kinds(axes, "QuadMesh")[0]
    low, high = mesh.get_clim()
    assert abs((low + high) / 2 - 0.5) < 1e-12  # centred on the decision
    _, axes = plots.decision_boundary(MLP([2, 1], rng=0), [[0, 0], [100, 1]], [0, 1], steps=3)
    assert axes.get_aspect() == "auto"


# --- hidden_units ----------------------------------------------------------------------


def test_xor_in_hidden_space() -> None:
    model = MLP([2, 2, 1], output="sigmoid", rng=0)  # OR, AND, and OR but not AND
    for p, w in zip(model.parameters(), [9, 9, -4, 9, 9, -14, 9, -9, -9], strict=True):
        p.data = w
    _, axes = plots.hidden_units(model, X, Y, steps=15)
    titles = ["unit 1", "unit 2", "hidden space:\nwhat the net decides"]
    assert [panel.get_title() for panel in axes] == titles
    for panel, total in zip(axes, (4 / 9, 14 / 9), strict=False):
        assert all(abs(a + b - total) < 1e-6 for a, b in lines_of(panel))
        assert kinds(panel, "QuadMesh")[0].get_clim() == (-1.0, 1.0)
    line = lines_of(axes[2])
    assert line
    assert all(abs(a - b - 1.0) < 1e-6 for a, b in line)
    zeros, ones = (m.get_offsets().tolist() for m in kinds(axes[2], "PathCollection"))
    assert [len(zeros), len(ones)] == [2, 2]
    assert all(a - b < 1.0 for a, b in zeros) and all(a - b > 1.0 for a, b in ones)


def test_units_in_another_order_are_drawn_without_a_decision() -> None:
    _, axes = plots.hidden_units(MLP([2, 2, 1], rng=0), X, Y, units=(1, 0), steps=5)
    assert axes[2].get_xlabel() == "unit 2"
    assert not kinds(axes[2], "QuadMesh")


def test_units_of_wider_layers() -> None:
    model = MLP([2, 4, 3, 3], activation=["sigmoid", "relu"], output="softmax", rng=0)
    points, classes = THREE
    _, axes = plots.hidden_units(model, points, classes, layer=1, units=(2, 0), steps=5)
    assert len(axes) == 4
    assert (axes[-1].get_xlabel(), axes[-1].get_ylabel()) == ("unit 3", "unit 1")
    offsets = kinds(axes[-1], "PathCollection")[0].get_offsets().tolist()
    states = [node.data for node in model.hidden(points[0])[1]]
    assert offsets == [[states[2], states[0]]]
    assert lines_of(axes[-1]) == []  # two of three units do not decide
    _, axes = plots.hidden_units(model, points, classes, steps=5)
    assert kinds(axes[0], "QuadMesh")[0].get_clim() == (0.0, 1.0)
    assert len(plots.hidden_units(MLP([2, 1, 1], rng=0), X, Y, steps=3)[1]) == 1
    assert len(plots.hidden_units(MLP([2, 23, 1], rng=0), X, Y, steps=3)[1]) == 24


def test_more_units_than_panels() -> None:
    _, axes = plots.hidden_units(MLP([2, 50, 1], rng=0), X, Y, steps=3)
    assert len(axes) == 24
    assert [text.get_text() for text in axes[22].texts] == ["… 28 more units"]
    assert axes[21].get_title() == "unit 22" and not axes[22].axison


def hidden(activation: str, *neurons: tuple[float, float, float]) -> MLP:
    """A net whose hidden units have these weights and biases."""
    model = MLP([2, len(neurons), 1], activation=activation, output="sigmoid", rng=0)
    for p, number in zip(model.parameters(), [x for n in neurons for x in n], strict=False):
        p.data = number
    return model


def test_the_scale_of_the_units_is_theirs_alone() -> None:
    model = hidden("tanh", (1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
    figure, axes = plots.hidden_units(model, X, Y, steps=5)
    assert [len(panel.child_axes) for panel in axes] == [0, 1, 0]
    assert bar_of(axes[1]).ax.get_ylabel() == "output"
    units, decided = (kinds(panel, "QuadMesh")[0].cmap for panel in axes[1:])
    for end in (0.0, 1.0):  # the colours of classes, and others
        assert np.abs(np.subtract(units(end), decided(end))).max() > 0.1
    assert [text.get_text() for text in figure.legends[0].get_texts()] == [
        "potential = 0", "target 0", "target 1",
    ]  # fmt: skip


def test_the_hidden_space_shows_what_units_can_reach() -> None:
    model = hidden("sigmoid", (0.1, 0.0, 0.0), (0.0, 0.1, 0.0), (0.0, 0.0, 0.0))
    _, axes = plots.hidden_units(model, X, Y, steps=5)
    (square,) = axes[-1].patches
    assert (square.get_xy(), square.get_width(), square.get_height()) == ((0.0, 0.0), 1.0, 1.0)
    assert axes[-1].get_xlim() == axes[-1].get_ylim() == pytest.approx((-0.15, 1.15))
    _, axes = plots.hidden_units(hidden("relu", (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)), X, Y, steps=5)
    assert not axes[-1].patches
    assert kinds(axes[0], "QuadMesh")[0].get_clim() == (0.0, 1.0)
    assert bar_of(axes[1]).extend == "max"


def test_samples_on_one_point_are_counted() -> None:
    model = hidden("tanh", (1.0, 1.0, -1.0), (1.0, 1.0, 1.0))
    _, axes = plots.hidden_units(model, X, Y, steps=5)
    (count,) = axes[-1].texts
    assert count.get_text() == "2×"
    assert count.xy == (0.0, math.tanh(2.0))
    _, axes = plots.hidden_units(model, X * 11, Y * 11, steps=5)
    assert not axes[-1].texts


def test_a_unit_that_is_dead() -> None:
    model = hidden("relu", (1.0, 0.0, 0.0), (-1.0, -1.0, -9.0), (0.0, 0.5, 0.0), (0.0, 3.0, 0.0))
    _, axes = plots.hidden_units(model, X, Y, steps=5)
    assert [panel.get_title() for panel in axes[:3]] == ["unit 1", "unit 2: always 0", "unit 3"]
    assert (axes[-1].get_xlabel(), axes[-1].get_ylabel()) == ("unit 1", "unit 4")  # differ most


@pytest.mark.parametrize(("count", "columns"), [(1, 1), (4, 4), (5, 3), (9, 3), (8, 4), (24, 6)])
def test_few_places_stay_empty(count: int, columns: int) -> None:
    _, axes = plots.hidden_units(MLP([2, max(1, count - 1), 1], rng=0), X, Y, steps=3)
    assert len({panel.get_subplotspec().colspan.start for panel in axes}) == columns
    assert len(axes) == count


def test_panels_are_high_enough_and_nothing_is_cut_off() -> None:
    flat = [[1.0, 0.1], [7.0, 2.5], [4.0, 1.0]]
    for rows, width in ((flat, 3), (X, 1), (X, 2)):
        figure, axes = plots.hidden_units(
            MLP([2, width, 1], rng=0), rows, [0, 1, 1, 0][: len(rows)], steps=3
        )
        figure.draw_without_rendering()
        for panel in axes:
            assert panel.get_window_extent().height / figure.dpi > 1.15
            extent = panel.get_tightbbox()
            assert figure.bbox.containsx(extent.x0) and figure.bbox.containsx(extent.x1)


def test_two_units_and_three_classes_and_a_layer_without_potentials() -> None:
    points, classes = THREE
    model = Sequential(Layer(2, 2, rng=0), lambda nodes: nodes, Layer(2, 3, rng=1), Softmax())
    figure, axes = plots.hidden_units(model, points, classes, layer=1, steps=6)
    assert lines_of(axes[0]) == []
    assert lines_of(axes[2])
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert names == ["class 0", "class 1", "class 2"]


def test_wrong_arguments_of_hidden_units() -> None:
    model = MLP([2, 3, 1], rng=0)
    with pytest.raises(ValueError, match="hidden_units expects a model with a hidden layer"):
        plots.hidden_units(MLP([2, 1], rng=0), X, Y)
    with pytest.raises(TypeError, match="hidden_units expects an MLP or a Sequential"):
        plots.hidden_units(Neuron(2), X, Y)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="layer of hidden_units .* got 1"):
        plots.hidden_units(model, X, Y, layer=1)
    for units in ((0, 3), (1, 1), (0,)):
        with pytest.raises(ValueError, match="units of hidden_units are two of the 3 units"):
            plots.hidden_units(model, X, Y, units=units)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="a unit of hidden_units"):
        plots.hidden_units(model, X, Y, units=(0, -1))
    with pytest.raises(ValueError, match="hidden_units expects rows of 2 inputs, got 1 in row 0"):
        plots.hidden_units(model, [[1.0]], [1])
    with pytest.raises(ValueError, match="hidden_units"):
        plots.hidden_units(model, X, [0, 1, 2, 3])


# --- fit_curve, curves -----------------------------------------------------------------


def test_fit_curve() -> None:
    _, (curve, residuals) = plots.fit_curve(neuron("linear", 2.0, 1.0), [[0], [1]], [2.0, -1.0])
    points = kinds(residuals, "PathCollection")[0].get_offsets().tolist()
    assert points == [[0.0, 1.0], [1.0, -4.0]]  # target minus fit
    (fit,) = curve.lines
    assert all(y == pytest.approx(2.0 * x + 1.0) for x, y in zip(*fit.get_data(), strict=True))
    assert residuals.get_xlabel() == "$x$"
    _, (curve, _) = plots.fit_curve(MLP([1, 1], rng=0), [[0], [1]], [[0], [1]], truth=lambda x: x)
    assert labels(curve) == ["data", "fit", "truth"]


def test_a_fit_in_two_axes_side_by_side_has_one_scale_across() -> None:
    figure = matplotlib.figure.Figure()
    given = figure.subplots(1, 2)
    curve, below = plots.fit_curve(MLP([1, 1], rng=0), [[0], [1]], [0, 1], ax=given)[1]
    assert curve.get_xlim() == below.get_xlim()
    assert curve.get_xlabel() == below.get_xlabel() == "$x$"


def test_many_points_are_small_and_below_the_lines() -> None:
    looks = []
    for count in (20, 2000):
        rows = [[k / count] for k in range(count)]
        _, (axes, below) = plots.fit_curve(
            MLP([1, 1], rng=0), rows, [0.0] * count, truth=lambda x: x, steps=5
        )
        (points,) = kinds(axes, "PathCollection")
        looks.append((points.get_sizes()[0], points.get_alpha()))
        for line in axes.lines:
            assert (line.get_zorder() > points.get_zorder()) == (count == 2000)
            assert bool(line.get_path_effects()) == (count == 2000)  # white sides
        assert kinds(below, "PathCollection")[0].get_sizes()[0] < looks[-1][0]
    assert looks[1][0] < 0.5 * looks[0][0]
    assert looks[1][1] < 0.5 * looks[0][1] == 0.5


def test_a_fit_is_drawn_without_dropout() -> None:
    model = Sequential(Layer(1, 9, "tanh", rng=0), Dropout(0.5, rng=1), Layer(9, 1, rng=2))
    _, (_, residuals) = plots.fit_curve(model, [[0.5]], [0.0])
    assert all(module.training for module in model.modules())
    (_, residual) = kinds(residuals, "PathCollection")[0].get_offsets().tolist()[0]
    assert residual == -model.eval()([0.5])[0].data


def test_wrong_data_for_a_curve() -> None:
    for rows, targets in (([[1.0, 2.0]], [0]), ([], []), ([[1.0]], [])):
        with pytest.raises(ValueError, match="fit_curve"):
            plots.fit_curve(MLP([1, 1]), rows, targets)
    with pytest.raises(ValueError, match="fit_curve draws models with one output"):
        plots.fit_curve(MLP([1, 2]), [[1.0]], [1.0])
    for number in (math.nan, math.inf):
        with pytest.raises(
            ValueError, match=rf"y of fit_curve\[1\] is {number}, expected a finite"
        ):
            plots.fit_curve(MLP([1, 1]), [[0.0], [1.0]], [0.0, number])
    with pytest.raises(ValueError, match="steps of fit_curve"):
        plots.fit_curve(MLP([1, 1]), [[1.0]], [1.0], steps=1)
    with pytest.raises(TypeError, match="a target of fit_curve"):
        plots.fit_curve(MLP([1, 1]), [[1.0]], ["one"])


def test_curves_and_their_derivatives() -> None:
    functions = {"tanh": nn.tanh, "square": lambda x: x * x, "seven": lambda x: 7.0}
    _, axes = plots.curves(functions, low=-2.0, high=3.0)
    assert [panel.get_title() for panel in axes] == list(functions)
    truths = [
        (math.tanh, lambda x: 1.0 - math.tanh(x) ** 2),
        (lambda x: x * x, lambda x: 2.0 * x),
        (lambda x: 7.0, lambda x: 0.0),
    ]
    for panel, expected in zip(axes, truths, strict=True):
        assert panel.get_xlim() == (-2.0, 3.0)
        drawn = [line for line in panel.lines if len(line.get_xdata()) > 2]
        assert [line.get_linestyle() for line in drawn] == ["-", "--"]
        for line, truth in zip(drawn, expected, strict=True):
            for x, y in zip(*line.get_data(), strict=True):
                assert y == pytest.approx(truth(x), abs=1e-12)
    _, axes = plots.curves({"tanh": nn.tanh}, derivative=False)
    assert len([line for line in axes[0].lines if len(line.get_xdata()) > 2]) == 1


def test_a_legend_only_if_there_are_two_curves() -> None:
    _, (axes,) = plots.curves({"tanh": nn.tanh})
    assert axes.get_legend().get_frame_on()
    assert 0.5 < axes.get_legend().get_frame().get_alpha() < 1.0
    _, (axes,) = plots.curves({"tanh": nn.tanh}, derivative=False)
    assert axes.get_legend() is None


def test_a_pole_does_not_flatten_the_rest() -> None:
    functions = {
        "1/x": lambda x: 1.0 / x,
        "log": log,
        "cube": lambda x: x * x * x,
        "exp": autograd.exp,
    }
    _, axes = plots.curves(functions)
    limits = [panel.get_ylim() for panel in axes]
    assert limits[0][0] > -20.0 and limits[0][1] < 20.0
    assert limits[1][0] < math.log(0.02) and limits[1][1] < 10.0  # f' reaches 50
    assert limits[2][0] < -64.0 and limits[2][1] > 64.0
    assert limits[3][1] > math.exp(4.0)  # steep is no pole
    _, axes = plots.curves({"seven": lambda x: 7.0, "nowhere": lambda x: log(-1.0 - x * x)})
    assert axes[0].get_ylim()[0] <= 0.0 and axes[0].get_ylim()[1] >= 7.0


def jumps(line: Any) -> list[float]:
    """Where a line has a gap; anywhere else it does not jump."""
    points = list(zip(*line.get_data(), strict=True))
    return [a for a, y in points if math.isnan(y)]


@pytest.mark.parametrize(("function", "of_value", "of_slope"), [
    (nn.step, [0.0], []),
    (nn.bipolar_step, [0.0], []),
    (autograd.sign, [0.0], []),
    (nn.relu, [], [0.0]),
    (nn.hard_tanh, [], [-1.0, 1.0]),
    (lambda x: nn.sigmoid(300.0 * x), [], []),  # steep, and still no jump
    (lambda x: nn.step(x - 1 / 3) * x, [1 / 3], [1 / 3]),
])  # fmt: skip
def test_jumps_are_gaps(function: Any, of_value: list[float], of_slope: list[float]) -> None:
    _, axes = plots.curves({"f": function})
    value, slope = (line for line in axes[0].lines if len(line.get_xdata()) > 2)
    for line, expected in ((value, of_value), (slope, of_slope)):
        found = sorted({round(x, 6) + 0.0 for x in jumps(line)})
        assert found == [round(x, 6) for x in expected]
        if function is nn.step and expected:  # no slanted piece
            ys = line.get_ydata()
            assert not any(abs(a - b) > 0.5 for a, b in pairwise(ys))


def test_a_function_that_is_not_defined_everywhere() -> None:
    _, axes = plots.curves({"log": log, "1/x": lambda x: 1.0 / x})
    for panel in axes:
        line = next(line for line in panel.lines if len(line.get_xdata()) > 2)
        x, y = line.get_data()
        assert all(math.isnan(b) for a, b in zip(x, y, strict=True) if a == 0.0)
    value = next(line for line in axes[0].lines if len(line.get_xdata()) > 2)
    assert sum(math.isfinite(y) for y in value.get_ydata()) >= 200


def test_wrong_arguments_of_curves() -> None:
    with pytest.raises(TypeError, match="curves expects a dict from names to functions, got list"):
        plots.curves([nn.tanh])  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="curves expects a dict"):
        plots.curves({"one": 1.0})  # type: ignore[dict-item]
    with pytest.raises(ValueError, match="at least one function"):
        plots.curves({})
    for low, high in ((1.0, 1.0), (2.0, -2.0), (0.0, math.inf)):
        with pytest.raises(ValueError, match="low < high"):
            plots.curves({"tanh": nn.tanh}, low=low, high=high)
    with pytest.raises(TypeError, match="curves, of 'pair',"):
        plots.curves({"pair": lambda x: [x, x]}, derivative=False)


# --- learning_curves -------------------------------------------------------------------


def named(panel: Any) -> list[str]:
    return [line.get_label() for line in panel.lines if not line.get_label().startswith("_")]


def test_losses_alone_give_one_axes_and_records_a_list() -> None:
    _, axes = plots.learning_curves(history(3, records={}))
    assert axes.get_xlabel() == "epoch"
    _, axes = plots.learning_curves(history(3, records={"accuracy": [0.1, 0.2, 0.3]}))
    assert [panel.get_ylabel() for panel in axes] == ["loss (log)", "accuracy"]


def test_a_function_of_two_numbers_descends_as_one_of_a_point() -> None:
    path = [(1.0, 1.0), (0.5, 0.0)]
    levels = []
    for f in (
        lambda p: p[0] ** 2 + 3.0 * p[1],
        lambda a, b: a**2 + 3.0 * b,
        lambda a, b, c=3.0: a**2 + c * b,
        lambda p, c=3.0: p[0] ** 2 + c * p[1],
    ):
        _, axes = plots.descent(f, path, steps=5)
        levels.append([c.levels.tolist() for c in axes.collections if hasattr(c, "levels")])
    assert all(each == levels[0] for each in levels)


def test_learning_curves() -> None:
    nan = math.nan
    _, axes = plots.learning_curves(
        history(
            4, validation_loss=[1.0, 0.5, 0.6, 0.7], best_epoch=2, stopped="patience",
            learning_rate=[0.1] * 4, gradient_norm=[1.0] * 4,
            records={
                "validation accuracy": [nan, 0.5, nan, 0.6], "accuracy": [nan, 0.7, nan, 0.8],
                "validation mean squared error": [1.0, 2.0, 3.0, 4.0], "nothing": [nan] * 4,
            },
        )
    )  # fmt: skip
    names = ["loss (log)", "accuracy", "mean squared error"]
    assert [panel.get_ylabel() for panel in axes] == names
    assert [panel.get_yscale() for panel in axes] == ["log", "linear", "linear"]
    assert [panel.get_xlabel() for panel in axes] == ["", "", "epoch"]
    assert [named(panel) for panel in axes] == [
        ["training", "validation"], ["validation", "accuracy"], ["validation"],
    ]  # fmt: skip
    for panel, dashes in zip(axes, (["-", "--"], ["--", "-"], ["--"]), strict=True):
        assert [line.get_linestyle() for line in panel.lines[:-1]] == dashes
    assert axes[0].lines[0].get_xdata().tolist() == [1, 2, 3, 4]
    assert axes[0].get_xlim() == (1, 4)
    assert "lowest validation loss: epoch 2" in [text.get_text() for text in axes[0].texts]
    for panel in axes:
        assert panel.lines[-1].get_xdata() == [2, 2]
    assert axes[0].get_title("left") == "stopped: patience"


def test_only_a_first_word_says_what_was_measured() -> None:
    numbers = [0.1, 0.2, 0.3]
    names = ["test accuracy", "training accuracy", "validation accuracy", "learning rate",
             "accuracy of class 3", "weight norm", "validation", "norm after training"]  # fmt: skip
    _, axes = plots.learning_curves(history(3, records=dict.fromkeys(names, numbers)))
    assert [panel.get_ylabel() for panel in axes[1:]] == ["accuracy", *names[3:]]
    assert [[t.get_text() for t in panel.texts] for panel in axes] == [
        ["training"], ["test", "training", "validation"], *[[]] * 5,
    ]  # fmt: skip
    looks = {line.get_label(): (line.get_color(), line.get_linestyle()) for line in axes[1].lines}
    assert looks == {
        "training": (canvas.BLUE, "-"), "validation": (canvas.VERMILLION, "--"),
        "test": (canvas.GREEN, ":"),
    }  # fmt: skip
    assert axes[0].lines[0].get_color() == canvas.BLUE
    _, axes = plots.learning_curves(
        history(3, records={"accuracy": numbers, "test accuracy": numbers})
    )
    assert [text.get_text() for text in axes[1].texts] == ["accuracy", "test"]


def test_lines_break_where_nothing_is_known() -> None:
    nan = math.nan
    loss = [1.0, nan, 1.0, 1.0, math.inf, 1.0, 1.0]
    records = {"rare": [nan, 1.0, 2.0, nan, nan, nan, nan]}
    _, axes = plots.learning_curves(SimpleNamespace(loss=loss, records=records))
    line, rare = axes[0].lines[0], axes[1].lines[0]
    assert [k for k, y in enumerate(line.get_ydata()) if math.isnan(y)] == [1, 4]
    assert line.get_markevery() == [0]
    assert rare.get_markevery() == [1, 2]
    assert {line.get_marker(), rare.get_marker()} == {"o", "D"}
    _, axes = plots.learning_curves(history(3))
    assert axes.lines[0].get_marker() in ("None", None, "")


def test_a_long_reason_is_shortened() -> None:
    figure, axes = plots.learning_curves(history(3, stopped="a reason, " * 20))
    title = axes.title if axes.get_title() else axes._left_title
    figure.draw_without_rendering()
    assert title.get_text().endswith("…")
    assert 60 < len(title.get_text()) < 72
    assert title.get_window_extent().x1 <= figure.bbox.x1


@pytest.mark.parametrize("best", [1, 2, 30, 59, 60])
def test_the_best_epoch_is_named_inside_the_figure(best: int) -> None:
    past = history(60, validation_loss=[1.0] * 60, best_epoch=best)
    figure, axes = plots.learning_curves(past)
    figure.draw_without_rendering()
    (text,) = [text for text in axes.texts if "lowest" in text.get_text()]
    assert text.get_text() == f"lowest validation loss: epoch {best}"
    box, around = text.get_window_extent(), axes.get_window_extent()
    assert around.x0 - 5 <= box.x0 and box.x1 <= around.x1 + 5
    assert box.y1 <= figure.bbox.y1


@pytest.mark.parametrize(("epochs", "first", "last"), [
    (2, "1", "2"), (120, "1", "120"), (537, "1", "537"), (9999, "1", "9999"),
    (12345, "1", "12,345"),
])  # fmt: skip
def test_the_first_and_the_last_epoch_are_named(epochs: int, first: str, last: str) -> None:
    figure, axes = plots.learning_curves(history(epochs))
    figure.draw_without_rendering()
    texts = axes.get_xticklabels()
    assert (texts[0].get_text(), texts[-1].get_text()) == (first, last)
    assert ("," in texts[-2].get_text()) == (epochs > 9999)
    boxes = [text.get_window_extent() for text in texts]
    assert all(one.x1 < other.x0 for one, other in pairwise(boxes))


@pytest.mark.parametrize("loss", [
    [1.0 + 1e-9, 1.0], [0.693, 0.692], [1e300, 1.0, 1e-300], [1.7e308, 5e-324], [0.5, 0.5],
    [1e-9, 2e-9], [-1e9, -1e9 + 1.0], [5.0, 0.001], [3e-7, 2e-8],
])  # fmt: skip
def test_ticks_of_a_loss_differ(loss: list[float]) -> None:
    figure, axes = plots.learning_curves(SimpleNamespace(loss=loss))
    figure.draw_without_rendering()
    low, high = axes.get_ylim()
    assert low <= min(loss) and max(loss) <= high
    ticks = zip(axes.get_yticks(), axes.get_yticklabels(), strict=True)
    texts = [text.get_text() for tick, text in ticks if low <= tick <= high]
    assert len(texts) >= 2
    assert len(set(texts)) == len(texts)
    assert not any("-" in text for text in texts)  # a minus is longer than a hyphen


def test_numbers_of_epochs_are_left_out_only_above_others() -> None:
    past = history(9, records={"learning rate": [0.1] * 9})
    for shape, shared, expected in (
        ((1, 2), False, [True, True]), ((1, 2), True, [True, True]),
        ((2, 1), False, [True, True]), ((2, 1), True, [False, True]),
    ):  # fmt: skip
        figure = matplotlib.figure.Figure()
        axes = plots.learning_curves(past, ax=figure.subplots(*shape, sharex=shared))[1]
        shown = [panel.xaxis.get_tick_params()["labelbottom"] for panel in axes]
        assert shown == expected
        assert [panel.get_xlabel() == "epoch" for panel in axes] == expected


@pytest.mark.parametrize("text", ["costs $5 and $6", "$\\foo$", "a_b^c {"])
def test_names_are_no_formulas(text: str, tmp_path: Path) -> None:
    numbers = [0.1, 0.2, 0.3]
    records = {text: numbers, f"test {text}": numbers}
    pictures = [
        plots.learning_curves(history(3, stopped=text, records=records))[0],
        plots.descent(quadratic, {text: [(1.0, 1.0), (0.5, 0.5)]}, steps=4)[0],
        plots.curves({text: nn.tanh})[0],
    ]
    for figure in pictures:
        figure.savefig(tmp_path / "a.png")  # a wrong formula would raise
        written = [t for t in figure.findobj(matplotlib.text.Text) if text in t.get_text()]
        assert written
        assert not any(artist.get_parse_math() for artist in written)


def test_a_history_of_losses_alone() -> None:
    _, axes = plots.learning_curves(history(3))
    assert named(axes) == ["training"]
    assert len(axes.lines) == 1
    _, axes = plots.learning_curves(history(3, validation_loss=[], best_epoch=2, records={}))
    assert len(axes.lines) == 1  # nothing was validated, so no epoch was best
    more = history(3, best_epoch=2, records={"test loss": [0.1, 0.2, 0.3]})
    _, axes = plots.learning_curves(more)
    assert named(axes) == ["training", "test"]
    assert len(axes.lines) == 2
    _, axes = plots.learning_curves(SimpleNamespace(loss=[1.0, 0.0, -1.0]))
    assert axes.get_yscale() == "linear"


@pytest.mark.parametrize("epochs", [2, 7, 300])
def test_the_ticks_are_whole_epochs(epochs: int) -> None:
    figure, axes = plots.learning_curves(history(epochs))
    figure.draw_without_rendering()
    ticks = [t for t in axes.get_xticks() if 1 <= t <= epochs]
    assert ticks and all(t == int(t) for t in ticks)


def test_one_epoch_is_a_marker() -> None:
    figure, axes = plots.learning_curves(history(1))
    figure.draw_without_rendering()
    assert axes.lines[0].get_marker() == "o"
    assert [t for t in axes.get_xticks() if 0.5 <= t <= 1.5] == [1]


@pytest.mark.parametrize("ends", [(0.5, 0.5001), (0.5, 0.001), (0.0011, 0.001)])
def test_labels_at_the_ends_do_not_overlap(ends: tuple[float, float]) -> None:
    past = [1.0, 0.8]
    drawn = SimpleNamespace(
        loss=[*past, ends[0]], validation_loss=[*past, ends[1]],
        records={
            f"{k}accuracy": [0.1, 0.5, 0.9] for k in ("", "training ", "test ", "validation ")
        },
    )  # fmt: skip
    figure, axes = plots.learning_curves(drawn)
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for panel in axes for text in panel.texts]
    assert len(boxes) == 6
    for k, one in enumerate(boxes):
        assert not any(one.overlaps(other) for other in boxes[:k])
        assert one.x1 <= figure.bbox.x1 and one.y1 <= figure.bbox.y1 and one.y0 >= 0.0
        assert one.x0 >= axes[0].get_window_extent().x1


@pytest.mark.parametrize("loss", [[1.0, 0.5, 0.1], [1.0, 0.5, -0.1]])
def test_labels_are_beside_the_ends(loss: list[float]) -> None:
    drawn = SimpleNamespace(loss=loss, validation_loss=[1.0, 0.8, 0.9])
    figure, axes = plots.learning_curves(drawn)
    figure.draw_without_rendering()
    for text in axes.texts:
        end = {"training": loss[-1], "validation": 0.9}[text.get_text()]
        box = text.get_window_extent()
        assert box.y0 < axes.transData.transform((3, end))[1] < box.y1


def test_small_changes_have_readable_ticks() -> None:
    figure, axes = plots.learning_curves(SimpleNamespace(loss=[0.693, 0.692, 0.691]))
    figure.draw_without_rendering()
    low, high = axes.get_ylim()
    ticks = [t for t in axes.get_yticks() if low <= t <= high]
    assert len(ticks) >= 3


def test_wrong_histories() -> None:
    with pytest.raises(ValueError, match="learning_curves expects at least one epoch"):
        plots.learning_curves(history(0))
    with pytest.raises(ValueError, match="learning_curves"):
        plots.learning_curves(SimpleNamespace(loss=[math.nan, math.inf]))
    with pytest.raises(
        TypeError, match="learning_curves expects a history with the attribute loss"
    ):
        plots.learning_curves([1.0, 2.0])
    with pytest.raises(TypeError, match="learning_curves expects a dict of records"):
        plots.learning_curves(history(2, records=[1.0]))


# --- histograms ------------------------------------------------------------------------


def bars(axes: Any) -> float:
    """How many numbers there are in a histogram."""
    return sum(bar.get_height() for bar in axes.patches)


def test_activation_histograms() -> None:
    rng = Random(0)
    rows = [[rng.gauss(0.0, 1.0) for _ in range(10)] for _ in range(30)]
    model = Sequential(
        Layer(10, 20, "tanh", init=nn.normal(5.0), rng=1), Dropout(0.9, rng=0),
        Layer(20, 4, init=nn.normal(0.1), rng=2), "relu", Layer(4, 2, "sigmoid", rng=3),
    )  # fmt: skip
    _, axes = plots.activation_histograms(model, rows)
    titles = [panel.get_title().splitlines() for panel in axes]
    assert [title[0] for title in titles] == [
        "layer 1: tanh", "layer 3: linear", "relu 4", "layer 5: sigmoid",
    ]  # fmt: skip
    assert [bars(panel) for panel in axes] == [600, 120, 120, 60]
    outputs = [node.data for row in rows for node in model.eval().hidden(row)[0]]
    model.train()
    share = sum(abs(a) > 0.97 for a in outputs) / len(outputs)
    assert f"std {np.std(outputs):.2g}, |a| > 0.97: {100 * share:.0f} %" == titles[0][1]
    assert 0.5 < share < 1.0
    limits = [panel.get_xlim() for panel in axes]
    assert limits[0] == pytest.approx((-1.08, 1.08))
    assert limits[1][0] == -limits[1][1]
    assert limits[2][1] > -10 * limits[2][0] > 0.0
    assert limits[3] == pytest.approx((-0.04, 1.04))
    assert "|2a − 1| > 0.97: 0 %" in titles[3][1]
    assert ">" not in titles[1][1] and ">" not in titles[2][1]
    zeros = [node.data for row in rows for node in model.eval().hidden(row)[3]].count(0.0) / 120
    assert titles[2][1].endswith(f", {100 * zeros:.0f} % are 0")
    assert not any("are 0" in title[1] for title in (titles[0], titles[1], titles[3]))
    assert [panel.get_ylabel() for panel in axes] == ["share of outputs", "", "", ""]


@pytest.mark.parametrize(("output", "potential", "saturated"), [
    ("sigmoid", 4.1, "0 %"), ("sigmoid", 4.3, "100 %"), ("sigmoid", -4.3, "100 %"),
    ("tanh", 2.05, "0 %"), ("tanh", 2.15, "100 %"), ("hard_tanh", -0.98, "100 %"),
])  # fmt: skip
def test_what_saturates(output: str, potential: float, saturated: str) -> None:
    model = Sequential(Layer(1, 1, output, init=nn.constant(potential)))
    _, (axes,) = plots.activation_histograms(model, [[1.0]])
    assert axes.get_title().endswith(f": {saturated}")


def test_states_of_a_recurrent_net_by_step() -> None:
    model = Recurrent(1, 3, 1, rng=0)
    _, axes = plots.activation_histograms(model, [[[1.0]], [[1.0], [0.0]]])
    assert [panel.get_title().splitlines()[0] for panel in axes] == ["step 1: tanh", "step 2: tanh"]
    assert [bars(panel) for panel in axes] == [6, 3]


def test_outputs_that_are_not_finite_are_counted() -> None:
    model = Sequential(Layer(1, 1, init=nn.constant(1e300)), Layer(1, 1, init=nn.constant(1e300)))
    _, axes = plots.activation_histograms(model, [[1.0], [0.0]])
    assert axes[1].get_title().splitlines()[1:] == ["std 0", "50 % not finite"]


def test_titles_of_histograms_do_not_collide() -> None:
    model = MLP([1, 2, 2, 2, 1], activation="sigmoid", init=nn.constant(90.0))
    model.layers[2].neurons[0].bias.data = math.nan  # type: ignore[union-attr]
    figure, axes = plots.activation_histograms(model, [[1.0], [-1.0]])
    figure.draw_without_rendering()
    boxes = [panel.title.get_window_extent() for panel in axes]
    assert all(one.x1 < other.x0 for one, other in pairwise(boxes))
    assert all(box.x0 >= 0.0 and box.x1 <= figure.bbox.x1 for box in boxes)


def test_gradient_histograms() -> None:
    model = MLP([2, 5, 1], activation="relu", output="sigmoid", rng=0)
    model.layers[0].neurons[0].bias.data = -100.0  # type: ignore[union-attr]  # dead
    _, axes = plots.gradient_histograms(model, X, Y)
    table = autograd.grad_table(nn.empirical_risk(model, X, Y))
    for panel, layer in zip(axes, model.layers, strict=True):
        weights = [w for unit in layer.neurons for w in unit.weights]
        sizes = sorted(abs(table[w]) for w in weights if table[w])
        assert bars(panel) == len(sizes)
        notes = panel.get_title("right")
        middle = np.median(np.log10(sizes))
        factor, power = f"{10.0**middle:.1e}".split("e")
        assert rf"median ${factor}\cdot 10^{{{int(power)}}}$" in notes
        assert panel.lines[0].get_xdata()[0] == pytest.approx(middle)
        assert f"({len(weights)} weights)" in panel.get_title("left")
        zeros = 1.0 - len(sizes) / len(weights)
        assert f"{100 * zeros:.0f} % exactly 0" in notes
        assert panel.get_xlim() == axes[0].get_xlim()
        assert panel.get_xlim()[0] <= math.log10(sizes[0])
        assert panel.get_xlim()[1] >= math.log10(sizes[-1])
    assert axes[-1].get_xlabel() and not axes[0].get_xlabel()


def test_the_median_of_gradients_is_that_of_their_logarithms() -> None:
    model = neuron("linear", 0.0, 0.0, 0.0)  # its gradient is -x: the sizes are 1 and 100
    figure, (axes,) = plots.gradient_histograms(model, [[1.0, 100.0]], [1.0], loss="absolute_error")
    assert axes.get_title("right") == r"median $1.0\cdot 10^{1}$"
    assert axes.lines[0].get_xdata()[0] == pytest.approx(1.0)
    figure.draw_without_rendering()
    ticks = [text.get_text() for text in axes.get_xticklabels()]
    assert ticks and all(text.startswith("$10^{") for text in ticks)


def test_gradients_of_another_loss_and_of_other_modules() -> None:
    model = MLP([2, 2, 1], rng=0)
    plain, other = (plots.gradient_histograms(model, X, Y, loss=loss)[1][0].get_title("right")
                    for loss in ("auto", "absolute_error"))  # fmt: skip
    assert plain != other
    _, axes = plots.gradient_histograms(Recurrent(1, 3, 1, rng=0), [[[1.0], [2.0]]], [[0.0, 1.0]])
    assert [panel.get_title("left") for panel in axes] == [
        "cell (12 weights)", "readout (3 weights)",
    ]  # fmt: skip
    _, (axes,) = plots.gradient_histograms(neuron("linear", 0.0, 0.0), [[1.0]], [0.0])
    assert axes.get_title("right") == "100 % exactly 0"


def test_wrong_arguments_of_histograms() -> None:
    with pytest.raises(TypeError, match="activation_histograms expects a model with hidden"):
        plots.activation_histograms(Neuron(2), X)
    where = r"X of activation_histograms\[1\]\[0\] is nan"
    with pytest.raises(ValueError, match=where):
        plots.activation_histograms(MLP([2, 1]), [[0.0, 1.0], [math.nan, 1.0]])
    with pytest.raises(ValueError, match="activation_histograms expects at least one row"):
        plots.activation_histograms(MLP([2, 1]), [])
    with pytest.raises(TypeError, match="gradient_histograms expects a Module"):
        plots.gradient_histograms(abs, X, Y)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="gradient_histograms expects a model with weights"):
        plots.gradient_histograms(Softmax(), X, Y)
    with pytest.raises(ValueError, match="gradient_histograms expects one target per row"):
        plots.gradient_histograms(MLP([2, 1]), X, [1])
    with pytest.raises(ValueError, match="gradient_histograms expects at least one row"):
        plots.gradient_histograms(MLP([2, 1]), [], [])


# --- weight_images, network ------------------------------------------------------------


def test_weight_images() -> None:
    layer = Layer(6, 2, rng=0)
    numbers = [0.1, 0.2, 0.3, 0.4, 0.5, -0.6, 0.0, 0.0, 0.0, 0.0, 0.0, 0.25]
    weights = [w for unit in layer.neurons for w in unit.weights]
    for w, number in zip(weights, numbers, strict=True):
        w.data = number
    figure, axes = plots.weight_images(layer, (2, 3))
    assert [panel.get_title() for panel in axes] == ["unit 1", "unit 2"]
    images = [panel.images[0] for panel in axes]
    assert images[0].get_array().tolist() == [[0.1, 0.2, 0.3], [0.4, 0.5, -0.6]]
    assert [image.get_clim() for image in images] == [(-0.6, 0.6)] * 2
    assert len(figure.axes) == 3  # one scale for all
    to_rgb = matplotlib.colors.to_rgb
    shades = images[0].cmap
    for x, colour in ((0.0, canvas.VERMILLION), (0.5, "white"), (1.0, canvas.BLUE)):
        assert shades(x)[:3] == pytest.approx(to_rgb(colour), abs=0.01)
    assert not any(len(panel.get_xticks()) for panel in axes)
    model = Sequential(Dropout(0.5), layer, Layer(2, 1, rng=0))
    assert len(plots.weight_images(model, [2, 3])[1]) == 2
    assert len(plots.weight_images(Layer(4, 30, rng=0), (2, 2))[1]) == 30


def test_clearly_negative_weights_have_a_sign() -> None:
    layer = Layer(4, 1, rng=0)
    for w, number in zip(layer.neurons[0].weights, [1.0, -0.05, -0.2, -1.0], strict=True):
        w.data = number
    _, (axes,) = plots.weight_images(layer, (2, 2))
    (signs,) = axes.lines
    assert signs.get_marker() == "_"
    assert list(zip(*signs.get_data(), strict=True)) == [(0, 1), (1, 1)]
    _, (axes,) = plots.weight_images(Layer(110, 1, rng=0), (10, 11))
    assert not axes.lines
    _, (axes,) = plots.weight_images(Layer(4, 1, init=nn.constant(1.0)), (2, 2))
    assert not axes.lines


@pytest.mark.parametrize(("units", "shape"), [
    (1, (1, 10)), (5, (1, 10)), (100, (8, 8)), (2, (10, 1)), (3, (5, 3)), (1, (1, 1)),
])  # fmt: skip
def test_images_of_any_shape_and_their_scale(units: int, shape: tuple[int, int]) -> None:
    layer = Layer(shape[0] * shape[1], units, rng=0)
    figure, axes = plots.weight_images(layer, shape)
    figure.draw_without_rendering()
    images = [panel.get_window_extent() for panel in axes]
    (bar,) = [panel for panel in figure.axes if panel not in axes]
    box = bar.get_window_extent()
    assert not any(box.overlaps(image) for image in images)
    low, high = min(i.y0 for i in images), max(i.y1 for i in images)
    assert box.height <= 1.1 * (high - low)
    name = (bar.xaxis if shape == (1, 10) else bar.yaxis).label.get_window_extent()
    assert name.x1 <= figure.bbox.x1 and name.y0 >= 0.0
    assert high - low > 0.2 * figure.bbox.height
    flat = shape == (1, 10)
    ticks = bar.get_xticklabels() if flat else bar.get_yticklabels()
    texts = [text.get_window_extent() for text in ticks if text.get_text()]
    assert len(texts) >= 3
    inside = [t for t in texts if t.overlaps(box) or t.x0 > box.x1 or t.y1 < box.y0]
    assert not any(one.overlaps(other) for one, other in pairwise(inside))
    titles = [panel.title.get_window_extent() for panel in axes]
    assert not any(one.overlaps(other) for one, other in pairwise(titles))
    if units == 100:
        assert len({round(image.x0) for image in images}) == 10
        assert high - low > 0.85 * figure.bbox.height
        assert box.height < 0.6 * (high - low)


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_parameters_that_are_not_finite_are_named(number: float) -> None:
    model = MLP([2, 1, 1], rng=0)
    model.parameters()[1].data = number
    message = rf"parameter 'w1\[0,1\]' is {number}"
    with pytest.raises(ValueError, match="network: " + message):
        plots.network(model)
    with pytest.raises(ValueError, match="weight_images: " + message):
        plots.weight_images(model, (1, 2))
    biased = Layer(2, 1, rng=0)
    biased.neurons[0].bias.data = number  # type: ignore[union-attr]
    with pytest.raises(ValueError, match=r"network: parameter 'b\[0\]' is"):
        plots.network(biased)
    assert len(plots.weight_images(biased, (1, 2))[1]) == 1  # no bias is drawn


@pytest.mark.parametrize("shape", [(2, 2), (6,), (1, 2, 3), (0, 6), (-2, -3)])
def test_shapes_that_do_not_fit(shape: Any) -> None:
    with pytest.raises(ValueError, match="weight_images"):
        plots.weight_images(Layer(6, 1, rng=0), shape)


def test_what_has_no_weight_images() -> None:
    for thing in (Sequential(Softmax()), Neuron(4), None):
        with pytest.raises(TypeError, match="weight_images expects a Layer"):
            plots.weight_images(thing, (2, 2))
    for shape in (6, (2.0, 3.0)):
        with pytest.raises(TypeError, match="shape of weight_images"):
            plots.weight_images(Layer(6, 1, rng=0), shape)


def weights_drawn(axes: Any) -> dict[str, list[float]]:
    return {c.get_label(): list(c.get_linewidths()) for c in kinds(axes, "LineCollection")
            if c.get_segments()}  # fmt: skip


def test_network() -> None:
    model = MLP([2, 3, 1], output="sigmoid", rng=0)
    numbers = [1.0, -2.0, 0.0, 4.0, 0.0, 0.5, -1.0, 1.0, 0.0, 2.0, -0.5, 0.25, -3.0]
    for p, number in zip(model.parameters(), numbers, strict=True):
        p.data = number
    _, axes = plots.network(model)
    assert len(axes.patches) == 6
    drawn = weights_drawn(axes)
    for name, sign in (("weight > 0", 1.0), ("weight < 0", -1.0)):
        sizes = [sign * x for x in numbers if sign * x > 0.0]
        assert len(drawn[name]) == len(sizes)  # nothing for what is 0
        order = [s for _, s in sorted(zip(drawn[name], sizes, strict=True))]
        assert order == sorted(sizes)
    colours = [c.get_colors()[0][:3] for c in kinds(axes, "LineCollection")]
    assert [tuple(c) for c in colours] == [
        matplotlib.colors.to_rgb(c) for c in (canvas.BLUE, canvas.VERMILLION)
    ]
    solid, dashed = (c.get_linestyle()[0][1] for c in kinds(axes, "LineCollection"))
    assert solid is None and dashed is not None
    assert labels(axes) == ["weight > 0", "weight < 0"]
    assert "|w| = 4" in axes.get_legend().get_title().get_text()
    texts = {text.get_text() for text in axes.texts}
    assert texts == {"$x_{1}$", "$x_{2}$", "$y_{1}$", "inputs", "tanh", "sigmoid"}


def test_lines_lead_from_circle_to_circle() -> None:
    _, axes = plots.network(MLP([2, 2], init=nn.constant(1.0)))
    (lines,) = [c for c in kinds(axes, "LineCollection") if c.get_segments()]
    centres = {patch.center for patch in axes.patches}
    assert len(lines.get_segments()) == 4
    for start, end in lines.get_segments():
        assert tuple(start) in centres and tuple(end) in centres
        assert start[0] < end[0]


def test_biases_are_short_and_have_a_dot() -> None:
    layer = Layer(1, 2, init=nn.constant(1.0))
    for unit, number in zip(layer.neurons, (0.5, -0.25), strict=True):
        unit.bias.data = number  # type: ignore[union-attr]
    _, axes = plots.network(layer)
    units = [patch for patch in axes.patches if patch.center[0] > 0.0]
    gap = abs(units[0].center[1] - units[1].center[1]) - 2.0 * units[0].radius
    segments = [s for c in kinds(axes, "LineCollection") for s in c.get_segments()]
    centres = {patch.center for patch in axes.patches}
    stubs = [s for s in segments if tuple(s[0]) not in centres]
    assert len(stubs) == 2
    for start, end in stubs:
        assert tuple(end) in centres
        assert start[0] < end[0] and start[1] > end[1]  # from the upper left
        assert math.dist(start, end) - units[0].radius < 0.5 * gap
    dots = [(line.get_xdata()[0], line.get_ydata()[0]) for line in axes.lines]
    assert dots == [tuple(start) for start, _ in stubs]
    assert [line.get_markerfacecolor() == "white" for line in axes.lines] == [False, True]
    assert "with a dot is the bias" in axes.get_legend().get_title().get_text()


def test_a_network_of_zeros() -> None:
    _, axes = plots.network(MLP([2, 2], init=nn.constant(0.0)))
    assert axes.get_legend().get_title().get_text() == "all weights are 0"


def test_wide_layers_are_shortened() -> None:
    _, axes = plots.network(MLP([16, 17, 64, 1], rng=0))
    assert len(axes.patches) == 16 + 15 + 15 + 1
    assert [t.get_text() for t in axes.texts if "more" in t.get_text()] == ["… 2 more", "… 49 more"]


def test_which_models_are_networks() -> None:
    layers = [Layer(2, 3, rng=0), Dropout(0.5), "relu", Sequential(Layer(3, 2, "tanh", rng=1))]
    _, axes = plots.network(Sequential(*layers, Softmax()))  # type: ignore[arg-type]
    texts = [text.get_text() for text in axes.texts]
    assert "relu" in texts and "tanh, softmax" in texts and "linear" not in texts
    for model, circles in ((Perceptron([1.0, 1.0]), 3), (Layer(3, 2, bias=False), 5)):
        assert len(plots.network(model)[1].patches) == circles
    for thing in (Recurrent(1, 2, 1), abs, Sequential(Softmax()), Sequential(Layer(1, 1), abs)):
        with pytest.raises(TypeError, match="network"):
            plots.network(thing)


# --- descent ---------------------------------------------------------------------------


def test_descent() -> None:
    path = [(3.0, 1.0), (1.0, -0.5), (0.25, 0.25)]
    _, axes = plots.descent(quadratic, path)
    (line,) = axes.lines
    assert list(zip(*line.get_data(), strict=True)) == path
    start, end = (m.get_offsets().tolist() for m in kinds(axes, "PathCollection"))
    assert (start, end) == ([[3.0, 1.0]], [[0.25, 0.25]])
    (contours,) = [c for c in kinds(axes, "QuadContourSet") if not c.filled]
    ratios = [b / a for a, b in pairwise(contours.levels)]
    assert ratios == pytest.approx([ratios[0]] * len(ratios))  # by constant factors
    for level, drawn in zip(contours.levels, contours.get_paths(), strict=True):
        for a, b in drawn.vertices:
            assert quadratic([a, b]) == pytest.approx(level, rel=0.1, abs=0.02)
    low, high = axes.get_xlim()
    assert low < 0.25 and high > 3.0
    assert axes.get_aspect() == 1.0


def test_levels_of_a_function_that_is_negative_somewhere() -> None:
    _, axes = plots.descent(lambda p: p[0] ** 2 - p[1] ** 2, [(1.0, 0.1), (0.0, 1.0)])
    levels = kinds(axes, "QuadContourSet")[0].levels
    steps = [b - a for a, b in pairwise(levels)]
    assert steps == pytest.approx([steps[0]] * len(steps))
    assert levels[0] < 0.0 < levels[-1]


def test_several_paths_and_nodes_and_one_point() -> None:
    def f(p: list[Any]) -> Value:
        return Value(p[0]) * p[0] + p[1] * p[1]

    paths = {"SGD": [(1.0, 1.0), (0.5, 0.5)], "Newton": np.array([[1.0, 1.0], [0.0, 0.0]])}
    _, axes = plots.descent(f, paths, steps=5)
    assert labels(axes) == ["SGD", "Newton", "start", "end"]
    looks = {
        (line.get_color(), str(line.get_linestyle()), line.get_marker()) for line in axes.lines
    }
    assert len(looks) == 2
    assert len({look[1] for look in looks}) == len({look[2] for look in looks}) == 2
    _, axes = plots.descent(f, [(1.0, 1.0)], steps=5)
    assert len(axes.lines) == 1
    _, axes = plots.descent(lambda p: 3.0, [(1.0, 1.0), (2.0, 2.0)], steps=5)
    assert len(axes.lines) == 1


def test_a_dense_path_keeps_its_colour() -> None:
    def line(count: int) -> Any:
        path = [(1.0 - k / count, 1.0) for k in range(count)]
        return plots.descent(quadratic, path, steps=4)[1].lines[0]

    few, many = line(20), line(300)
    assert few.get_markevery() == 1 and few.get_markeredgewidth() > 0.0
    assert many.get_markevery() == 12 and many.get_markeredgewidth() == 0.0
    assert line(40).get_markeredgewidth() > 0.0 == line(41).get_markeredgewidth()


def test_many_paths_differ_and_their_ends_have_their_colours() -> None:
    paths = {f"lr {k}": [(k, 1.0), (k, 2.0)] for k in range(12)}
    _, axes = plots.descent(quadratic, paths, steps=4)
    looks = {(line.get_color(), str(line._dash_pattern)) for line in axes.lines}
    assert len(looks) == 12
    to_rgba = matplotlib.colors.to_rgba
    colours = [to_rgba(line.get_color()) for line in axes.lines]
    for ends in kinds(axes, "PathCollection"):
        assert [tuple(edge) for edge in ends.get_edgecolors()] == colours
    for handle in axes.get_legend().legend_handles[-2:]:
        assert tuple(handle.get_edgecolor()[0]) == to_rgba(canvas.BLACK)


def test_long_names_of_paths_stand_below_one_another() -> None:
    path = [(1.0, 1.0), (0.5, 0.5)]
    for name, columns in (("x" * 20, 3), ("x" * 21, 1)):
        _, axes = plots.descent(quadratic, {name: path}, steps=4)
        assert axes.get_legend()._ncols == columns


@pytest.mark.parametrize(("factor", "expected"), [
    (1.0, {"0.1", "1", "10"}), (1e9, {"$10^{8}$", "$10^{9}$"}), (1e-9, {"$10^{-9}$", "$10^{-8}$"}),
])  # fmt: skip
def test_the_scale_of_heights_has_round_numbers(factor: float, expected: set[str]) -> None:
    figure, axes = plots.descent(
        lambda p: factor * quadratic(p), [(3.0, 1.0), (0.1, 0.1)], steps=20
    )
    (bar,) = axes.child_axes
    figure.draw_without_rendering()
    texts = {text.get_text() for text in bar.get_yticklabels()}
    assert expected <= texts
    plain = factor == 1.0
    assert all(set(text) <= set("015.") if plain else text.startswith("$10^") for text in texts)


def test_what_is_not_defined_stays_blank() -> None:
    def f(p: list[Any]) -> Any:
        return log(p[0]) + p[1]

    _, axes = plots.descent(f, [(0.1, 0.0), (2.0, 1.0), (math.nan, 1.0)], steps=30)
    assert axes.get_xlim()[0] < 0.0
    filled = next(c for c in kinds(axes, "QuadContourSet") if c.filled)
    assert min(x for path in filled.get_paths() for x, _ in path.vertices) > 0.0
    assert len(axes.lines[0].get_xdata()) == 2  # the point that is not finite is left out


def test_wrong_arguments_of_descent() -> None:
    with pytest.raises(TypeError, match="descent expects a function"):
        plots.descent(3.0, [(1, 1)])  # type: ignore[arg-type]
    for path in ([], {"SGD": []}, {}, [(math.nan, 1.0)]):
        with pytest.raises(ValueError, match="descent expects"):
            plots.descent(quadratic, path)
    with pytest.raises(ValueError, match="descent expects points of 2 numbers"):
        plots.descent(quadratic, [(1.0, 2.0, 3.0)])
    for wrong in ([1.0, 2.0], 3.0, [("a", "b")]):
        with pytest.raises(TypeError, match="of descent"):
            plots.descent(quadratic, wrong)
    with pytest.raises(ValueError, match="no finite value"):
        plots.descent(lambda p: log(-1.0 - p[0] ** 2), [(1, 1)], steps=3)
    with pytest.raises(TypeError, match="the function of descent expects one number"):
        plots.descent(lambda p: p, [(1, 1)], steps=3)


def test_a_notebook_shows_a_figure() -> None:
    from IPython.core.formatters import DisplayFormatter

    figure, _ = plots.curves({"tanh": nn.tanh})
    shown, _ = DisplayFormatter().format(figure)
    assert shown["image/png"][:4] == b"\x89PNG"
