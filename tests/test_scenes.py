"""Pictures of any size: unfolded, cut at a depth, collapsed; and what nn puts where."""

import math
import random
import re
import sys
from contextlib import ExitStack
from xml.etree import ElementTree

import pytest

import nn
from autograd import (
    Drawing,
    GraphTooLargeError,
    Value,
    dot,
    explain,
    grad_table,
    scope,
    tanh,
    topological_order,
    total,
)
from autograd.formulas import CHANGED
from autograd.scenes import Group, Scene
from autograd.unfolding import unfolded

from .test_drawing import NASTY, SVG, statements, texts


def moons(samples: int = 100) -> Value:
    """The risk of a 2-16-16-1 net; no data set is needed to draw it."""
    source = random.Random(0)
    X = [[source.gauss(0, 1), source.gauss(0, 1)] for _ in range(samples)]
    model = nn.MLP([2, 16, 16, 1], activation="relu", rng=0)
    y = [source.choice([-1.0, 1.0]) for _ in X]
    return nn.empirical_risk(model, X, y, nn.squared_error, nn.L2(1e-4))


def boxes(drawing: Drawing) -> dict[str, list[str]]:
    """The rows of each record by its name."""
    labels = re.findall(r'label="([^"]*\|[^"]*)"', drawing.dot)
    rows = [re.split(r"(?<!\\)\|", label) for label in labels]
    return {name: [r.replace(r"\|", "|") for r in rest] for name, *rest in rows}


# --- expand -------------------------------------------------------------------


def test_a_dot_node_unfolds_into_products_and_sums() -> None:
    weights = [Value(2.0, "w0"), Value(-3.0, "w1")]
    inputs = [Value(5.0, "x0"), Value(7.0, "x1")]
    s = dot(weights, inputs, Value(0.5, "b")).named("s")
    rows = texts(s.graph(expand=True))
    assert {"v2 = w0 × x0", "v5 = w1 × x1", "v6 = v2 + v5", "s = v6 + b"} <= set(rows)
    assert s.graph(expand=True).nodes == 9
    assert s.graph().nodes == 6
    assert len(topological_order(s)) == 6  # the graph itself is left alone


def test_expanding_gives_the_graph_that_an_expanded_neuron_records() -> None:
    folded = nn.Neuron(3, "tanh", rng=1)([1.0, 2.0, 3.0])
    recorded = nn.Neuron(3, "tanh", rng=1, expand=True)([1.0, 2.0, 3.0])
    for style in ("full", "compact"):
        assert (
            folded.graph(style, gradients=True, expand=True).dot
            == recorded.graph(style, gradients=True).dot
        )


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("width", [1, 2, 5])
def test_unfolded_graphs_have_the_same_numbers(bias: bool, width: int) -> None:
    model = nn.MLP([width, 3, 2], activation="sigmoid", rng=2)
    for layer in model.layers:
        for neuron in layer.neurons:
            neuron.bias = neuron.bias if bias else None
    y = nn.squared_error(model([0.3 * i - 1.0 for i in range(width)]), [1.0, 0.0])
    z = unfolded(y)
    assert z.data == y.data
    before, after = grad_table(y), grad_table(z)
    for p in [n for n in topological_order(y) if n.op is None and n.label]:
        assert after[p] == pytest.approx(before[p], rel=1e-12, abs=1e-300)
    kinds = {node.op.name for node in topological_order(z) if node.op}
    assert "dot" not in kinds
    assert "mul" in kinds
    assert {n.label for n in topological_order(z)} == {n.label for n in topological_order(y)} | {""}


def test_unfolding_uses_what_was_recorded_not_what_the_leaves_hold_today() -> None:
    w, x = Value(2.0, "w"), Value(3.0, "x")
    s = dot([w], [x], 1.0)
    w.data = 100.0
    z = unfolded(s)
    assert z.data == 7.0
    assert z.parents[0].data == 6.0
    assert grad_table(z)[w] == grad_table(s)[w] == 3.0


