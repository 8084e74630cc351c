"""Every demo runs, and its claim holds."""

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from demos import __main__ as demos
from demos import early_stopping, logistic_loss, reading, regression, xor
from nn import datasets

ROOT = Path(__file__).parents[1]


def test_xor(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outputs = xor.main(["--out", str(tmp_path / "new"), "--seed", "0"])
    assert all(abs(o - t) < 0.1 for o, t in zip(outputs, [0, 1, 1, 0], strict=True))
    text, progress = capsys.readouterr()
    assert text.count("  sample ") == 4
    assert "0.7382 before training, 0.0007 after" in text
    assert text.rstrip().splitlines()[-1].startswith("Try next:")
    assert "epoch 500 of 500: loss 0.0006" in progress
    for name in ("xor.svg", "xor-boundary.png"):
        assert str(tmp_path / "new" / name) in text
    root = ElementTree.parse(tmp_path / "new" / "xor.svg").getroot()
    space = "{http://www.w3.org/2000/svg}"
    assert root.find(f"{space}title").text == "Computation graph of loss"
    assert root.find(f"{space}desc").text.startswith("34 values. loss = ")
    words = {element.text for element in root.iter(f"{space}text")}
    assert {"layer 1", "layer 2", "loss", "w1[0,0]", "x[1]"} <= words
    assert (tmp_path / "new" / "xor-boundary.png").read_bytes()[:4] == b"\x89PNG"


def test_xor_shows_where_a_gradient_came_from(capsys: pytest.CaptureFixture[str]) -> None:
    import nn

    xor.show_contributions(nn.MLP([2, 4, 1], output="sigmoid", rng=0))
    lines = [line for line in capsys.readouterr().out.splitlines() if " sample " in line]
    products = [float(line.split("=")[1]) for line in lines]
    assert len(products) == 4
    assert abs(sum(products) - -0.07423) < 3e-5


def test_regression(tmp_path: Path) -> None:
    slope, intercept = regression.main(["--out", str(tmp_path)])
    X, y = datasets.line(regression.SAMPLES, rng=0)  # the seed of the demo
    numpy = pytest.importorskip("numpy")
    exact = numpy.polyfit([x for (x,) in X], y, 1)
    assert abs(slope - exact[0]) < 1e-6
    assert abs(intercept - exact[1]) < 1e-6
    assert (tmp_path / "regression.png").exists()


def test_early_stopping(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    errors = early_stopping.main(["--out", str(tmp_path)])
    assert errors["stopped"] < 0.7 * errors["never stopped"]
    assert list(errors) == ["never stopped", "stopped", "retrained", "continued"]
    text = capsys.readouterr().out
    assert "epoch 83: early stopping; the best was epoch 23" in text
    assert "3 epochs more, down" in text
    assert len(list(tmp_path.glob("early-stopping-*.png"))) == 3


def test_c1_the_closed_form() -> None:
    slope, intercept = regression.closed_form(
        [[0.0], [1.0], [2.0], [3.0], [4.0]], [2.3, 1.7, 4.0, 5.9, 4.6]
    )
    assert abs(slope - 0.88) < 1e-12
    assert abs(intercept - 1.94) < 1e-12


def test_reading(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = reading.main(["--out", str(tmp_path)])
    assert repr(picture) == "<Drawing 7 nodes, 9 edges>"
    text = capsys.readouterr().out
    assert "6 y = v4 − v5    11.6521    5.5000" in text
    assert "1,152,921,504,606,846,976 paths" in text
    assert {path.name for path in tmp_path.iterdir()} == {
        "net-collapsed.svg", "neuron-unfolded.svg", "two-routes.svg", "steps.html",
        "recurrent-unrolled.svg",
    }  # fmt: skip


def test_logistic_loss(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = logistic_loss.main(["--out", str(tmp_path)])
    assert abs(table.output.data - 0.07377509501636628) < 1e-15
    assert "together:   -0.009100" in capsys.readouterr().out


def test_the_list_and_the_gallery(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    demos.main([])
    assert [line.split()[2] for line in capsys.readouterr().out.splitlines()] == [
        f"demos.{name}" for name in demos.names()
    ]
    monkeypatch.setattr(demos, "GALLERY", tmp_path / "gallery")
    demos.main(["--all", "--out", str(tmp_path)])
    pictures = {path.name for path in (tmp_path / "gallery").iterdir()}
    assert pictures == {path.name for path in (ROOT / "demos/gallery").iterdir()}


def test_help() -> None:
    for name in demos.names():
        done = subprocess.run(
            [sys.executable, "-m", f"demos.{name}", "--help"],
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0
        assert "--out" in done.stdout
        assert "--seed" in done.stdout


def test_a_folder_that_cannot_be_made(tmp_path, capsys) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SystemExit):
        logistic_loss.main(["--out", str(tmp_path / "file" / "below")])
    assert "cannot make the folder" in capsys.readouterr().err
