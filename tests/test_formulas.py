"""Graphs written as formulas, and the table of rules."""

import math

import pytest

import autograd
from autograd import (
    PRIMITIVES,
    Constant,
    Primitive,
    Value,
    dot,
    formula,
    gradients,
    logsumexp,
    prod,
    rules,
    topological_order,
    total,
    where,
)
from autograd.infix import latex_name
from autograd.primitives import SUM, Form
from autograd.value import apply

from .oracles import SMOOTH, close
from .test_backprop import logistic_loss

a, b = Value(2.0, "a"), Value(3.0, "b")


@pytest.mark.parametrize(
    ("node", "text", "latex"),
    [
        (a - (b - a), "a - (b - a)", r"a - \left(b - a\right)"),
        (a + (b - a), "a + b - a", "a + b - a"),
        ((a - b) - a, "a - b - a", "a - b - a"),
        (a / (b * a), "a / (b * a)", r"\frac{a}{b \, a}"),
        (a * (b / a), "a * b / a", r"a \, \frac{b}{a}"),
        ((a + b) * a, "(a + b) * a", r"\left(a + b\right) \, a"),
        (-(a + b), "-(a + b)", r"-\left(a + b\right)"),
        (-(a * b), "-a * b", r"-a \, b"),
        ((-a) ** 2, "(-a) ** 2", r"\left(-a\right)^{2}"),
        (-(a**2), "-a ** 2", "-a^{2}"),
        (a**-2, "a ** (-2)", "a^{-2}"),
        ((a**b) ** a, "(a ** b) ** a", r"\left(a^{b}\right)^{a}"),
        (a ** (b**a), "a ** (b ** a)", "a^{b^{a}}"),
        (a * -b, "a * (-b)", r"a \, \left(-b\right)"),
        (a + -b, "a - b", "a - b"),
        (a - -b, "a - (-b)", r"a - \left(-b\right)"),
        (a.neg().neg(), "-(-a)", r"-\left(-a\right)"),
        (a + (-3), "a - 3", "a - 3"),
        (-3 * a, "-3 * a", r"-3 \, a"),
        (a * 3, "a * 3", r"a \cdot 3"),
        (a * 1e-7, "a * 1e-07", r"a \cdot 10^{-7}"),
        (a + (-b * a), "a - b * a", r"a - b \, a"),
        ((a / b) ** 2, "(a / b) ** 2", r"\left(\frac{a}{b}\right)^{2}"),
        (a.exp() ** 2, "exp(a) ** 2", r"\left(e^{a}\right)^{2}"),
        (a.sigmoid().square(), "sigmoid(a) ** 2", r"\sigma\left(a\right)^{2}"),
        ((a - b).abs(), "abs(a - b)", r"\left|a - b\right|"),
        (dot([a, b], [1.0, -a]), "a * 1 + b * (-a)", r"a \cdot 1 + b \, \left(-a\right)"),
        (dot([a], [b], a - b), "a * b + a - b", r"a \, b + a - b"),
        (total([a, -b, a * b]), "a - b + a * b", r"a - b + a \, b"),
        (prod([a + b, a]), "(a + b) * a", r"\left(a + b\right) \, a"),
        (logsumexp([a, b]), "logsumexp([a, b])", r"\ln\left(e^{a} + e^{b}\right)"),
        (a * math.inf, "a * inf", r"a \, \infty"),
        (a, "a", "a"),
        (Value(1.5), "v0", "v_{0}"),
        (Constant(-0.5), "-0.5", "-0.5"),
    ],
)
def test_parentheses_are_few_and_right(node: Value, text: str, latex: str) -> None:
    assert formula(node) == text
    assert formula(node, style="latex") == latex


def test_the_loss_of_the_lecture_and_its_derivative() -> None:
    loss, nodes = logistic_loss()
    text = "0.5 * (sigmoid(w * x + b) - t) ** 2 + 0.1 * 0.5 * w ** 2"
    assert formula(loss) == text
    (slope,) = gradients(loss, [nodes["b"]])
    assert formula(slope) == (
        "(sigmoid(w * x + b) - t) * sigmoid(w * x + b) * sigmoid(-(w * x + b))"
    )
    assert formula(slope, style="latex") == (
        r"\left(\sigma\left(w \, x + b\right) - t\right) \, \sigma\left(w \, x + b\right)"
        r" \, \sigma\left(-\left(w \, x + b\right)\right)"
    )


def names() -> dict[str, object]:
    return {**vars(autograd), "abs": abs, "pow": pow, "inf": math.inf, "nan": math.nan}


@pytest.mark.parametrize("name", [n for n in PRIMITIVES if n != "power"])
def test_the_text_is_python(name: str) -> None:
    point = SMOOTH[name][1][0]
    operands = tuple(Value(x, f"x{i}") for i, x in enumerate(point))
    y = apply(PRIMITIVES[name], operands)
    scope = {**names(), **{o.label: o.data for o in operands}}
    for node in (y, y - 3.0 * y, y * (y - 2.0), *gradients(y * y, operands)):
        assert close(float(eval(formula(node), scope)), node.data, 1e-12, 1e-300), formula(node)


def test_shared_parts_are_listed_and_nothing_is_exponential() -> None:
    y = Value(1.0, "x")
    for _ in range(60):
        y = y + y
    lines = formula(y).split("\n")
    assert lines[0] == "v59 + v59"
    assert lines[1] == "where v1 = x + x"
    assert lines[-1] == "      v59 = v58 + v58"
    assert len(lines) == 60
    latex = formula(y, style="latex")
    assert latex.startswith("\\begin{aligned}\n& v_{59} + v_{59} \\\\\n& v_{1} = x + x")
    scope: dict[str, object] = {"x": 1.0}
    for line in lines[1:]:
        exec(line.removeprefix("where").strip(), scope)
    assert eval(lines[0], scope) == 2.0**60


