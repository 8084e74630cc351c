"""Evaluation traces: the textbook's tables, columns that line up, any label, any size."""

import math
import os
import re
import subprocess
import sys
from html.parser import HTMLParser

import pytest

import autograd
from autograd import Constant, Value, grad_table, tangent_table, trace
from autograd.tables import aligned, columns, ends
from demos.logistic import build

from .test_drawing import NASTY


def textbook() -> tuple[Value, Value, Value]:
    x1, x2 = Value(2.0, "x1"), Value(5.0, "x2")
    return (x1.log() + x1 * x2 - x2.sin()).named("y"), x1, x2


def numbers(text: str) -> list[float]:
    return [float(n) for n in re.findall(r"(?<![\w.])-?\d+\.\d+(?:e[+-]?\d+)?", text)]


# --- syllabus A4 ----------------------------------------------------------------


def test_a4_the_three_tables_of_the_textbook() -> None:
    y, x1, x2 = textbook()
    both = trace(y, tangent={x1: 1.0})
    values = {row.node: row.value for row in both.forward}
    primal = [values[n] for n in values if n.op]
    log, product, total, sine, result = primal
    assert [log, product, sine, total, result] == pytest.approx(
        [0.6931471805599453, 10.0, -0.9589242746631385, 10.693147180559945, 11.652071455223084]
    )
    tangents = {row.node: row.tangent for row in both.tangent}
    assert [tangents[x1], tangents[x2]] == [1.0, 0.0]
    log, product, total, sine, result = (tangents[n] for n in tangents if n.op)
    assert [log, product, sine, total, result] == [0.5, 5.0, 0.0, 5.5, 5.5]
    last = {row.parent: row.total for row in both.backward}
    assert last[x1] == 5.5
    assert last[x2] == pytest.approx(1.7163378145367738, rel=1e-12)


def test_a4_printed() -> None:
    y, x1, _ = textbook()
    lines = str(trace(y, tangent={x1: 1.0})).splitlines()
    assert lines == [
        "  forward          value   tangent    backward (dy/d.)"
        "   gradient × partial = product         so far",
        "0 x1              2.0000    1.0000    seed y          "
        "                                  y  =  1.0000",
        "1 v1 = ln(x1)     0.6931    0.5000    y → v4          "
        "     1.0000 ×  1.0000 =  1.0000   v4 =  1.0000",
        "2 x2              5.0000    0.0000    y → v5          "
        "     1.0000 × −1.0000 = −1.0000   v5 = −1.0000",
        "3 v3 = x1 × x2   10.0000    5.0000    v5 → x2         "
        "    −1.0000 ×  0.2837 = −0.2837   x2 = −0.2837",
        "4 v4 = v1 + v3   10.6931    5.5000    v4 → v1         "
        "     1.0000 ×  1.0000 =  1.0000   v1 =  1.0000",
        "5 v5 = sin(x2)   −0.9589    0.0000    v4 → v3         "
        "     1.0000 ×  1.0000 =  1.0000   v3 =  1.0000",
        "6 y = v4 − v5    11.6521    5.5000    v3 → x1         "
        "     1.0000 ×  5.0000 =  5.0000   x1 =  5.0000",
        "                                      v3 → x2         "
        "     1.0000 ×  2.0000 =  2.0000   x2 =  1.7163",
        "                                      v1 → x1         "
        "     1.0000 ×  0.5000 =  0.5000   x1 =  5.5000",
    ]


# --- rows -------------------------------------------------------------------------


def test_rows_follow_the_engine() -> None:
    y, _ = build()
    table = grad_table(y)
    rows = trace(y).backward
    seen = {y}
    for row in rows:
        assert row.child in seen  # its own gradient has begun, and is complete:
        assert row.gradient == table[row.child]
        assert row.product == row.gradient * row.partial
        seen.add(row.parent)
    assert {row.parent: row.total for row in rows} == {n: table[n] for n in seen - {y}}
    order = autograd.topological_order(y)
    forward = trace(y).forward
    assert [order[row.number] for row in forward] == [row.node for row in forward]


def test_edges_that_are_used_twice_have_two_rows() -> None:
    x = Value(3.0, "x")
    assert [row[2:] for row in trace(x * x).backward] == [
        (1.0, 3.0, 3.0, 3.0),
        (1.0, 3.0, 3.0, 6.0),
    ]


def test_plain_numbers_have_no_row_and_named_constants_have() -> None:
    x = Value(2.0, "x")
    text = str(trace((3.0 * x + Constant(0.5, "c")).named("y")))
    assert "v2 = 3 × x" in text
    assert "3 c" in text.splitlines()[3]
    assert len(trace(3.0 * x).forward) == 2
    assert str(trace(Constant(4.0))).splitlines()[1].split() == [
        "0", "v0", "4.0000", "seed", "v0", "v0", "=", "1.0000",
    ]  # fmt: skip


def test_a_zero_gradient_is_not_multiplied_by_an_infinite_partial() -> None:
    x = Value(0.0, "x")
    y = 0.0 * x.sqrt() + x
    assert [row.total for row in trace(y).backward if row.parent is x] == [1.0, 1.0]
    assert all(not math.isnan(row.product) for row in trace(y).backward)


def test_the_method_is_the_function() -> None:
    y, x1, _ = textbook()
    assert str(y.trace(tangent={x1: 1.0})) == str(trace(y, {x1: 1.0}))
    assert repr(y.trace()) == "<Trace of y: 7 values, 8 edges>"
    assert y.trace().tangent == []
    assert "tangent" not in str(y.trace())


