"""The shape of the house: who imports whom, what loads when, what is documented."""

import ast
import importlib
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# each room, and the rooms it may import at module level
AUTOGRAD: dict[str, set[str]] = {
    "errors": set(),
    "scopes": set(),
    "files": {"errors"},
    "svg": {"errors"},
    "primitives": {"errors"},
    "recording": set(),
    "value": {"errors", "primitives", "recording", "scopes"},
    "watching": {"recording", "value"},
    "sequences": {"errors", "primitives"},
    "graph": {"errors", "value"},
    "backprop": {"errors", "graph", "primitives", "value"},
    "tables": {"formulas"},
    "tracing": {"backprop", "errors", "formulas", "higher", "tables", "value"},
    "routes": {"backprop", "errors", "formulas", "graph", "tables", "value"},
    "infix": {"errors", "formulas", "graph", "primitives", "value"},
    "differences": {"errors"},
    "gradcheck": {
        "backprop",
        "differences",
        "errors",
        "formulas",
        "functional",
        "graph",
        "higher",
        "primitives",
        "trees",
        "value",
    },
    "rulebook": {"graph", "infix", "primitives", "value"},
    "copying": {"value"},
    "higher": {"errors", "graph", "primitives", "recording", "value"},
    "trees": {"errors", "primitives", "value"},
    "functional": {"backprop", "errors", "graph", "higher", "primitives", "trees", "value"},
    "formulas": {"graph", "primitives", "value"},
    "rendering": {"errors", "svg"},
    "unfolding": {"copying", "formulas", "graph", "primitives", "value"},
    "scenes": {"backprop", "errors", "formulas", "graph", "higher", "unfolding", "value"},
    "dotsource": {"errors", "formulas", "scenes", "value"},
    "stepper": {
        "dotsource",
        "drawing",
        "errors",
        "files",
        "formulas",
        "graph",
        "higher",
        "scenes",
        "tracing",
        "value",
    },
    "wengert": {"errors", "formulas", "graph", "primitives", "value"},
    "rulecode": {"graph", "primitives", "value", "wengert"},
    "replay": {"errors", "primitives", "rulecode", "sequences", "value", "wengert"},
    "tape": {
        "errors",
        "formulas",
        "graph",
        "primitives",
        "recording",
        "replay",
        "trees",
        "value",
        "watching",
        "wengert",
    },
    "lanes": set(),
    "kernels": {"lanes", "primitives", "rulecode"},
    "encoding": {"kernels", "lanes", "primitives", "rulecode", "wengert"},
    "compiled": {"encoding", "kernels", "lanes", "replay", "value", "wengert"},
    "repl": set(),
    "__main__": {"repl"},
    "drawing": {"errors", "files", "scenes", "value"},
}
NN: dict[str, set[str]] = {
    "module": set(),
    "checks": set(),
    "activations": {"checks"},
    "initializers": {"checks"},
    "losses": {"checks"},
    "risk": {"activations", "checks", "losses"},
    "metrics": {"checks"},
    "regularizers": {"checks", "module"},
    "neurons": {"activations", "checks", "initializers", "module"},
    "layers": {"activations", "checks", "initializers", "module", "neurons"},
    "networks": {"activations", "checks", "initializers", "layers", "module"},
    "optimizers": {"checks", "module"},
    "schedules": {"checks"},
    "history": set(),
    "stopping": {"checks", "history"},
    "progress": {"history"},
    "checkpoints": {"history", "module"},
    "engines": {"checkpoints", "module", "optimizers", "risk"},
    "recorded": {"losses", "module", "risk"},
    "tables": {"recorded"},
    "taped": {
        "checkpoints",
        "engines",
        "module",
        "optimizers",
        "recorded",
        "regularizers",
        "risk",
        "tables",
    },
    "predicting": {"checks", "module", "recorded", "tables", "taped"},
    "run": {"checkpoints", "checks", "engines", "history", "module", "optimizers", "progress"},
    "training": {
        "checkpoints",
        "checks",
        "engines",
        "history",
        "module",
        "optimizers",
        "predicting",
        "preparing",
        "progress",
        "recorded",
        "risk",
        "run",
        "samples",
        "schedules",
        "stopping",
        "taped",
    },
    "samples": {"checks"},
    "preparing": {"checks", "samples"},
    "datasets": {"checks", "preparing"},
}
# "..name" is a room of nn
PLOTS: dict[str, set[str]] = {
    "canvas": {"..checks"},
    "data": {"..activations", "..checks", "..losses", "..module", "..risk", "..samples"},
    "planes": {"canvas", "data"},
    "boundaries": {"..engines", "..module", "canvas", "data", "planes"},
    "units": {"..checks", "..engines", "..module", "..networks", "canvas", "data", "planes"},
    "descents": {"..checks", "canvas", "data", "planes"},
    "fits": {"..module", "..samples", "canvas", "data"},
    "functions": {"canvas", "data"},
    "histories": {"..checks", "canvas", "data"},
    "histograms": {
        "..checks",
        "..layers",
        "..losses",
        "..module",
        "..networks",
        "..risk",
        "..samples",
        "canvas",
        "data",
    },
    "images": {"..checks", "..layers", "..networks", "canvas", "diagrams"},
    "diagrams": {"..activations", "..layers", "..module", "..networks", "..neurons", "canvas"},
}
PACKAGES = {"autograd": AUTOGRAD, "nn": NN, "nn/plots": PLOTS}
STANDARD = set(sys.stdlib_module_names)


