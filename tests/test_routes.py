"""The chain rule as a sum over paths: listed, counted, written out."""

import math
import random
from itertools import islice

import pytest

from autograd import Path, Value, count_paths, dot, explain, grad_table, paths, total
from autograd.routes import _best, _between
from demos.logistic import build

from .test_drawing import NASTY


def doubled(times: int) -> tuple[Value, Value]:
    x = y = Value(1.0, "x")
    for _ in range(times):
        y = y + y
    return y.named("y"), x


def random_graph(seed: int) -> tuple[Value, list[Value]]:
    source = random.Random(seed)
    nodes = [Value(source.uniform(-2.0, 2.0), f"x{i}") for i in range(3)]
    leaves = list(nodes)
    for _ in range(9):
        a, b = source.choice(nodes), source.choice(nodes)
        nodes.append(source.choice([a * b, a + b, a - b, a.sin(), a.tanh(), dot([a], [b], a)]))
    return total(nodes[-3:]), leaves


def number(text: str) -> float:
    return float(text.replace("−", "-"))


# --- paths ------------------------------------------------------------------------


def test_a1_the_chain_rule_over_two_routes() -> None:
    t = Value(2.0, "t")
    u, v = t**2, 3.0 * t + 1.0
    r = u * v
    assert r.data == 28.0
    first, second = paths(r, t)
    assert first == Path((t, u, r), (4.0, 7.0), 28.0)
    assert second.nodes[0] is t and second.nodes[-1] is r
    assert second.partials == (3.0, 1.0, 4.0)
    assert first.product + second.product == 40.0 == grad_table(r)[t]


def test_a8_two_routes_of_a_weight() -> None:
    y, w = build()
    products = sorted(path.product for path in paths(y, w))
    assert products == pytest.approx([-0.08909994907199367, 0.08], rel=1e-12)


@pytest.mark.parametrize("seed", range(30))
def test_products_sum_to_the_gradient_and_every_path_is_one(seed: int) -> None:
    y, leaves = random_graph(seed)
    for x in leaves:
        found = list(paths(y, x, limit=None))
        assert len(found) == count_paths(y, x)
        assert math.fsum(p.product for p in found) == pytest.approx(grad_table(y)[x], rel=1e-12)
        for path in found:
            assert path.nodes[0] is x and path.nodes[-1] is y
            assert math.prod(path.partials) == pytest.approx(path.product, rel=1e-12)
            for node, child, partial in zip(
                path.nodes, path.nodes[1:], path.partials, strict=False
            ):
                edges = zip(child.parents, child.partials, strict=True)
                assert any(p is node and d == partial for p, d in edges)


def test_parallel_edges_are_two_paths() -> None:
    x = Value(3.0)
    y = x * x
    assert [p.product for p in paths(y, x)] == [3.0, 3.0]
    assert count_paths(y, x) == 2
    assert count_paths(dot([x, x], [x, x], x), x) == 5


def test_no_path_and_the_path_of_no_edges() -> None:
    x, y = Value(1.0), Value(2.0)
    assert list(paths(y, x)) == []
    assert count_paths(y, x) == 0
    assert list(paths(x, x)) == [Path((x,), (), 1.0)]
    assert count_paths(x, x) == 1
    z = x * 2.0
    assert count_paths(x, z) == 0  # against the direction of the edges


def test_at_most_limit_paths_and_at_once() -> None:
    y, x = doubled(60)
    assert len(list(paths(y, x))) == 1000
    assert len(list(paths(y, x, limit=3))) == 3
    assert list(paths(y, x, limit=0)) == []
    assert len(list(islice(paths(y, x, limit=None), 5))) == 5


def test_blind_alleys_are_not_walked_into() -> None:
    # 2^60 paths lead from y to x, a single one to z
    y, _ = doubled(60)
    z = Value(2.0)
    assert len(list(paths(y * z, z))) == 1


def test_a_path_of_a_hundred_thousand_edges() -> None:
    x = y = Value(1.0, "x")
    for _ in range(100_000):
        y = y + 1.0
    (path,) = paths(y, x)
    assert len(path.partials) == 100_000
    assert len(explain(y, x)) < 1000