def test_unfolding_plain_numbers_shared_operands_and_nothing() -> None:
    x = Value(3.0, "x")
    assert texts(dot([2.0], [x], 0.0).named("s").graph(expand=True)).count("s = 2 × x") == 1
    assert grad_table(unfolded(dot([x, x], [x, 1.0], x)))[x] == 8.0
    empty = dot([], [], x)
    assert unfolded(empty) is empty
    y = x * 2.0
    assert unfolded(y) is y
    chain = dot([x], [x], x)
    for _ in range(5000):
        chain = chain + 1.0
    assert len(topological_order(unfolded(chain))) == len(topological_order(chain)) + 1


# --- depth --------------------------------------------------------------------


def test_depth_keeps_the_levels_next_to_the_output_and_counts_the_rest() -> None:
    x, w = Value(2.0, "x"), Value(3.0, "w")
    h = (x * w).named("h")
    a, b = h.tanh().named("a"), h.sin().named("b")
    y = (a * b).named("y")
    drawing = y.graph(depth=1)
    assert (drawing.nodes, drawing.edges) == (3, 2)
    assert texts(drawing).count("… 3 more") == 2  # h, x and w lie behind a, and behind b
    assert "… 3 more" not in texts(y.graph(depth=2))
    assert texts(y.graph(depth=2)).count("… 2 more") == 1
    assert "more" not in y.graph(depth=3).dot
    assert y.graph(depth=3).dot == y.graph().dot == y.graph(depth=99).dot
    alone = y.graph(depth=0)
    assert (alone.nodes, alone.edges) == (1, 0)
    assert "… 5 more" in texts(alone)
    assert "Values further away than drawn: 5." in alone.composed.description
    assert "Values further away than drawn: 3." in drawing.composed.description
    assert "further" not in y.graph().composed.description


def test_gradients_do_not_depend_on_the_depth() -> None:
    x = Value(0.3, "x")
    y = (x.sin() * x).exp().named("y")
    y.backward()
    for depth in (0, 1, 2):
        assert set(texts(y.graph(depth=depth))) - {"x"} <= set(texts(y.graph())) | {
            "… 3 more", "… 2 more", "… 1 more", "… n more: values that are not drawn",
        }  # fmt: skip


def test_a_short_way_round_does_not_hide_an_edge() -> None:
    x = Value(0.3, "x")
    y = (x + x.sin().cos()).named("y")
    drawing = y.graph(depth=1)
    assert drawing.nodes == 3  # y, x and cos; sin is hidden, and so is its edge to x
    assert texts(drawing).count("… 1 more") == 1


def test_plain_numbers_are_not_counted_as_hidden() -> None:
    x = Value(0.3, "x")
    y = ((x * 2.0 + 1.0).exp() * 3.0).named("y")
    assert "… 3 more" in texts(y.graph(depth=1))
    assert "more" not in (x * 2.0).graph(depth=1).dot


def test_depth_makes_a_huge_graph_drawable_at_once() -> None:
    y = Value(0.5, "x")
    for _ in range(20_000):
        y = y.sin()
    with pytest.raises(GraphTooLargeError, match=r"20,001 nodes.*depth=3 draws"):
        y.graph()
    assert "… 19,998 more" in texts(y.graph(depth=2))
    wide = total([Value(float(i)).exp().sin() for i in range(300)])
    assert y.graph(depth=10**12, max_nodes=10**12, collapse=0).nodes == 20_001
    assert wide.graph(depth=1).dot.count("… 2 more") == 300


@pytest.mark.parametrize("depth", [-1, 1.5, "2", True])
def test_wrong_depth(depth: object) -> None:
    with pytest.raises((TypeError, ValueError), match="depth is a whole number"):
        Value(1.0).graph(depth=depth)  # type: ignore[arg-type]


# --- collapse -----------------------------------------------------------------