def imports(path: Path) -> set[str]:
    """Names of modules imported at module level, relative ones with their dots."""
    found: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level:
            names = [node.module] if node.module else [alias.name for alias in node.names]
            found |= {f"{'.' * node.level}{name}" for name in names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


@pytest.mark.parametrize(("package", "rooms"), PACKAGES.items())
def test_the_direction_of_imports(package: str, rooms: dict[str, set[str]]) -> None:
    modules = {p.stem: p for p in (ROOT / package).glob("*.py") if p.stem != "__init__"}
    assert set(modules) == set(rooms)
    for name, path in modules.items():
        relative = {i if i[1] == "." else i[1:] for i in imports(path) if i.startswith(".")}
        assert relative <= rooms[name], name


def test_the_map_of_rooms_has_no_cycles() -> None:
    for rooms in PACKAGES.values():
        outer = {need for needs in rooms.values() for need in needs if need.startswith("..")}
        assert {need.removeprefix("..") for need in outer} <= set(NN)
        known = set(outer)
        while ready := {name for name, needs in rooms.items() if name not in known} & {
            name for name, needs in rooms.items() if needs <= known
        }:
            known |= ready
        assert known == set(rooms) | outer


def test_the_engine_does_not_know_its_readers() -> None:
    for path in (ROOT / "autograd").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            assert "nn" not in {name.split(".")[0] for name in names}, path


def test_only_the_standard_library_at_module_level() -> None:
    # rooms that are themselves imported only when something is drawn, or compiled
    late = {
        "rendering": {"graphviz"},
        "lanes": {"llvmlite", "numba"},
        "kernels": {"numba"},
        "encoding": {"numpy"},
        "compiled": {"numpy"},
    }
    for package in ("autograd", "nn"):
        for path in (ROOT / package).rglob("*.py"):
            outside = {i.split(".")[0] for i in imports(path) if not i.startswith(".")} - STANDARD
            assert outside <= ({"autograd"} if package == "nn" else late.get(path.stem, set()))


def test_importing_loads_no_third_party_module() -> None:
    code = (
        "import sys; before = set(sys.modules); import autograd, nn, nn.plots;"
        "print(*sorted({m.split('.')[0] for m in set(sys.modules) - before}))"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert set(done.stdout.split()) - STANDARD == {"autograd", "nn"}


def test_datasets_and_plots_are_there_when_they_are_asked_for() -> None:
    code = (
        "import sys, nn; assert not {'nn.datasets', 'nn.plots'} & set(sys.modules);"
        "print(nn.datasets.xor.__name__, nn.plots.curves.__name__, hasattr(nn, 'dataset'))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "xor curves False\n", done.stderr


def public(package: str) -> list[tuple[str, object]]:
    module = importlib.import_module(package)
    return [(name, getattr(module, name)) for name in module.__all__]


@pytest.mark.parametrize("package", ["autograd", "nn", "nn.plots"])
def test_every_public_name_is_there_sorted_and_documented(package: str) -> None:
    names = [name for name, _ in public(package)]
    assert sorted(names, key=lambda n: (not n.isupper(), n.islower(), n)) == names
    for name, thing in public(package):
        if callable(thing):
            assert (thing.__doc__ or "").strip(), name


def test_every_public_function_and_class_has_an_example() -> None:
    missing = []
    for package in ("autograd", "nn", "nn.plots"):
        for name, thing in public(package):
            if inspect.isclass(thing) and issubclass(thing, (BaseException, tuple)):
                continue
            if callable(thing) and ">>>" not in (thing.__doc__ or ""):
                missing.append(f"{package}.{name}")
    assert missing == []


def test_names_that_python_has_already_are_not_exported_by_star() -> None:
    import autograd

    assert "abs" not in autograd.__all__
    assert "pow" not in autograd.__all__
    assert "Path" not in autograd.__all__
    assert autograd.abs(-2.0) == autograd.pow(2.0, 1.0) == 2.0


def test_the_version_is_told_once() -> None:
    import tomllib

    import autograd

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == autograd.__version__


def test_a_python_that_is_too_old_gets_one_clear_sentence(tmp_path: Path) -> None:
    old = tmp_path / "old-python"
    old.write_text('#!/bin/sh\ncase "$2" in *exit*) exit 1;; *) echo 3.9.1;; esac\n')
    old.chmod(0o755)
    for name in ("Makefile", "pyproject.toml"):
        (tmp_path / name).write_text((ROOT / name).read_text(encoding="utf-8"), encoding="utf-8")
    done = subprocess.run(
        ["make", "--silent", "demo", f"PYTHON={old}"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode != 0
    assert "needs Python 3.11 or newer" in done.stderr
    assert "is 3.9.1" in done.stderr