def test_a_zero_partial_silences_an_infinite_one() -> None:
    x = Value(0.0, "x")
    y = 0.0 * x.sqrt() + x
    assert [p.product for p in paths(y, x)] == [0.0, 1.0]
    assert "nan" not in explain(y, x)
    assert "nan" not in explain(y, x, limit=1)


# --- count_paths --------------------------------------------------------------------


def test_a6_cost_grows_with_edges_not_with_paths() -> None:
    y, x = doubled(60)
    assert count_paths(y, x) == 2**60 == grad_table(y)[x]


def test_counts_are_exact_beyond_what_a_float_can_hold() -> None:
    y, x = doubled(200)
    assert count_paths(y, x) == 2**200
    assert count_paths(y + x, x) == 2**200 + 1


# --- explain ------------------------------------------------------------------------


def test_a3_the_worksheet() -> None:
    y, w = build()
    lines = explain(y, w).splitlines()
    assert lines[0].startswith("dL/dw is the sum over 2 paths from w to L")
    assert lines[1].endswith("−0.0891")
    assert lines[2].endswith("0.0800")
    assert lines[3].split() == ["sum", "=", "−0.0091"]
    assert len({line.index("=") for line in lines[1:]}) == 1


def test_a1_the_worksheet() -> None:
    t = Value(2.0, "t")
    u, v = (t**2).named("u"), (3.0 * t + 1.0).named("v")
    assert explain((u * v).named("r"), t).splitlines() == [
        "dr/dt is the sum over 2 paths from t to r",
        "t → u → r       4.0000 × 7.0000           =  28.0000",
        "t → v3 → v → r  3.0000 × 1.0000 × 4.0000  =  12.0000",
        "sum                                       =  40.0000",
    ]


def test_sixty_doublings_are_explained_at_once() -> None:
    y, x = doubled(60)
    text = explain(y, x)
    assert text.startswith("dy/dx is the sum over 1,152,921,504,606,846,976 paths from x to y")
    assert len(text.splitlines()) == 1 + 20 + 2
    assert "… 1,152,921,504,606,846,956 more paths together" in text
    assert text.splitlines()[-1].endswith("1.153e+18")
    huge, x = doubled(20_000)
    assert "about 10^6021 paths" in explain(huge, x)


@pytest.mark.parametrize("seed", range(20))
def test_the_largest_paths_are_shown(seed: int) -> None:
    y, leaves = random_graph(seed)
    for x in leaves:
        sizes = sorted((abs(p.product) for p in paths(y, x, limit=None)), reverse=True)
        for number in (1, 3, 5):
            ways = _best(_between(y, x), y, x, number) if sizes else []
            found = [abs(way.product) for way in ways]
            assert found == pytest.approx(sizes[:number], rel=1e-12)


def test_the_rest_is_summed() -> None:
    x = Value(1.0, "x")
    y = total([x * float(i) for i in range(1, 6)]).named("y")
    lines = explain(y, x, limit=2).splitlines()
    assert [line.split("=")[1].strip() for line in lines[1:]] == [
        "5.0000", "4.0000", "6.0000", "15.0000",
    ]  # fmt: skip
    assert "… 3 more paths together" in lines[3]
    assert "… 1 more path together" in explain(y, x, limit=4)
    assert "more" not in explain(y, x, limit=5)
    assert [line.split()[0] for line in explain(y, x, limit=0).splitlines()[1:]] == ["…", "sum"]


def test_nothing_to_explain() -> None:
    x, y = Value(1.0, "x"), Value(2.0, "y")
    assert explain(y, x) == "dy/dx = 0: no path leads from x to y"
    assert explain(y, Value(1.0)) == "dy/dthat node = 0: no path leads from that node to y"
    assert explain(x, x).splitlines()[0] == "dx/dx is the product along the path from x to x"


def test_long_paths_are_shortened_in_the_middle() -> None:
    x = y = Value(0.5, "x")
    for _ in range(8):
        y = y.sin()
    assert "…" not in explain(y, x)
    line = explain(y.sin(), x).splitlines()[1]
    assert line.startswith("x → v1 → v2 → v3 → … → v6 → v7 → v8 → v9 ")