def test_a_loss_over_a_hundred_samples_is_a_readable_picture() -> None:
    risk = moons()
    risk.backward()
    drawing = risk.graph()
    assert (drawing.nodes, drawing.edges) == (7, 9)
    rows = boxes(drawing)
    last = "risk = mean loss + penalty"
    assert set(rows) == {"inputs", "layer 1", "layer 2", "layer 3", "loss", "L2 penalty", last}
    assert rows["inputs"] == ["200 inputs"]
    assert rows["layer 2"][:2] == ["272 parameters", "3,200 operations"]
    table = grad_table(risk)
    first = [p for p in table if p.role == "parameter" and p.label[:3] in ("w1[", "b1[")]
    norm = math.sqrt(math.fsum(table[p] ** 2 for p in first))
    assert rows["layer 1"] == ["48 parameters", "3,200 operations", f"|grad| {norm:.4f}"]
    words = texts(drawing)
    assert {"cluster", "values: how many numbers pass", "1,600 values", "256 values"} <= set(words)
    assert "|grad|: length of the gradient of its parameters" in words
    said = drawing.composed.description
    assert said.startswith("7,242 values in 7 boxes. risk = ")
    assert "layer 1: 48 parameters, 3,200 operations, |grad| " in said


def test_before_backward_a_collapsed_picture_has_no_gradients() -> None:
    drawing = moons(4).graph(collapse=1)
    assert "grad" not in drawing.dot
    assert boxes(drawing)["layer 1"] == ["48 parameters", "128 operations"]


def test_a_middle_sized_net_collapses_to_its_neurons() -> None:
    model = nn.MLP([2, 4, 1], output="sigmoid", rng=0)
    risk = nn.empirical_risk(
        model, [[0, 0], [0, 1], [1, 0], [1, 1]] * 8, [0, 1, 1, 0] * 8, nn.binary_cross_entropy
    )
    drawing = risk.graph()
    assert boxes(drawing)["neuron 3"] == ["3 parameters", "64 operations"]
    assert {"layer 1", "layer 2"} <= set(texts(drawing))  # the frames around them
    assert drawing.dot.count("subgraph cluster_") == 2
    assert drawing.nodes == 1 + 4 + 1 + 1 + 1


def test_collapse_on_demand() -> None:
    model = nn.MLP([2, 3, 1], rng=0)
    y = model([1.0, 2.0])[0]
    assert len([b for b in Scene(y, collapse=1).boxes if isinstance(b, Group)]) == 2
    assert y.graph(collapse=True).dot == y.graph(collapse=1).dot
    assert y.graph(collapse=False).dot == y.graph(collapse=0).dot == y.graph().dot
    assert y.graph(collapse=2).nodes == 2 + 3 + 1 + 1
    assert y.graph(collapse=99).dot == y.graph(collapse=2).dot
    big = moons(5)
    assert big.graph(collapse=2).nodes == 37
    for wrong in (-1, "all", 1.5, None):
        with pytest.raises((TypeError, ValueError), match="collapse"):
            y.graph(collapse=wrong)  # type: ignore[arg-type]


def test_the_output_is_never_collapsed() -> None:
    with scope("all"):
        x = Value(0.5, "x")
        y = x.sin().cos().tanh().named("y")
    drawing = y.graph(collapse=1)
    assert (drawing.nodes, drawing.edges) == (2, 1)
    assert "y = tanh(v2)" in texts(drawing)
    assert "∂" not in drawing.dot  # of what is inside the box
    assert "1 value" in texts(drawing)


def test_a_cluster_of_one_node_is_that_node() -> None:
    x = Value(0.5, "x")
    with scope("single"):
        a = x.sin().named("a")
    drawing = a.exp().graph(collapse=1)
    assert "a = sin(x)" in texts(drawing)
    assert "single" in texts(drawing)


