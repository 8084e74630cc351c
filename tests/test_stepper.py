"""The step-by-step page: its text, and what it does in a real browser."""

import json
import math
import os
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import nn
from autograd import (
    Constant,
    GraphTooLargeError,
    RenderingError,
    Value,
    dot,
    grad_table,
    maximum,
    rendering,
    scope,
    total,
)
from autograd.formulas import is_number, node_names, one_line
from autograd.stepper import step_page
from demos.logistic import build

from .browsers import chromium, needs_chromium
from .test_drawing import NASTY

LABELS = [
    *NASTY, '"];', "</script><script>alert(1)</script>", "</script x",
    "<!-- <script", "]]>", "\\", "$&", "$x^2$", "{{svg}}",
    "<img src=x onerror=alert(2)>", "שלום", "-->", "<!--<script>", "&lt;", "' onclick='alert(3)",
]  # fmt: skip


def logistic() -> Value:
    return build()[0]


def network() -> Value:
    model = nn.MLP([2, 3, 1], output="sigmoid", rng=0)
    return nn.binary_cross_entropy(model([0.5, -1.0]), 1.0)


def odd() -> Value:
    """Fan-out, parallel edges, a tie, a dead branch, an infinite partial, huge and tiny numbers."""
    x, z = Value(3.0, "x"), Value(0.0, "z")
    a = (x * x).named("a")
    b = maximum(a, Value(9.0, "nine")) * 1e-9
    c = 0.0 * z.sqrt() + dot([x, a], [a, x], Constant(2.0, "two"))
    return (total([a, b, c * 1e7]) - x.relu()).named("y")


GRAPHS = [logistic, network, odd]


def number(text: str) -> float:
    return float(text.replace("−", "-"))


# --- without a browser --------------------------------------------------------------