def test_infinite_and_undefined_products_come_first() -> None:
    x = Value(0.0, "x")
    y = (x.sqrt() + 2.0 * x).named("y")
    lines = explain(y, x, limit=1).splitlines()
    assert "inf" in lines[1]


@pytest.mark.parametrize("label", NASTY)
def test_any_label(label: str) -> None:
    x = Value(2.0, label)
    assert len(explain((x * 3.0).named(label), x).splitlines()) == 3


def test_wrong_arguments() -> None:
    x = Value(2.0)
    for call in (paths, count_paths, explain):
        with pytest.raises(TypeError, match="expected a Value, got int 3"):
            call(x, 3)  # type: ignore[operator]
        with pytest.raises(TypeError, match=r"expected a Value, got list \[1\]"):
            call(x, [1])  # type: ignore[operator]
        with pytest.raises(TypeError, match="expected a Value, got str 'x'"):
            call("x", x)  # type: ignore[operator]
    for call in (paths, explain):
        with pytest.raises(ValueError, match="limit of .* is a whole number from 0 on, got -1"):
            call(x, x, limit=-1)  # type: ignore[operator]
        with pytest.raises(TypeError, match=r"limit of .* is a whole number, got float 2\.0"):
            call(x, x, limit=2.0)  # type: ignore[operator]
    with pytest.raises(TypeError, match="limit of explain"):
        explain(x, x, limit=None)  # type: ignore[arg-type]


def test_what_is_left_out_is_summed_exactly() -> None:
    x = Value(1.0, "x")
    y = x * 1e20
    for i in range(3):
        y = y + x * (i + 1.0)
    assert explain(y, x, 1).splitlines()[2].endswith("6.0000")
    y = (x * 1e20 - x * 1e20 + x * 3.0 + x * 4.0).named("y")
    lines = explain(y, x, 2).splitlines()
    assert [line.split("=")[1].strip() for line in lines[3:]] == ["7.0000", "7.0000", "0.0000"]
    assert lines[-1].startswith("the sweep, which adds and rounds step by step")
    y = x * math.inf + x * 2.0
    assert [line.split("=")[1].strip() for line in explain(y, x, 1).splitlines()[1:]] == [
        "inf", "2.0000", "inf",
    ]  # fmt: skip


def test_the_rest_of_very_many_paths_is_exact_too() -> None:
    y, x = doubled(60)
    z = (y * 1e30 - y * 1e30 + x * 5.0).named("z")
    text = explain(z, x, 3)
    assert "2,305,843,009,213,693,950 more paths together" in text
    values = {line.split()[0]: number(line.split("=")[1]) for line in text.splitlines()[1:]}
    assert abs(values["…"]) in (1e30, 3e30)  # what the three that are shown lack to balance
    assert values["sum"] == 5.0


def test_an_infinite_partial_below_a_zero_one_is_what_the_sweep_makes_of_it() -> None:
    x = Value(0.0, "x")
    r = (x**2).sqrt().named("r")
    (path,) = paths(r, x)
    assert math.isnan(path.product) and math.isnan(grad_table(r)[x])
    lines = explain(r, x).splitlines()
    assert [line.split("=")[1].strip() for line in lines[1:]] == ["nan", "nan"]


def test_of_very_many_paths_those_that_are_not_finite_come_first() -> None:
    y, x = doubled(20)
    z = Value(0.0, "z")
    w = (y + x * (z.sqrt() * 0.0 + math.nan)).named("w")
    assert count_paths(w, x) == 2**20 + 1
    lines = explain(w, x, 2).splitlines()
    assert lines[1].endswith("nan")
    assert lines[-1].split() == ["sum", "=", "nan"]


def test_a_small_rest_beside_a_huge_path_of_very_many_is_not_lost() -> None:
    y, x = doubled(20)
    lines = explain((y + x * 1e30).named("w"), x, 1).splitlines()
    assert number(lines[1].split("=")[1]) == 1e30
    assert "… 1,048,576 more paths together" in lines[2]
    assert number(lines[2].split("=")[1]) == pytest.approx(2**20, rel=1e-3)