def test_inputs_outside_of_clusters_collapse_when_there_are_many() -> None:
    def picture(number: int) -> Drawing:
        leaves = [Value(0.1, f"x{i}") for i in range(number)]
        with scope("sum"):
            terms = [x.sin() for x in leaves]
        return total(terms).graph(collapse=1)

    assert picture(8).nodes == 8 + 2
    assert picture(9).nodes == 3
    assert boxes(picture(9))["inputs"] == ["9 inputs"]


def test_operations_outside_of_clusters_collapse_when_nothing_else_helps() -> None:
    model = nn.MLP([2, 2, 1], rng=0)
    errors = [(model([0.1 * i, 1.0])[0] - 1.0) ** 2 for i in range(60)]
    drawing = (sum(errors, Value(0.0, "start")) / 60.0).named("risk").graph()
    assert boxes(drawing)["other operations"] == ["180 operations"]
    assert drawing.nodes < 10


def test_layers_that_feed_each_other_in_circles_are_drawn() -> None:
    h = Value(0.1, "h")
    for _ in range(40):
        with scope("a"):
            h = (h * 0.5).tanh()
        with scope("b"):
            h = (h * 0.5).tanh()
    drawing = h.exp().named("y").graph(collapse=1)
    assert drawing.nodes == 4
    assert len(statements(drawing, r"^\tg0 -> g1|^\tg1 -> g0")) == 2
    assert drawing.svg()


def test_too_many_boxes_say_what_helps() -> None:
    x = Value(0.5, "x")
    plain = total([x.sin() for _ in range(600)])
    with pytest.raises(GraphTooLargeError, match=r"602 nodes.*with scope\(name\)"):
        plain.graph()
    risk = moons(5)
    with pytest.raises(GraphTooLargeError, match=r"style='auto' or collapse=1"):
        risk.graph("compact")
    with pytest.raises(GraphTooLargeError, match=r"max_nodes=3: depth=3 draws the last levels"):
        risk.graph(max_nodes=3)
    assert risk.graph(max_nodes=7).nodes == 7
    assert risk.graph("compact", max_nodes=1000).nodes > 600
    assert risk.graph("compact", collapse=1).nodes == 7
    for wrong in (0.5, "many", -1):
        with pytest.raises((TypeError, ValueError), match="max_nodes is a whole number"):
            x.graph(max_nodes=wrong)  # type: ignore[arg-type]


def test_collapsed_pictures_are_the_same_in_every_run() -> None:
    assert moons(5).graph(collapse=1).svg() == moons(5).graph(collapse=1).svg()


@pytest.mark.parametrize("label", NASTY)
def test_any_scope_name_in_a_collapsed_picture(label: str) -> None:
    with scope(label), scope(label):
        y = Value(2.0, label).sin().cos()
    drawing = (y * 2.0).named(label).graph(collapse=1, gradients=True)
    root = ElementTree.fromstring(drawing.svg())
    tags = {element.tag.removeprefix(SVG) for element in root.iter()}
    shapes = {"rect", "path", "polygon", "polyline", "text", "ellipse", "line"}
    assert tags <= {"svg", "title", "desc", "g"} | shapes


# --- what nn puts where ---------------------------------------------------------


def test_labels_and_clusters_of_a_model() -> None:
    model = nn.MLP([3, 2, 1], output="sigmoid", rng=0)
    loss = nn.binary_cross_entropy(model([1.0, 2.0, 3.0]), 1.0) + nn.L2(0.1)(model)
    labels = {node.label: node for node in topological_order(loss)}
    assert labels["w1[0,2]"].scope == labels["b1[0]"].scope == ("layer 1", "neuron 0")
    assert labels["h1[1]"].scope == labels["s1[1]"].scope == ("layer 1", "neuron 1")
    assert labels["y[0]"].scope == ("layer 2", "neuron 0")
    assert labels["loss"].scope == ("loss",)
    assert labels["penalty"].scope == ("L2 penalty",)
    scene = Scene(loss)
    assert scene.homes[labels["w1[1,0]"]] == ("layer 1", "neuron 1")
    assert scene.homes[labels["x[0]"]] == ("layer 1",)  # both of its neurons use it