class Page(HTMLParser):
    """Every element of a page, and the text of its scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attributes)))
        self.inside = tag

    def handle_data(self, data: str) -> None:
        if self.inside == "script":
            self.scripts.append(data)

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""


def test_one_file_that_asks_for_nothing(tmp_path: Path) -> None:
    text = logistic().stepper(tmp_path / "steps.html").read_text(encoding="utf-8")
    page = Page(text)
    for tag, attributes in page.elements:
        assert tag not in ("link", "img", "iframe", "object", "base", "form")
        assert not {"src", "href", "style", "onclick", "onload"} & set(attributes), tag
    policy = next(a["content"] for t, a in page.elements if a.get("http-equiv"))
    assert policy and policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert text.count("http") == text.count("http-equiv") + text.count("http://www.w3.org/2000/svg")
    assert 20_000 < len(text) < 100_000
    assert [p.name for p in tmp_path.iterdir()] == ["steps.html"]


def test_the_same_page_every_time(tmp_path: Path) -> None:
    first, second = (network().stepper(tmp_path / f"{i}.html") for i in (1, 2))
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("label", LABELS)
def test_any_label_is_text(label: str, tmp_path: Path) -> None:
    with scope(label):
        y = (Value(2.0, label) * 3.0 + Value(1.0, label)).named(label)
    plain = (Value(2.0, "a") * 3.0 + Value(1.0, "b")).named("c")
    pages = [
        Page(node.stepper(tmp_path / "s.html").read_text(encoding="utf-8")) for node in (y, plain)
    ]
    tags = [[tag for tag, _ in page.elements] for page in pages]
    assert set(tags[0]) == set(tags[1])
    assert tags[0].count("script") == 2
    data = json.loads(pages[0].scripts[0])
    shown = one_line(label, 24)
    assert any(node["name"].strip("\u2068\u2069") == (shown or "v0") for node in data["nodes"])


def test_steps_are_one_per_operation_one_seed_and_one_per_edge(tmp_path: Path) -> None:
    page = Page(logistic().stepper(tmp_path / "s.html").read_text(encoding="utf-8"))
    data = json.loads(page.scripts[0])
    assert len(data["steps"]) == 1 + 10 + 1 + 15
    assert (data["forward"], data["backward"]) == (1, 11)
    said = [step["say"] for step in data["steps"]]
    assert said[1] == "Forward 1 of 10: p = w × x = 0.8000 × 1.5000 = 1.2000."
    assert said[11] == "Backward begins at the output: dL/dL = 1."
    assert said[-2] == (
        "Backward 14 of 15: p hands its gradient times the local derivative on to w:"
        " −0.0594 × 1.5000 = −0.0891. dL/dw is −0.0091 after 2 of 2 summands."
    )


def test_a_leaf_has_one_step(tmp_path: Path) -> None:
    page = Page(Value(2.0, "x").stepper(tmp_path / "s.htm").read_text(encoding="utf-8"))
    data = json.loads(page.scripts[0])
    assert [step["say"] for step in data["steps"]][1:] == [
        "Backward begins at the output: dx/dx = 1."
    ]


def test_expand_unfolds_neurons(tmp_path: Path) -> None:
    y = nn.Neuron(2, "tanh", rng=0)([1.0, 2.0])
    text = y.stepper(tmp_path / "s.html", expand=True).read_text(encoding="utf-8")
    said = [step["say"] for step in json.loads(Page(text).scripts[0])["steps"]]
    assert said[1] == "Forward 1 of 5: v2 = w[0] × x[0] = 0.6659 × 1.0000 = 0.6659."
    assert "·" not in "".join(said)


def test_too_large() -> None:
    y = Value(0.5)
    for _ in range(150):
        y = y.sin()
    with pytest.raises(GraphTooLargeError, match=r"holds 150 nodes and 400 steps.*has 151 nodes"):
        y.stepper("never.html")
    y = total([Value(1.0)] * 450)
    with pytest.raises(GraphTooLargeError, match="452 steps: step through an earlier node"):
        y.stepper("never.html")
    wide = nn.Neuron(70, rng=0)([0.1] * 70)
    assert wide.graph().nodes < 150
    with pytest.raises(GraphTooLargeError, match="has 281 nodes and 421 steps"):
        wide.stepper("never.html", expand=True)
    assert not os.path.exists("never.html")


def test_the_largest_page(tmp_path: Path) -> None:
    y = Value(0.5, "x")
    for _ in range(149):
        y = y.sin()
    path = y.stepper(tmp_path / "s.html")
    assert path.stat().st_size < 600_000


def test_wrong_names_and_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    y = logistic()
    for name in ("steps", "steps.svg", "html", ""):
        with pytest.raises(ValueError, match=r"a page's name ends in \.html, got"):
            y.stepper(tmp_path / name if name else "")
    with pytest.raises(RenderingError, match=r"cannot write .*s\.html.*a folder that exists"):
        y.stepper(tmp_path / "missing" / "s.html")
    (tmp_path / "folder.html").mkdir()
    with pytest.raises(RenderingError, match="cannot write"):
        y.stepper(tmp_path / "folder.html")

    def fail(dot: str) -> str:
        raise RenderingError("no engine")

    old = y.stepper(tmp_path / "s.html").read_bytes()
    monkeypatch.setattr(rendering, "render_svg", fail)
    with pytest.raises(RenderingError, match="no engine"):
        y.stepper(tmp_path / "s.html")
    assert (tmp_path / "s.html").read_bytes() == old
    with pytest.raises(TypeError, match="expected a Value, got int"):
        step_page(3, "s.html")  # type: ignore[arg-type]


# --- in Chromium ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as running:
        yield running


class Tab:
    """A page of the browser that notes whatever should not happen."""

    def __init__(self, browser: Any, **options: Any) -> None:
        self.context = browser.new_context(viewport={"width": 1280, "height": 800}, **options)
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.opened = 0
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: self.complaints.append(dialog.message))
        self.page.on("request", lambda request: self.requests.append(request.url))

    def open(self, path: Path) -> Any:
        self.page.goto(path.as_uri())
        self.opened += 1
        return self.page

    def cells(self, column: str) -> list[str]:
        return list(self.page.locator(f"td.{column}").all_inner_texts())

    def state(self) -> str:
        """All that can be seen: the table, the graph's text and the classes of its parts."""
        return str(
            self.page.evaluate(
                "[document.querySelector('tbody').innerText, say.textContent, count.textContent,"
                " ...[...document.querySelectorAll('svg g')].map(g => [...g.classList].sort() +"
                " [...g.querySelectorAll(':scope > text')].map(t => t.textContent))].join('|')"
            )
        )


@pytest.fixture
def tab(browser: Any) -> Iterator[Callable[..., Tab]]:
    tabs: list[Tab] = []

    def new(**options: Any) -> Tab:
        tabs.append(Tab(browser, **options))
        return tabs[-1]

    yield new
    for each in tabs:
        assert each.complaints == []
        assert [url for url in each.requests if not url.startswith("file://")] == []
        assert len(each.requests) == each.opened
        each.context.close()