def test_a_text_is_listed_from_two_thousand_letters_on() -> None:
    x = Value(1.0, "x")
    h = (x + 1.0).named("h")
    assert "where" not in formula(total([h] * 200))
    long = formula(total([h] * 500))
    assert long.endswith("\nwhere h = x + 1")
    assert formula(total([x] * 2000)) == " + ".join(["x"] * 2000)


def test_a_deep_graph_is_written_without_recursion() -> None:
    y = Value(1.0, "x")
    for _ in range(100_000):
        y = y.tanh()
    text = formula(y)
    assert len(text) == 6 * 100_000 + 1


def test_depth_cuts_by_name() -> None:
    loss, _ = logistic_loss()
    order = topological_order(loss)
    places = [f"v{order.index(node)}" for node in (loss, *loss.parents)]
    assert formula(loss, depth=0) == places[0]
    assert formula(loss, depth=1) == f"{places[1]} + {places[2]}"
    assert formula(a * b, depth=5) == "a * b"
    h = (a * b).named("h")
    assert formula(h + a * a, depth=1) == "h + v3"
    for depth, kind in ((-1, ValueError), (1.5, TypeError), (True, TypeError)):
        with pytest.raises(kind, match="depth is a whole number"):
            formula(a, depth=depth)
    with pytest.raises(TypeError, match="style=..."):
        formula(a, "latex")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="unknown style of formula 'latx'; did you mean 'latex'"):
        formula(a, style="latx")
    with pytest.raises(TypeError, match="expected a Value, got float"):
        formula(2.0)


def test_two_nodes_of_one_name_are_told_apart() -> None:
    y = Value(1.0, "x") * Value(2.0, "x") + Value(3.0, "x_2")
    assert formula(y) == "x * x_3 + x_2"


@pytest.mark.parametrize(
    ("label", "latex"),
    [
        ("x", "x"), ("x1", "x_{1}"), ("x_1", "x_{1}"), ("w1[0,2]", "w_{1,0,2}"), ("x'", "x'"),
        ("loss", r"\mathrm{loss}"), ("lambda", r"\lambda"), ("λ", r"\lambda"),
        ("y_hat", r"y_{\text{hat}}"), ("50%", r"\text{50\%}"), ("$x$", r"\text{\$x\$}"),
        ("}{", r"\text{\}\{}"),
        ("\\input{x}", r"\text{\textbackslash{}input\{x\}}"), ("a b", r"\text{a b}"),
    ],
)  # fmt: skip
def test_labels_in_latex(label: str, latex: str) -> None:
    written = latex_name(label)
    assert written == latex
    assert formula(Value(1.0, label), style="latex") == written
    assert written.count("{") - written.count(r"\{") == written.count("}") - written.count(r"\}")


def test_labels_that_are_no_names_get_parentheses() -> None:
    assert formula(Value(1.0, "a + b") * 2.0) == "(a + b) * 2"
    assert formula(Value(1.0, "-x") ** 2) == "(-x) ** 2"
    assert formula(Value(1.0, "two\nlines\x01")) == "two lines\N{REPLACEMENT CHARACTER}"
    assert formula(Value(1.0, "w1[0,2]") * 2.0) == "w1[0,2] * 2"


def test_primitives_of_ones_own() -> None:
    def row(**forms) -> Primitive:
        return Primitive("my_f", lambda x, y: x, lambda z, x, y: (1.0, 0.0), **forms)

    assert formula(row()(a, b + 1.0)) == "my_f(a, b + 1)"
    assert formula(row()(a, b), style="latex") == r"\operatorname{my\_f}\left(a, b\right)"
    assert formula(row(infix=Form(SUM, "{:1} <> {:2}"))(a, b) * 2.0) == "(a <> b) * 2"
    assert formula(row(infix=Form(SUM, "{} {} {}"))(a, b)) == "my_f(a, b)"
    assert formula(row(infix=Form(SUM, "{"))(a, b)) == "my_f(a, b)"
    assert formula(row(latex=r"\wp")(a, b), style="latex") == r"\wp\left(a, b\right)"


def test_a_second_name_is_looked_through() -> None:
    x = Value(2.0, "x")
    slope = autograd.grad(lambda t: t**3)(x)
    assert formula(slope) == "3 * x ** 2"


def test_where_as_cases() -> None:
    assert formula(where(a, b, 1.0), style="latex") == (
        r"\begin{cases} b & \text{if } a \neq 0 \\ 1 & \text{otherwise} \end{cases}"
    )


# --- the table of rules ----------------------------------------------------------------------


def test_the_rules_fit_a_hundred_columns_and_name_every_row() -> None:
    lines = rules().split("\n")
    assert max(map(len, lines)) <= 100
    first = {line.split(" ")[0] for line in lines}
    assert set(PRIMITIVES) <= first
    assert any("dy/db = -y / b" in line for line in lines)
    assert any("dy/dx = y * sigmoid(-x)" in line for line in lines)


def test_the_rules_come_from_the_rows() -> None:
    cube = Primitive("cube", lambda x: x**3, lambda y, x: (3.0 * x * x,), domain="any number")
    text = rules([cube])
    assert rules(cube) == text
    assert "y = cube(x)" in text
    assert "dy/dx = 3 * x * x" in text
    assert "any number" in text
    by_math = Primitive("f", math.sin, lambda y, x: (math.cos(x + 0.0) + float(x),))
    assert "(serves numbers only)" in rules([by_math])
    many = Primitive("g", lambda *x: sum(x), lambda y, *x: (1.0,) * len(x))
    assert "dy/dx2 = 1" in rules([many])