def test_parameters_stand_where_their_neuron_was_called() -> None:
    model = nn.MLP([1, 1], rng=0)
    with scope("encoder"):
        code = model([1.0])
    other = nn.MLP([1, 1], rng=1)
    with scope("decoder"):
        y = other(code)[0]
    homes = Scene(y).homes
    for parameter in model.parameters():
        assert homes[parameter] == ("encoder", "layer 1", "neuron 0")
    for parameter in other.parameters():
        assert homes[parameter] == ("decoder", "layer 1", "neuron 0")
    penalty = nn.L2(1.0)(model)
    assert Scene(penalty).homes[model.parameters()[0]] == ("layer 1", "neuron 0")


def test_a_parameter_that_stands_first_in_a_penalty_stays_with_its_neuron() -> None:
    model = nn.MLP([1, 1], rng=0)
    loss = nn.L2(0.1)(model) + nn.squared_error(model([1.0]), 0.0)
    assert Scene(loss).homes[model.parameters()[0]] == ("layer 1", "neuron 0")


def test_a_scope_object_remembers_only_where_it_is() -> None:
    inner = scope("inner")
    seen = []
    for outer in ("a", "b", "a"):
        with scope(outer), inner:
            seen.append(Value(1.0).scope)
    with inner, inner:
        seen.append(Value(1.0).scope)
    assert seen == [("a", "inner"), ("b", "inner"), ("a", "inner"), ("inner", "inner")]


def test_your_own_activation_belongs_to_the_neuron() -> None:
    y = nn.Neuron(1, lambda s: tanh(s) * 2.0, rng=0)([1.0])
    assert {node.scope for node in topological_order(y) if node.op} == {("neuron",)}


# --- what a newcomer ran into -----------------------------------------------------


def test_leaves_that_changed_since_are_told() -> None:
    x = Value(2.0, "x")
    y = (x * x * x).named("y")
    assert CHANGED not in texts(y.graph())
    x.data = 5.0
    for drawing in (y.graph(), y.graph("compact"), y.graph(expand=True), y.graph(depth=1)):
        assert CHANGED in texts(drawing)
        assert CHANGED in drawing.composed.description
    x.data = 2.0
    assert CHANGED not in y.graph().svg()


def test_an_unfolded_graph_is_not_mistaken_for_a_changed_one() -> None:
    y = nn.MLP([5, 5, 1], rng=3)([0.1, 0.2, 0.3, 0.4, 0.5])[0]
    assert CHANGED not in texts(y.graph(expand=True))


def test_equal_labels_are_told_apart_everywhere() -> None:
    a, b = Value(5.0, "x"), Value(2.0, "x")
    y = (a - b).named("x")
    assert "x_3 = x − x_2" in texts(y.graph())
    assert "x_3 = x − x_2" in str(y.trace())
    assert "x_2 → x_3" in explain(y, b)
    taken = (Value(1.0, "x") * Value(2.0, "x") * Value(3.0, "x_2")).named("y")
    assert {"x", "x_2", "x_3"} <= set(texts(taken.graph()))


def test_a_nan_is_what_one_sees_first() -> None:
    n, z = Value(math.nan, "n"), Value(2.0, "z")
    drawing = (n * z + z * 0.0).named("o").graph(gradients=True)
    (edge,) = [e for e in statements(drawing, r"^\tv1 -> v2 .*") if "nan" in e]
    assert 'color="#B00020"' in edge
    assert "penwidth=3.20" in edge
    assert {"not a number (nan)", "o does not feel it"} <= set(texts(drawing))
    assert "not a number (nan)" not in texts((z * 0.0).graph(gradients=True))