@needs_chromium
@pytest.mark.parametrize("graph", GRAPHS)
def test_the_end_is_the_grad_table_and_the_start_is_empty(
    graph: Callable[[], Value], tab: Any, tmp_path: Path
) -> None:
    y = graph()
    opened = tab()
    page = opened.open(y.stepper(tmp_path / "s.html"))
    end = int(page.get_attribute("#slider", "max"))
    assert set(opened.cells("gradient")) == {"—"}
    for _ in range(end):
        page.keyboard.press("ArrowRight")
    assert page.inner_text("#count") == f"{end} / {end}"
    table = grad_table(y)
    drawn = [node for node in table if not is_number(node)]
    names = page.locator("tbody button").all_inner_texts()
    assert names == [one_line(node_names(list(table))[node], 24) for node in drawn]
    for node, text, data in zip(drawn, opened.cells("gradient"), opened.cells("data"), strict=True):
        assert number(text) == pytest.approx(table[node], rel=1e-6, abs=0.0)
        assert number(data) == pytest.approx(node.data, rel=1e-6, abs=0.0)
    page.keyboard.press("ArrowRight")  # there is no step after the last
    assert page.inner_text("#count") == f"{end} / {end}"
    page.keyboard.press("Home")
    assert set(opened.cells("gradient")) == {"—"}
    assert set(opened.cells("sum")) == {""}
    page.keyboard.press("ArrowLeft")
    assert page.inner_text("#count") == f"0 / {end}"


@needs_chromium
def test_every_step_is_the_trace_and_going_back_is_exact(tab: Any, tmp_path: Path) -> None:
    y = logistic()
    opened = tab()
    page = opened.open(y.stepper(tmp_path / "s.html"))
    names = page.locator("tbody button").all_inner_texts()
    end = int(page.get_attribute("#slider", "max"))
    states = [opened.state()]
    totals: dict[str, float] = {}
    operations = [node for node in grad_table(y) if node.op]
    uses = [sum(not is_number(parent) for parent in node.parents) for node in operations]
    rows = iter(y.trace().backward)
    for index in range(1, end + 1):
        page.keyboard.press("ArrowRight")
        states.append(opened.state())
        assert page.locator(".node.now").count() == page.locator("tr.now").count() == 1
        assert page.locator("tr[aria-current=step]").count() == 1
        # grey is what the sweep has not used yet, pale what is not computed yet
        assert page.locator(".edge:not(.forward)").count() == max(0, index - 11)
        assert page.locator(".edge.now").count() == (index > 11)
        assert page.locator(".node.waiting").count() == max(0, 10 - index)
        assert page.locator(".edge.waiting").count() == sum(uses[min(index, 10) :])
        if index == 11:
            totals["L"] = 1.0
        elif index > 11:
            row = next(rows)
            totals[node_names(list(grad_table(y)))[row.parent]] = row.total
        for name, text in zip(names, opened.cells("gradient"), strict=True):
            if name in totals:
                assert number(text) == pytest.approx(totals[name], rel=1e-6)
            else:
                assert text == "—"
    assert len(set(states)) == end + 1
    for index in range(end - 1, -1, -1):
        page.keyboard.press("ArrowLeft")
        assert opened.state() == states[index]
    page.keyboard.press("End")
    assert opened.state() == states[end]
    page.keyboard.press("b")
    assert opened.state() == states[11]
    page.keyboard.press("F")
    assert opened.state() == states[1]
    page.locator("#slider").fill("7")
    assert opened.state() == states[7]
    page.locator("#slider").focus()
    page.keyboard.press("ArrowRight")  # one step, not the browser's and ours
    assert opened.state() == states[8]


@needs_chromium
def test_the_table_and_the_graph_grow_together(tab: Any, tmp_path: Path) -> None:
    y = logistic()
    opened = tab()
    page = opened.open(y.stepper(tmp_path / "s.html"))
    page.keyboard.press("End")
    row = page.locator("tbody tr", has=page.locator("button", has_text=re.compile("^w$")))
    assert row.locator(".sum").inner_text() == "+ (0.0500 × 1.6000) + (−0.0594 × 1.5000)"
    assert row.locator(".gradient").inner_text() == "−0.009099949"
    box = page.locator("svg .parameter").first.locator("text")
    assert box.all_text_contents() == ["w", "data 0.8000", "grad −0.0091"]
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert row.locator(".sum").inner_text() == "+ (0.0500 × 1.6000)"
    assert box.all_text_contents()[2] == "grad 0.0800"
    page.keyboard.press("Home")
    assert box.all_text_contents() == ["w", "data 0.8000", "grad —"]
    result = page.locator("svg .output text")
    assert result.all_text_contents() == ["L = d + r", "data —", "grad —"]


