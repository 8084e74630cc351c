"""A million nodes: no recursion, linear memory, freed by reference counting alone."""

import gc
import sys
import tracemalloc
import weakref
from collections.abc import Iterator

import pytest

import autograd
from autograd import Value, topological_order

MILLION = 1_000_000


@pytest.fixture
def no_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def chain(n: int) -> tuple[Value, Value]:
    x = y = Value(1.0)
    for _ in range(n):
        y = y * 1.0000001
    return x, y


@pytest.mark.usefixtures("no_collector")
def test_a_chain_of_a_million_nodes_and_its_memory() -> None:
    tracemalloc.start()
    x, y = chain(MILLION)
    y.backward()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert abs(x.grad / y.data - 1.0) < 1e-9
    assert peak / MILLION <= 350
    # freeing must neither recurse nor need the collector
    del y
    assert gc.collect() == 0


def test_a_sum_of_a_hundred_thousand_losses() -> None:
    x = Value(2.0)
    assert sum(x * 1.0 for _ in range(100_000)).backward()[x] == 100_000.0


def test_the_recursion_limit_is_left_alone() -> None:
    limit = sys.getrecursionlimit()
    _, y = chain(50_000)
    assert len(topological_order(y)) == 100_001
    y.zero_grad()
    assert sys.getrecursionlimit() == limit


class Watched(Value):
    __slots__ = ("__weakref__",)


@pytest.mark.usefixtures("no_collector")
def test_reference_counting_frees_a_graph_at_once() -> None:
    x = Watched(2.0)
    gone = weakref.ref(x)
    y = autograd.tanh(x * x + 1.0) / x
    table = y.backward()
    str(table)
    table.contributions(x)
    y.graph()
    del x, table
    assert gone() is not None
    del y
    assert gone() is None


@pytest.mark.usefixtures("no_collector")
def test_one_tracked_object_per_unary_or_binary_node() -> None:
    x = Value(2.0)
    before = len(gc.get_objects())
    kept = [x]
    for _ in range(1000):
        kept.append((kept[-1] * x).tanh())
    # 2,000 nodes and the list itself
    assert len(gc.get_objects()) - before <= 2_005