def test_what_stands_directly_in_a_frame_stays_in_it() -> None:
    with scope("gen"):
        y = nn.MLP([9, 3, 1], rng=0)([0.1] * 9)[0]
    drawing = (y * y).graph(collapse=2)
    assert boxes(drawing)["inputs"] == ["9 inputs"]
    assert "gen" not in boxes(drawing)
    assert Scene(y * y, collapse=2).boxes[0].frame == ("gen",)  # type: ignore[union-attr]


def test_advice_for_too_large_a_depth() -> None:
    wide = total([Value(1.0) * 2.0 for _ in range(600)])
    with pytest.raises(GraphTooLargeError, match="depth=0 draws the last levels"):
        wide.graph(depth=1)
    with pytest.raises(TypeError, match="expand is True or False, got 'yes'"):
        wide.graph(expand="yes")  # type: ignore[arg-type]


def test_joiners_belong_to_a_word() -> None:
    word, family = "می\u200cخواهم", "👩\u200d👩\u200d👧"
    for label in (word, family):
        shown = [t.strip("\u2068\u2069") for t in texts((Value(1.0, label) * 2.0).graph())]
        assert label in shown


def test_right_to_left_names_do_not_turn_a_formula_round() -> None:
    a, b = Value(5.0, "אב"), Value(2.0, "גד")
    assert "v2 = \u2068אב\u2069 − \u2068גד\u2069" in texts((a - b).graph())
    assert "\u2068אב\u2069 − \u2068גד\u2069" in (a - b).trace()._repr_html_()
    assert "\u2068" not in str((a - b).trace())


# --- what an audit found ------------------------------------------------------------


@pytest.mark.parametrize("name", ["\\N \\G", "a|b{c}", "<b>&amp;", 'say "hi"', "]];"])
def test_the_tooltip_of_a_collapsed_cluster_is_text(name: str) -> None:
    with scope(name):
        y = Value(2.0).sin().cos().tanh()
    drawing = (y * 2.0).graph(collapse=1)
    root = ElementTree.fromstring(drawing.svg())
    titles = [element.text for element in root.iter(f"{SVG}title")]
    assert f"{name}: 1 input; 3 operations" in titles


def test_a_box_of_leaves_looks_like_one_of_them() -> None:
    leaves = [nn.Parameter(0.1, f"p{i}") for i in range(20)]
    drawing = total([p * p for p in leaves]).graph(collapse=1)
    (line,) = [line for line in drawing.dot.splitlines() if '"parameters|20 parameters"' in line]
    assert 'color="#8A6100" fillcolor="#FFF3D1"' in line


def test_a_parameter_stands_where_its_neuron_was_called_or_between_the_places() -> None:
    neuron = nn.Neuron(1, rng=0)
    outputs = []
    for place in ("first", "second"):
        with scope(place):
            outputs.append(neuron([1.0]))
    assert Scene(outputs[0] * 2.0).homes[neuron.weights[0]] == ("first", "neuron")
    assert Scene(outputs[0] * outputs[1]).homes[neuron.weights[0]] == ("neuron",)


def test_only_leaves_move_to_where_they_are_used() -> None:
    x = Value(2.0, "x")
    with scope("inner"):
        h = x * 2.0
    with scope("outer"), scope("inner"):
        y = h * 3.0
    assert Scene(y).homes[h] == ("inner",)


def test_a_parameter_stands_beside_its_neuron_however_deep() -> None:
    neuron = nn.Neuron(1, rng=0)
    with ExitStack() as stack:
        for i in range(25):
            stack.enter_context(scope(f"s{i}"))
        y = neuron([1.0])
    assert Scene(y).homes[neuron.weights[0]] == Scene(y).homes[y] == y.scope[:20]