@needs_chromium
def test_buttons_do_what_keys_do(tab: Any, tmp_path: Path) -> None:
    page = tab().open(logistic().stepper(tmp_path / "s.html"))
    count = page.locator("#count")
    for button, expected in [
        ("next", 1), ("next", 2), ("back", 1), ("last", 26), ("first", 0), ("backward", 11),
        ("forward", 1),
    ]:  # fmt: skip
        page.click(f"#{button}")
        assert count.inner_text() == f"{expected} / 26"
    page.keyboard.press("Control+ArrowRight")  # the browser's own keys stay the browser's
    assert count.inner_text() == "1 / 26"
    page.click("#first")
    for button in ("first", "back"):
        assert page.get_attribute(f"#{button}", "aria-disabled") == "true"
    page.focus("#next")
    page.keyboard.press("Enter")
    assert page.get_attribute("#first", "aria-disabled") == "false"
    page.focus("#last")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "last"  # the focus is not lost


@needs_chromium
def test_the_sentence_is_told_to_screen_readers(tab: Any, tmp_path: Path) -> None:
    page = tab().open(logistic().stepper(tmp_path / "s.html"))
    assert page.get_attribute("#say", "aria-live") == "polite"
    seen = set()
    for _ in range(26):
        page.keyboard.press("ArrowRight")
        said = page.inner_text("#say")
        assert page.get_attribute("#slider", "aria-valuetext") == said
        seen.add(said)
    assert len(seen) == 26
    assert page.locator("table caption").count() == 1
    assert page.locator("th[scope=col]").count() == 4
    assert page.locator("th[scope=row]").count() == 15
    assert page.title() == "Backpropagation through L"


@needs_chromium
def test_space_plays_and_pauses(tab: Any, tmp_path: Path) -> None:
    opened = tab()
    opened.page.clock.install()
    page = opened.open(logistic().stepper(tmp_path / "s.html"))
    page.keyboard.press(" ")
    assert page.get_attribute("#play", "aria-pressed") == "true"
    page.clock.run_for(3 * 900 + 50)
    assert page.inner_text("#count") == "3 / 26"
    page.keyboard.press(" ")
    page.clock.run_for(5000)
    assert page.inner_text("#count") == "3 / 26"
    assert page.inner_text("#play") == "Play"
    page.click("#play")
    page.clock.run_for(60_000)
    assert page.inner_text("#count") == "26 / 26"
    assert page.get_attribute("#play", "aria-pressed") == "false"
    page.locator("#play").press(" ")  # on a button Space presses it, once; at the end it restarts
    page.clock.run_for(950)
    assert page.inner_text("#count") == "1 / 26"
    page.keyboard.press("ArrowRight")  # a step by hand stops the play
    page.clock.run_for(5000)
    assert page.inner_text("#count") == "2 / 26"


@needs_chromium
def test_a_box_finds_its_row_and_a_row_its_box(tab: Any, tmp_path: Path) -> None:
    page = tab(reduced_motion="reduce").open(network().stepper(tmp_path / "s.html"))
    page.keyboard.press("End")
    page.locator("svg .output").click()
    row = page.locator("tr.selected")
    assert row.count() == 1
    assert row.locator("button").inner_text() == "loss"
    assert row.locator("button").get_attribute("aria-pressed") == "true"
    assert row.evaluate(
        "r => { const b = r.getBoundingClientRect(), t = table.getBoundingClientRect();"
        " return b.top >= t.top && b.bottom <= t.bottom + 1; }"
    )
    first = page.locator("tbody button").first
    first.focus()
    page.keyboard.press("Enter")
    assert page.locator("tr.selected button").inner_text() == first.inner_text()
    assert page.locator("svg .selected text").first.text_content() == first.inner_text()
    page.keyboard.press("Enter")
    assert page.locator(".selected").count() == 0


