"""Every demo runs, its claims hold on graphs and on tapes, and the gallery is of today."""

import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from xml.etree import ElementTree

import pytest
from matplotlib.image import imread

import nn
from demos import __main__ as command
from demos import _gallery, chain_rule, on_both, regression, xor
from nn import datasets

ROOT = Path(__file__).parents[1]
GALLERY = ROOT / "demos/gallery"
COURSE = {demo.name: demo for demo in _gallery.demos()}
SVG = "{http://www.w3.org/2000/svg}"

SAYS = {  # the numbers of the syllabus, and what follows from seed 0
    "chain_rule": [
        "=  40.0000",
        "f = 1.4953238798",
        "f' = 1.9436145028",
        "f'' = 3.4334516778",
        "0.5651153876, dz/dw = 0.5045316835",
        "predicted -9.0999e-05",
        "actual -7.8452e-05",
    ],
    "logistic": [
        "through p: -0.089100",
        "together:   -0.009100",
        "[[0.25140512, 0.10093674], [0.10093674, 0.06729116]]",
        "w = 1.214028, b = -3.035069, mean loss 0.412998",
        "slope at s = 4: 0.017345; output after 300 steps: 0.2028",
        "0.982014; output after 300 steps: 0.0120",
    ],
    "forward_and_reverse": [
        "6 y = v4 − v5    11.6521    5.5000",
        "gradient (5.5000, 1.7163378145)",
        "[[-0.25, 1.0], [1.0, -0.95892427]]",
        "one sweep backward:          [1.0, 2.0]",
    ],
    "why_topological_order": [
        "n = 16   131,071 calls    32 edges",
        "1152921504606846976 = 2^60",
        "y -0.28905   z -0.05940   b -0.05940   w -0.00910",
        "df/dt     1.000000     0.850740         1.943615",
    ],
    "backpropagation": [
        "dL/dw1[0,0]  -0.027437042 -0.027437042 -0.027437042",
        "L = 0.180592888872, dL/dw1[0,0] = 0.017058641689614",
        "=  −0.0084",
        "[1, 2] o [3, 4] = [3, 8]",
    ],
    "newton": [
        "One step by hand, w - H^-1 grad:    (0.200000000000, 0.600000000000)",
        "a quadratic          Newton                 1   (0.2000, 0.6000)",
    ],
    "learning_rates": [
        "rate 0.1            4.7018e-04",
        "rate 0.4           -4.7018e-04",
        "rate 0.55          -1.5407e+01",
        "the change is 0.9998 of",
        "(stopped: gradient below 0.001)",
    ],
    "threshold_logic": [
        " +1 +1 -1   +5  +1",
        "14 of 16 functions of 2 bits, 104 of 256 of 3 bits",
    ],
    "xor_by_hand": [
        "-1  -1   +1  -1   -1       0  0   0",
        "linear fit: w1 0.0000, w2 0.0000, b 0.5000; mean squared error 0.2500",
    ],
    "activations": [
        "sigmoid(z) = (1 + tanh(z / 2)) / 2 to 15 digits",
        "maximum(a, b)    2, 2         2   0.5, 0.5",
        "[0.0, 0.0]  [0.02, 0.01]",
    ],
    "radial_basis": [
        "radial basis  5 parameters  100% of the points right",
        "0.6065  0.1353",
    ],
    "maxout": [
        "3 lines           0.0546    0.0329",
    ],
    "sparsemax": [
        "sparsemax of 1, 0.5, -1:      0.7500    0.2500    0.0000   tau = 0.25",
        "loss if class 0 is right:     0.0625",
        "0.2247   -0.1598   -0.0650",
    ],
    "autoencoder": [
        "2-8-1-8-2, linear               0.03047",
        "2-8-1-8-2, tanh                 0.00196",
        "has 600 weights, factored as 30 -> 2 -> 20 it has 100.",
    ],
    "universal_approximation": [
        "k =  100                 4.5397868702e-05",
        "0.9999092043 at 0.5",
        "50     100    200   0.0036",
    ],
    "playground": [
        "two clouds                         100%",
    ],
    "depth": [
        "   10      1024      20          70     1024         3073",
    ],
    "xor": [
        "0.7382 before training, 0.0007 after",
        "  sample 4: s2[0]",
    ],
    "digits": [
        "97.8% of those learnt from, 94.7% of those held out",
        "MLP(64 -> 12 tanh -> 10 softmax; 910 parameters)",
    ],
    "large_graphs": [
        "<Drawing 7 nodes, 9 edges>",
        "<Drawing 10 nodes, 9 edges>",
    ],
    "parameter_tying": [
        "Kernel (1, 0, -1) on (1, 2, 4, 7): -3 -5",
        "slopes of their sum along the kernel: 3 6 11",
        "2.5, gradients [1.0, -2.0], [-1.0, 2.0]",
    ],
    "recurrent": [
        "h3 = 0.179726207120, dh3/dx1 = 0.088184639055, dh3/dw = 0.671494508449",
        "100.0% of the bits are right",
    ],
    "regression": [
        "(2.3, 1.7, 4, 5.9, 4.6), lam 0.0: b 1.94, w 0.88",
        "lam 0.5: b 2.135556, w 0.7822222",
        "= 0.7302",
    ],
    "cross_entropy": [
        "   -800          -1          -1            800   log(0): no value",
        "for y = 0.3 it is 0.6108643021.",
    ],
    "softmax_iris": [
        "  2.0   0.6590        1  -0.3410",
        "p = 0.7500, 0.2500; loss 0.562335.",
        "softmax   softmax_cross_entropy",
    ],
    "classification_losses": [
        "hinge        0.00   0.50   1.50   3.00   0.00   1.00   1.00   1.00      yes         yes",
        "sparsemax    0.00   0.06   0.56   2.00   0.00   0.25   0.75   1.00      yes          no",
    ],
    "initialisation": [
        "91.9%                    6e+04",
        "2.95e-07         0.0%                  1.3e-06",
        "0.234         0.0%                     0.28",
        "always",
    ],
    "vanishing_gradients": [
        "9.5367431640625e-07",
        "sigmoid                      4.0e-08",
    ],
    "scaling_inputs": [
        "1.041e+04   0.0001922     5.4e+07",
        "after 1, 16 and 139 epochs",
    ],
    "ridge_and_lasso": [
        "L2   (0.8888889, 0.1666667)",
        "w 0.7822222  b 2.1355556",
        "0.1      0.005      0.050",
    ],
    "early_stopping": [
        "early stopping; the best was epoch",
        "stopped: down",
        "0.0198023 against 0.0196078",
    ],
    "dropout_and_ensembles": [
        "Their mean is 6. Evaluated, nothing dropped: 6",
    ],
    "input_noise": [
        "0.5     0.7822    0.7822",
    ],
}