def test_tangents_are_those_of_the_tangent_table() -> None:
    y, w = build()
    (t,) = (node for node in autograd.topological_order(y) if node.label == "t")
    table = tangent_table(y, {w: 1.0, t: -2.0})
    for row in trace(y, {w: 1.0, t: -2.0}).tangent:
        assert row.tangent == table[row.node]


@pytest.mark.parametrize("wrong", [3.0, "x", [1.0], {"x": 1.0}, {1: 2}])
def test_wrong_arguments(wrong: object) -> None:
    y, *_ = textbook()
    with pytest.raises(TypeError, match="direction"):
        trace(y, tangent=wrong)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="expected a Value, got"):
        trace(wrong)  # type: ignore[arg-type]


# --- as text ------------------------------------------------------------------------


def test_ascii_where_the_terminal_knows_no_more_and_columns_still_line_up() -> None:
    program = (
        "from autograd import Value; x = Value(-2.0, 'x');"
        "y = (x * x / 3.0).sigmoid().named('sigma-λ'); print(y.trace(tangent={x: 1.0}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        check=True,
    )
    text = done.stdout
    assert text.isascii()
    assert "v1 = x * x" in text
    assert "-> x" in text
    assert "sigma-lambda" in text
    assert len({line.rindex(" = ") for line in text.splitlines()[1:]}) == 1
    assert numbers(text)[:3] == [-2.0, 1.0, 1.0]


def test_columns_line_up_whatever_the_letters() -> None:
    text = aligned([["漢字", "1"], ["é", "22"], ["e\u0301", "333"]], "<>")
    assert text.splitlines() == ["漢字    1", "é      22", "e\u0301     333"]
    assert columns("🙂") == 2


def test_long_traces_show_head_and_tail_and_count_the_rest() -> None:
    x = y = Value(0.5, "x")
    for _ in range(1000):
        y = y.sin()
    text = str(y.trace())
    assert text.count("… 801 more") == 1  # of 1001 values
    assert text.count("… 800 more") == 1  # of 1000 edges
    assert len(text.splitlines()) == 203
    assert f"x = {x.data:.4f}" not in text
    assert text.splitlines()[-2].split()[0] == "1000"
    assert "… 801 more" in text.splitlines()[101]
    assert "… 800 more" in text.splitlines()[102]
    assert len(y.trace().backward) == 1000
    assert y.trace()._repr_html_().count("more") == 2


def test_exactly_two_hundred_rows_are_all_shown() -> None:
    y = Value(0.5, "x")
    for _ in range(199):
        y = y.sin()
    assert "more" not in str(y.trace())
    assert "more" in str(y.sin().trace())


def test_ends() -> None:
    assert ends(range(5), 3, 2) == (range(5), 0)
    assert ends(range(6), 3, 2) == ([0, 1, 2, 4, 5], 1)
    assert ends(range(3), 1, 0) == ([0], 2)


def test_a_very_deep_graph_is_traced() -> None:
    y = Value(0.5)
    for _ in range(100_000):
        y = y + 1.0
    assert "… 99,801 more" in str(trace(y))


# --- as HTML ------------------------------------------------------------------------


class Reader(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("label", [*NASTY, "</td><script>alert(1)</script>", "א → ב", "]]>", "$x$"])
def test_any_label_is_text(label: str) -> None:
    y = (Value(2.0, label) * 3.0).named(label)
    read = Reader(y.trace()._repr_html_())
    assert set(read.tags) == {"div", "table", "thead", "tbody", "tr", "th", "td"}
    shown = autograd.formulas.one_line(label, 24) or "v0"
    assert shown in read.text
    assert shown in str(y.trace())


def test_html_has_the_numbers_of_the_text() -> None:
    y, x1, _ = textbook()
    both = y.trace({x1: 1.0})
    text = Reader(both._repr_html_()).text
    for line in str(both).splitlines()[1:]:
        for word in line.split():
            assert word in text


def test_notes() -> None:
    x = Value(2.0, "x")
    y = (x * x).named("y")
    assert y.trace().notes == []
    x.data = 3.0
    assert str(y.trace()).splitlines()[-1].startswith("note: leaves changed since")
    assert "<p>note: leaves changed since" in y.trace()._repr_html_()
    z = Value(0.0, "z")
    dead = 0.0 * z.sqrt() + z
    assert dead.trace().notes == [
        "a gradient of 0 is not handed on, whatever the local derivative is"
    ]


def test_a_trace_keeps_the_values_it_was_made_with() -> None:
    x = Value(2.0, "x")
    both = (x * 3.0).trace()
    x.data = 100.0
    assert both.forward[0].value == 2.0
    assert both.notes == []


def test_html_keeps_columns_and_spaces() -> None:
    y, *_ = textbook()
    page = y.trace()._repr_html_()
    assert '<td style="text-align:right;white-space:pre">11.6521</td>' in page
    assert '<td style="text-align:left;white-space:pre">x1</td>' in page


def test_a_long_expression_is_shortened() -> None:
    leaves = [Value(1.0, f"a rather long name {i}") for i in range(4)]
    line = str(autograd.total(leaves).named("y").trace()).splitlines()[5]
    assert "y = " in line and "…" in line
    assert len(line.split("   ")[0]) <= 50