@needs_chromium
def test_labels_that_attack_are_shown_as_text(tab: Any, tmp_path: Path) -> None:
    opened = tab()
    for label in LABELS:
        with scope(label):
            y = (Value(2.0, label) * 3.0 + Value(1.0, label)).named(label)
        page = opened.open(y.stepper(tmp_path / "s.html"))
        page.keyboard.press("End")
        shown = one_line(label, 24) or "v0"
        assert page.locator("tbody button").first.text_content().strip("\u2068\u2069") == shown
        text = page.locator("svg .input text").first.text_content()
        assert text.strip("\u2068\u2069") == shown
        assert page.evaluate("document.querySelectorAll('script').length") == 2
        assert page.evaluate("document.querySelectorAll('img, b:not(svg b), iframe').length") == 0


@needs_chromium
def test_a_drawing_with_any_label_in_a_browser(tab: Any, tmp_path: Path) -> None:
    opened = tab()
    for label in LABELS:
        with scope(label):
            y = (Value(2.0, label) * 3.0).named(label)
        picture = y.graph(gradients=True).save(tmp_path / "p.svg")
        page = opened.open(picture)
        shown = one_line(label, 24) or "v0"
        assert shown in page.evaluate(
            "[...document.querySelectorAll('text')].map(t => t.textContent)"
        )
        allowed = "svg title desc rect g path polygon polyline text line"
        names = page.evaluate("[...document.querySelectorAll('*')].map(e => e.localName)")
        assert set(names) <= set(allowed.split())


@needs_chromium
def test_without_scripts_the_end_is_there(tab: Any, tmp_path: Path) -> None:
    y = logistic()
    opened = tab(java_script_enabled=False)
    page = opened.open(y.stepper(tmp_path / "s.html"))
    assert "Scripts are off" in page.inner_text("noscript")
    assert not page.is_visible(".controls")
    assert not page.is_visible("#help")
    table = grad_table(y)
    drawn = [node for node in table if not is_number(node)]
    for node, text in zip(drawn, opened.cells("gradient"), strict=True):
        assert number(text) == pytest.approx(table[node], rel=1e-6)
    assert "grad −0.0091" in page.locator("svg").text_content()


@needs_chromium
def test_motion_is_reduced_on_request(tab: Any, tmp_path: Path) -> None:
    path = logistic().stepper(tmp_path / "s.html")
    durations = []
    for wish in ("no-preference", "reduce"):
        page = tab(reduced_motion=wish).open(path)
        durations.append(
            page.evaluate("getComputedStyle(document.querySelector('.node')).transitionDuration")
        )
    assert durations == ["0.2s", "0s"]


@needs_chromium
def test_it_prints_whole_and_without_controls(tab: Any, tmp_path: Path) -> None:
    page = tab().open(network().stepper(tmp_path / "s.html"))
    page.keyboard.press("End")
    page.emulate_media(media="print")
    assert not page.is_visible(".controls")
    assert page.is_visible("#say")
    for part in ("#graph", "#table"):
        assert page.evaluate(
            f"(e => e.scrollHeight <= e.clientHeight + 1)(document.querySelector('{part}'))"
        )
    assert page.evaluate("document.querySelector('svg').getBoundingClientRect().width") <= 1280
    assert page.pdf()[:4] == b"%PDF"