# How far the numbers of both engines may be apart: rounding differs, and in hundreds of steps of a
# deep net such differences grow until single points of a hundred change sides.
APART = {"playground": 0.05}


def trains(name: str, capsys: pytest.CaptureFixture[str]) -> bool:
    """Say whether a demo calls ``fit``, by its help; the help itself is looked at, too."""
    with pytest.raises(SystemExit) as stopped:
        import_module(f"demos.{name}").main(["--help"])
    text = capsys.readouterr().out
    assert stopped.value.code == 0
    assert all(option in text for option in ("--out", "--seed", "--engine"))
    return "what trains" in text


def hold_picture(path: Path) -> None:
    """Hold a picture that a demo drew against the one in the gallery, as far as that can be."""
    kept = GALLERY / path.name
    if path.suffix == ".png":
        assert kept.stat().st_size < 150_000
        ours, theirs = (imread(file)[:, :, :3] for file in (path, kept))
        assert ours.shape == theirs.shape
        assert abs(ours - theirs).mean() < 0.03  # versions of matplotlib place letters differently
    elif path.suffix == ".svg":  # the layout may differ; the DOT source, by its digest, may not
        roots = [ElementTree.parse(file).getroot() for file in (path, kept)]
        ids = [root.find(f"{SVG}title").get("id") for root in roots]
        described = [root.find(f"{SVG}desc").text for root in roots]
        assert ids[0] == ids[1]
        assert described[0] == described[1]
    else:
        texts = [file.read_text(encoding="utf-8") for file in (path, kept)]
        bare = [re.sub("<svg.*?</svg>", "", text, flags=re.DOTALL) for text in texts]
        assert bare[0] == bare[1]


