"""Training pictures: what is drawn, and that matplotlib's own settings are left alone."""

import sys
from pathlib import Path

import matplotlib
import matplotlib.figure
import pytest

from nn import MLP, plots

X, Y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]


def test_decision_boundary() -> None:
    model = MLP([2, 1], output="sigmoid", rng=0)
    model.parameters()[0].data, model.parameters()[1].data = 5.0, 0.0
    model.parameters()[2].data = -2.5  # decides at x1 = 0.5
    before = dict(matplotlib.rcParams)
    figure, axes = plots.decision_boundary(model, X, Y, steps=21)
    assert dict(matplotlib.rcParams) == before
    assert isinstance(figure, matplotlib.figure.Figure)
    line = next(c for c in axes.collections if type(c).__name__ == "QuadContourSet")
    points = [point for path in line.get_paths() for point in path.vertices]
    assert points
    assert all(abs(x - 0.5) < 1e-6 for x, _ in points)
    assert [t.get_text() for t in axes.get_legend().get_texts()] == ["target 0", "target 1"]
    markers = [c for c in axes.collections if type(c).__name__ == "PathCollection"]
    assert sorted(len(m.get_offsets()) for m in markers) == [2, 2]


def test_a_boundary_outside_the_picture_is_not_drawn() -> None:
    model = MLP([2, 1], rng=0)
    model.parameters()[2].data = 100.0
    _, axes = plots.decision_boundary(model, X, [-1, 1, 1, -1], steps=5)
    assert not [c for c in axes.collections if type(c).__name__ == "QuadContourSet"]


def test_fit_curve_and_given_axes() -> None:
    figure = matplotlib.figure.Figure()
    given = figure.subplots()
    model = MLP([1, 1], rng=0)
    assert plots.fit_curve(model, [[0], [1]], [0, 1], ax=given) == (figure, given)
    assert plots.decision_boundary(MLP([2, 1], rng=0), X, Y, ax=given, steps=3)[1] is given
    _, (curve, residuals) = plots.fit_curve(model, [[0], [1]], [0, 1], truth=lambda x: x)
    assert [t.get_text() for t in curve.get_legend().get_texts()] == ["data", "fit", "truth"]
    assert residuals.get_xlabel() == "$x$"


@pytest.mark.parametrize(("rows", "targets"), [
    ([[1.0]], [0]), ([], []), ([[0, 1]], [2]), ([[0, 1]], [0, 1]), ([[0, 1], [1, 1]], [-1, 0]),
])  # fmt: skip
def test_wrong_data_for_a_boundary(rows, targets) -> None:
    with pytest.raises(ValueError, match="decision_boundary"):
        plots.decision_boundary(MLP([2, 1]), rows, targets)


def test_wrong_data_for_a_curve() -> None:
    for rows, targets in (([[1.0, 2.0]], [0]), ([], []), ([[1.0]], [])):
        with pytest.raises(ValueError, match="fit_curve"):
            plots.fit_curve(MLP([1, 1]), rows, targets)


def test_without_matplotlib(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ImportError, match=r"pip install matplotlib .*gradtable\[plot\]"):
        plots.decision_boundary(MLP([2, 1]), X, Y, steps=2)


def test_saved_pictures_are_png(tmp_path: Path) -> None:
    figure, _ = plots.decision_boundary(MLP([2, 1], rng=0), X, Y, steps=5)
    figure.savefig(tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes()[:4] == b"\x89PNG"


def test_residuals_are_target_minus_fit_and_the_plane_is_square() -> None:
    model = MLP([1, 1], rng=0)
    for p in model.parameters():
        p.data = 0.0
    _, (_, residuals) = plots.fit_curve(model, [[0], [1]], [2.0, -1.0])
    points = next(c for c in residuals.collections if type(c).__name__ == "PathCollection")
    assert points.get_offsets().tolist() == [[0.0, 2.0], [1.0, -1.0]]
    _, axes = plots.decision_boundary(MLP([2, 1], rng=0), X, Y, steps=3)
    assert axes.get_aspect() == 1.0
    mesh = next(c for c in axes.collections if type(c).__name__ == "QuadMesh")
    low, high = mesh.get_clim()
    assert abs((low + high) / 2 - 0.5) < 1e-12  # centred on the decision
