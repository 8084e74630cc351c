"""Every code block of the README runs."""

import doctest
import re
import subprocess
from pathlib import Path

import pytest

from demos import logistic_loss, reading

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def test_the_examples_do_what_they_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    source = "\n".join(text for language, text in BLOCKS if language == "python")
    test = doctest.DocTestParser().get_doctest(source, {}, "README", "README.md", 0)
    result = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(test)
    assert result.attempted >= 15
    assert result.failed == 0
    assert (tmp_path / "loss.svg").exists()


def test_the_commands_are_targets_of_the_makefile() -> None:
    commands = [
        line.split("#")[0].split()
        for language, text in BLOCKS
        if language == "sh"
        for line in text.splitlines()
    ]
    assert commands[:2] == [["make", "demo"], ["make", "test"]]
    for command in commands:
        subprocess.run([*command, "--dry-run"], cwd=ROOT, check=True, capture_output=True)


def test_there_are_no_blocks_of_another_language() -> None:
    assert {language for language, _ in BLOCKS} == {"python", "sh"}


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)#]+)\)", README))
def test_links_lead_somewhere(link: str) -> None:
    assert link.startswith("https://") or (ROOT / link).exists()


def test_the_gallery_is_what_the_demos_draw_today() -> None:
    loss, _ = logistic_loss.build()
    loss.backward()
    neuron = reading.neuron()
    drawings = {
        "logistic_loss": loss.graph(),
        "two-routes": loss.graph("compact"),
        "neuron-unfolded": neuron.graph(expand=True),
        "net-collapsed": reading.collapsed(),
        "recurrent-unrolled": reading.unrolled(),
    }
    for name, drawing in drawings.items():
        kept = (ROOT / f"demos/gallery/{name}.svg").read_text(encoding="utf-8")
        assert drawing.composed.description in kept
        assert f'"{drawing.prefix}-title' in kept  # the prefix is a digest of the DOT source


def test_the_page_in_the_gallery_is_of_today(tmp_path: Path) -> None:
    loss, _ = logistic_loss.build()
    today = loss.stepper(tmp_path / "steps.html").read_text(encoding="utf-8")
    kept = (ROOT / "demos/gallery/steps.html").read_text(encoding="utf-8")
    # all but the picture, whose layout depends on the version of Graphviz
    assert re.sub("<svg.*?</svg>", "", kept, flags=re.DOTALL) == re.sub(
        "<svg.*?</svg>", "", today, flags=re.DOTALL
    )