@needs_chromium
def test_focus_can_be_seen_and_everything_fits(tab: Any, tmp_path: Path) -> None:
    page = tab().open(logistic().stepper(tmp_path / "s.html"))
    for width, height in ((1366, 768), (1920, 1080), (420, 800)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if width > 960:
            assert page.evaluate("document.documentElement.scrollHeight") <= height
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


@needs_chromium
def test_what_is_not_reached_yet_cannot_be_read_anywhere(tab: Any, tmp_path: Path) -> None:
    page = tab().open(logistic().stepper(tmp_path / "s.html"))
    titles = page.evaluate("[...document.querySelectorAll('.node title')].map(t => t.textContent)")
    assert "w: data 0.8000, grad —" in titles
    assert "L: data —, grad —" in titles
    words = page.evaluate("[...document.querySelectorAll('.edge title')].map(t => t.textContent)")
    assert "dp/dw = 1.5" in words
    everything = page.evaluate("document.querySelector('svg').textContent")
    assert "0.0738" not in everything
    assert "0.0091" not in everything
    page.keyboard.press("End")
    words = page.evaluate("[...document.querySelectorAll('.edge title')].map(t => t.textContent)")
    assert "dp/dw = 1.5; adds −0.0594 × 1.5000 = −0.0891 to w.grad" in words


def test_numbers_that_are_not_finite(tmp_path: Path) -> None:
    x = Value(0.0, "x")
    y = (x.sqrt() + x).named("y")
    text = y.stepper(tmp_path / "s.html").read_text(encoding="utf-8")
    data = json.loads(Page(text).scripts[0])
    assert "dy/dx is inf" in data["steps"][-1]["say"]
    assert not math.isfinite(grad_table(y)[x])


def test_leaves_that_changed_since_are_told(tmp_path: Path) -> None:
    x, z = Value(2.0, "x"), Value(3.0, "z")
    y = (x * x + z.sin()).named("y")
    before = y.stepper(tmp_path / "s.html").read_text(encoding="utf-8")
    assert "leaves changed since" not in before
    x.data = 5.0
    text = y.stepper(tmp_path / "s.html").read_text(encoding="utf-8")
    assert "<p>Note: leaves changed since: operations" in text
    said = [step["say"] for step in json.loads(Page(text).scripts[0])["steps"]]
    assert said[1] == "Forward 1 of 3: v1 = x × x = (its operands have changed since) = 4.0000."
    assert said[2] == "Forward 2 of 3: v3 = sin(z) = sin(3.0000) = 0.1411."
    s = dot([x], [z], 1.0)
    x.data = 7.0
    text = s.stepper(tmp_path / "s.html", expand=True).read_text(encoding="utf-8")
    said = [step["say"] for step in json.loads(Page(text).scripts[0])["steps"]]
    assert "v2 = x × z = (its operands have changed since) = 15.0000" in said[1]


@needs_chromium
def test_on_a_small_screen_row_and_node_of_the_step_are_seen(tab: Any, tmp_path: Path) -> None:
    opened = tab(reduced_motion="reduce")
    opened.page.set_viewport_size({"width": 420, "height": 800})
    page = opened.open(logistic().stepper(tmp_path / "s.html"))
    visible = """(selector, room) => {
        const a = document.querySelector(selector).getBoundingClientRect();
        const b = document.querySelector(room).getBoundingClientRect();
        return a.top >= b.top - 1 && a.bottom <= b.bottom + 1
            && a.left >= b.left - 1 && a.left <= b.right;
    }"""
    for _ in range(26):
        page.keyboard.press("ArrowRight")
        for selector, room in (("tr.now", "#table"), (".node.now", "#graph")):
            assert page.evaluate(f"({visible})('{selector}', '{room}')")


def test_a_zero_gradient_hands_nothing_on(tmp_path: Path) -> None:
    z = Value(0.0, "z")
    y = (0.0 * z.sqrt() + z).named("y")
    data = json.loads(Page(y.stepper(tmp_path / "s.html").read_text(encoding="utf-8")).scripts[0])
    said = [step["say"] for step in data["steps"]]
    assert any(re.search(r"v\d has the gradient 0 and hands nothing on to z\.", s) for s in said)


@needs_chromium
@pytest.mark.parametrize(("wish", "behaviour"), [("no-preference", "smooth"), ("reduce", "auto")])
def test_what_is_selected_or_stepped_to_is_scrolled_to(
    wish: str, behaviour: str, tab: Any, tmp_path: Path
) -> None:
    opened = tab(reduced_motion=wish)
    opened.page.add_init_script(
        "window.seen = []; Element.prototype.scrollIntoView = function (options) {"
        " seen.push([this.localName, options.behavior]); };"
    )
    page = opened.open(logistic().stepper(tmp_path / "s.html"))

    def seen() -> list[list[str]]:
        found: list[list[str]] = page.evaluate("seen.splice(0)")
        return found

    seen()
    page.keyboard.press("ArrowRight")
    assert seen() == [["tr", behaviour], ["g", behaviour]]
    page.keyboard.press("End")
    assert seen() == [["g", behaviour], ["tr", behaviour], ["g", behaviour]]
    page.locator("tbody button").first.click()
    assert seen() == [["g", behaviour]]
    page.locator("svg .output text").first.click()
    assert seen() == [["tr", behaviour]]


@needs_chromium
def test_what_waits_is_pale_and_can_still_be_read(tab: Any, tmp_path: Path) -> None:
    page = tab(reduced_motion="reduce").open(logistic().stepper(tmp_path / "s.html"))
    opacity = "getComputedStyle(document.querySelector('.node.waiting')).opacity"
    assert 0.2 < float(page.evaluate(opacity)) < 0.6
    page.keyboard.press("End")
    assert page.locator(".waiting").count() == 0