@pytest.mark.parametrize("name", COURSE)
def test_a_demo(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    engines = ["eager", "tape"] if trains(name, capsys) else ["auto"]
    claims = {}
    for engine in engines:  # the demo itself asserts what it claims
        folder = tmp_path / engine
        arguments = ["--out", str(folder), "--engine", engine]
        claims[engine] = import_module(f"demos.{name}").main(arguments)
        text = capsys.readouterr().out
        assert "\nTry next: " in text
        for words in SAYS[name]:
            assert words in text
        drawn = sorted(path.name for path in folder.iterdir())
        assert drawn == sorted(path.name for path in _gallery.pictures(name, GALLERY))
        for path in folder.iterdir():
            assert str(path) in text
            hold_picture(path)
    assert claims["tape" if len(engines) > 1 else "auto"]
    first, *others = claims.values()
    for other in others:
        assert other == pytest.approx(first, rel=1e-5, abs=APART.get(name, 1e-9))


# --- the gallery page -------------------------------------------------------------------------


def test_every_row_of_the_syllabus_has_a_demo() -> None:
    numbers = {"A": 13, "B": 13, "C": 10, "D": 7, "E": 7}
    rows = [f"{part}{i}" for part, last in numbers.items() for i in range(1, last + 1)]
    assert rows == _gallery.ORDER
    assert {row for demo in COURSE.values() for row in demo.rows} == set(rows)


def test_the_page_is_of_today() -> None:
    page = (ROOT / "demos/README.md").read_text(encoding="utf-8")
    assert page == _gallery.page(GALLERY)
    assert page.rstrip().splitlines()[-1].startswith("| E7 | overfitting, seen | [")
    links = re.findall(r"\]\((gallery/[^)]+)\)", page)
    assert sorted(set(links)) == sorted(f"gallery/{path.name}" for path in GALLERY.iterdir())


def test_every_caption_says_what_to_see() -> None:
    for demo in COURSE.values():
        assert len(demo.text) > 200, demo.name
        assert len(demo.title) < 100, demo.name


def test_the_list_is_in_the_order_of_the_course(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    command.main([])
    text = capsys.readouterr().out
    assert text.startswith("Run one with python -m demos.NAME")
    assert re.findall(r"^  (\w+) ", text, re.MULTILINE) == list(COURSE)
    assert next(iter(COURSE)) == "chain_rule"
    assert max(map(len, text.splitlines())) <= 100


def test_the_gallery_is_rebuilt(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    two = [COURSE["chain_rule"], COURSE["large_graphs"]]
    monkeypatch.setattr(_gallery, "demos", lambda: two)
    (tmp_path / "gallery").mkdir()
    (tmp_path / "gallery/stale.svg").write_text("")
    command.main(["--all", "--out", str(tmp_path)])
    assert "=== 2 of 2: large_graphs ===" in capsys.readouterr().out
    assert {path.name for path in (tmp_path / "gallery").iterdir()} == {
        path.name for demo in two for path in _gallery.pictures(demo.name, GALLERY)
    }
    assert "(gallery/chain_rule.svg)" in (tmp_path / "README.md").read_text(encoding="utf-8")

    monkeypatch.setattr(chain_rule, "main", lambda argv: 1 / 0)
    before = sorted((tmp_path / "gallery").iterdir())
    with pytest.raises(ZeroDivisionError):  # a demo that fails leaves the gallery as it was
        command.main(["--all", "--out", str(tmp_path)])
    assert sorted((tmp_path / "gallery").iterdir()) == before


def test_another_page_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# Mine")
    with pytest.raises(SystemExit, match="is another page, which would be lost"):
        command.main(["--all", "--out", str(tmp_path)])
    assert (tmp_path / "README.md").read_text() == "# Mine"


def test_a_docstring_without_its_parts_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_gallery, "HERE", tmp_path)
    for doc, reason in (
        ("Title.\n\nText.\n\nSyllabus: A1.", "is a title, the command"),
        ("Title.\n\n    python -m demos.xor --out demos/out --seed 0\n\nText.", "is a title"),
        (xor.__doc__.replace("B11", "B99"), "no such rows of the syllabus: .'B99'"),
    ):
        (tmp_path / "xor.py").write_text(f'"""{doc}"""', encoding="utf-8")
        with pytest.raises(ValueError, match=reason):
            _gallery.described("xor")


# --- the command line --------------------------------------------------------------------------


def test_as_a_program(tmp_path: Path) -> None:
    run = [sys.executable, "-m", "demos.chain_rule", "--out", str(tmp_path / "new")]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0
    assert done.stdout.startswith("r = u v")


def test_a_folder_that_cannot_be_made(tmp_path, capsys) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SystemExit):
        chain_rule.main(["--out", str(tmp_path / "file" / "below")])
    assert "cannot make the folder" in capsys.readouterr().err


def test_graph_and_tape_are_compared() -> None:
    from autograd import Primitive

    broken = Primitive("broken", lambda x: x, lambda y, x: (1.0,))
    calls = []

    def f(x):  # another function each time it is called
        calls.append(x)
        return x * len(calls)

    assert on_both(broken, 2.0) == (2.0, [1.0])
    with pytest.raises(AssertionError, match="graph and tape differ"):
        on_both(f, 2.0)


# --- single demos --------------------------------------------------------------------------------


def test_xor_shows_where_a_gradient_came_from(capsys: pytest.CaptureFixture[str]) -> None:
    xor.show_contributions(nn.MLP([2, 4, 1], output="sigmoid", rng=0))
    lines = [line for line in capsys.readouterr().out.splitlines() if " sample " in line]
    products = [float(line.split("=")[1]) for line in lines]
    assert len(products) == 4
    assert abs(sum(products) - -0.07423) < 3e-5


def test_xor_shows_its_progress(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    xor.main(["--out", str(tmp_path)])
    text, progress = capsys.readouterr()
    assert "0.7382 before training, 0.0007 after" in text
    assert "epoch 500 of 500: loss 0.0006" in progress
    root = ElementTree.parse(tmp_path / "xor.svg").getroot()
    assert root.find(f"{SVG}title").text == "Computation graph of loss"
    assert root.find(f"{SVG}desc").text.startswith("34 values. loss = ")
    words = {element.text for element in root.iter(f"{SVG}text")}
    assert {"layer 1", "layer 2", "loss", "w1[0,0]", "x[1]"} <= words


def test_the_closed_form_of_regression() -> None:
    numpy = pytest.importorskip("numpy")
    X, y = datasets.line(regression.SAMPLES, rng=0)
    exact = numpy.polyfit([x for (x,) in X], y, 1)
    assert regression.closed_form(X, y) == pytest.approx(exact, rel=1e-12)