def test_an_unrolled_net_is_a_chain_of_steps_that_share_their_weights() -> None:
    model = nn.Recurrent(2, 3, 1, rng=0)
    rows = [[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]]
    scene = Scene(nn.empirical_risk(model, [rows] * 2, [[0, 0, 1]] * 2), collapse=1)
    boxes = {box.name: box for box in scene.boxes if isinstance(box, Group)}
    assert {"cell", "readout", "step 1", "step 2", "step 3", "inputs", "loss"} <= set(boxes)
    links = {(link.source, link.target) for link in scene.links}
    for step in ("step 1", "step 2", "step 3"):
        assert {(boxes["cell"], boxes[step]), (boxes["readout"], boxes[step])} <= links
    assert (boxes["step 1"], boxes["step 2"]) in links
    assert (boxes["step 2"], boxes["step 1"]) not in links


def test_many_edges_collapse_too_and_too_many_are_refused() -> None:
    model = nn.MLP([12, 12, 1], rng=0)
    y = model([0.1] * 12)[0]
    assert Scene(y, "compact").size < 250
    assert len(Scene(y, "compact").links) > 300
    assert y.graph().nodes < 60
    x = Value(1.0, "x")
    with pytest.raises(GraphTooLargeError, match="20,000 edges, more than 4 for each of max_nodes"):
        total([x] * 20_000).graph()
    assert total([x] * 300).graph().edges == 300


def test_an_infinite_gradient_through_a_zero_partial_is_drawn_as_nan() -> None:
    x = Value(0.0, "x")
    drawing = (x**2).sqrt().graph(gradients=True)
    (edge,) = statements(drawing, r"^\tv0 -> v1 .*")
    assert 'color="#B00020"' in edge
    (edge,) = statements(drawing, r"^\tv1 -> v2 .*")
    assert "penwidth=3.20" in edge  # infinite


def test_a_bundle_is_as_wide_as_what_it_sends_back_together() -> None:
    w = Value(2.0, "w")
    with scope("S"):
        t = (w * 3.0 + w * -3.0).exp()
    drawing = (t * 1.0).named("o").graph(collapse=1, gradients=True)
    (edge,) = statements(drawing, r"^\tv\d+ -> g0 .*")
    assert "penwidth=1.00" in edge
    assert "|gradient sent back| = 0.0000" in edge


def test_inputs_without_a_scope_collapse_below_the_limit() -> None:
    y = total([Value(0.1 * i) for i in range(600)])
    assert y.graph(collapse=1).nodes == 2
    with pytest.raises(GraphTooLargeError, match="601 nodes"):
        y.graph()


def test_a_thousand_scopes_within_each_other() -> None:
    x = Value(0.5, "x")
    with ExitStack() as stack:
        for i in range(300):
            stack.enter_context(scope(f"s{i}"))
            x = x.sin()
        y = x.cos()
    assert y.scope[:2] == ("s0", "s1")
    assert y.graph().nodes < 60
    assert y.graph("compact").dot.count("subgraph cluster_") == 20


def test_hidden_values_are_counted_once() -> None:
    a, w = Value(0.3, "a"), Value(0.4, "w")
    h = a * w
    y = h.tanh() * h.sin()
    assert "drawn: 3." in y.graph(depth=1).composed.description
    with scope("S"):
        p, q = h.tanh(), (h + w).sin()
    z = (p.exp() * q.exp()).named("z")
    drawing = z.graph(depth=2, collapse=1)
    assert "… 4 more" in texts(drawing)  # h, a, w and h + w


def test_unfolded_sums_show_what_was_recorded_to_the_last_bit() -> None:
    ones = [Value(1.0), Value(1.0)]
    s = dot(ones, ones, Value(1e16))
    z = unfolded(s)
    assert z.parents[0].data + z.parents[1].data == 1e16 + 2.0
    # from Python 3.12 on ``sum`` keeps what is lost before
    assert z.data == s.data == (1e16 if sys.version_info < (3, 12) else 1e16 + 2.0)


def test_small_numbers_are_not_drawn_as_zero() -> None:
    drawing = (Value(0.004, "x") * Value(-0.0012, "y")).graph("compact")
    assert {"x = 0.004", "y = −0.0012"} <= set(texts(drawing))
