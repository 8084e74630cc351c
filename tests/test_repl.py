"""The shell, over a pipe and in a real terminal."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pexpect
import pytest

import autograd
import nn
from autograd import repl

ENVIRONMENT = {**os.environ, "TERM": "dumb", "PYTHONIOENCODING": "utf-8", "INPUTRC": os.devnull}


def piped(program: str, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "autograd", *options],
        input=program,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=ENVIRONMENT,
    )


# --- over a pipe ------------------------------------------------------------------


def test_a_program_over_a_pipe() -> None:
    done = piped("x=Value(2.0); y=x*x; y.backward(); print(x.grad)\n")
    assert (done.stdout, done.stderr, done.returncode) == ("4.0\n", "", 0)


def test_functions_classes_and_several_lines() -> None:
    done = piped("class A:\n    x = nn.MLP([1, 1], rng=0)\n\nprint(len(A.x.parameters()))\n5\n")
    assert (done.stdout, done.returncode) == ("2\n", 0)


def test_a_program_is_compiled_as_python_compiles_it() -> None:
    assert piped("def f(x: int): pass\nprint(f.__annotations__)").stdout == (
        "{'x': <class 'int'>}\n"
    )
    stopped = piped("raise KeyboardInterrupt")
    assert stopped.returncode == 130
    assert "repl.py" not in stopped.stderr


def test_nothing_over_a_pipe() -> None:
    done = piped("")
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)


def test_errors_are_python_s_own_and_the_exit_code_says_so() -> None:
    done = piped("x = Value(-1.0, 'x')\nlog(x)\n")
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith('Traceback (most recent call last):\n  File "<stdin>", line 2')
    assert "log needs an operand > 0 (operand: Value 'x')" in done.stderr
    assert piped("x ==\n").returncode == 1
    assert "SyntaxError" in piped("x ==\n").stderr
    assert piped("import sys; sys.exit(3)").returncode == 3


def test_bytes_over_a_pipe_are_read_as_python_reads_them() -> None:
    def run(program: bytes) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-m", "autograd"]
        return subprocess.run(command, input=program, capture_output=True, env=ENVIRONMENT)

    assert run(b"\xef\xbb\xbfprint(1)\n").stdout == b"1\n"
    assert run("# -*- coding: latin-1 -*-\nprint(len('é'))".encode("latin-1")).stdout == b"1\n"
    wrong = run(b"\xff\xfe")
    assert wrong.returncode == 1
    assert b"SyntaxError" in wrong.stderr


def test_what_is_defined_can_be_pickled() -> None:
    program = (
        "import pickle\nhalf = Primitive('half', lambda x: x / 2, lambda y, x: (0.5,))\n"
        "print(pickle.loads(pickle.dumps(half(Value(3.0)))).op is half)\n"
    )
    assert piped(program).stdout == "True\n"


def test_version_and_help() -> None:
    assert piped("", "--version").stdout == f"gradtable {autograd.__version__}\n"
    assert "usage: python -m autograd" in piped("", "--help").stdout
    wrong = piped("", "--verbose")
    assert wrong.returncode == 2
    assert "unrecognized arguments: --verbose" in wrong.stderr


def test_all_names_are_loaded() -> None:
    names = repl.names()
    assert names["autograd"] is autograd and names["nn"] is nn
    for module in (autograd, nn):
        for name in module.__all__:
            assert name in names
    for name in autograd.__all__:
        assert names[name] is getattr(autograd, name)


# --- in a terminal ------------------------------------------------------------------


@pytest.fixture(params=["plain", "ipython"])
def terminal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    options = ["--plain"] if request.param == "plain" else []
    environment = {**ENVIRONMENT, "HOME": str(tmp_path), "IPYTHONDIR": str(tmp_path)}
    child = pexpect.spawn(
        sys.executable,
        ["-m", "autograd", *options],
        env=environment,
        encoding="utf-8",
        timeout=60,
        dimensions=(40, 120),
        cwd=str(Path(__file__).parents[1]),
    )
    child.prompt = ">>> " if request.param == "plain" else r"In \[\d+\]: "
    yield child
    child.close(force=True)


def test_a_session(terminal: Any) -> None:
    terminal.expect_exact("Tab completes, Ctrl-D leaves.")
    banner = terminal.before.replace("\r", "")
    assert f"gradtable {autograd.__version__} on Python {sys.version.split()[0]}" in banner
    terminal.expect(terminal.prompt)
    terminal.sendline('x = Value(3.0, "x"); y = (x * x + 2 * x).named("y"); y.backward(); x.grad')
    terminal.expect_exact("8.0")
    terminal.expect(terminal.prompt)
    terminal.sendline("print(explain(y, x))")
    terminal.expect_exact("dy/dx is the sum over 3 paths from x to y")
    terminal.expect(terminal.prompt)
    terminal.sendline("math_error = log(-1)")
    terminal.expect_exact("log needs an operand > 0")
    terminal.expect(terminal.prompt)
    for _ in range(20):  # a Ctrl-D is lost while the prompt is still being set up
        terminal.sendeof()
        if terminal.expect([pexpect.EOF, pexpect.TIMEOUT], timeout=1) == 0:
            break
    terminal.wait()
    assert terminal.exitstatus == 0
    assert "Tip" not in banner


def test_the_banner_is_five_lines_of_things_that_work() -> None:
    lines = repl.BANNER.splitlines()
    assert len(lines) == 5
    assert max(map(len, lines)) <= 100
    begin = lines[1].removeprefix("Begin with").strip()
    assert piped(f"print([{begin.split(';')[-1]}] if not (exec({begin!r})) else 0)").stdout == (
        "[8.0]\n"
    )


def test_tab_completes(tmp_path: Path) -> None:
    child = pexpect.spawn(
        sys.executable, ["-m", "autograd", "--plain"],
        env={**ENVIRONMENT, "HOME": str(tmp_path)}, encoding="utf-8", timeout=60,
    )  # fmt: skip
    child.expect_exact(">>> ")
    child.send("tangent_t\t")
    child.expect_exact("tangent_table(")
    child.sendline("Value(1.0), {}).output")
    child.expect_exact("Value(data=1, grad=0)")
    child.expect_exact(">>> ")
    child.sendeof()
    child.expect(pexpect.EOF)


def test_without_ipython_the_shell_is_python_s_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "IPython", None)
    assert not repl._ipython({}, "banner")


def test_a_progress_bar_in_a_real_terminal(tmp_path: Path) -> None:
    child = pexpect.spawn(
        sys.executable, ["-m", "demos.xor", "--out", str(tmp_path)],
        env=ENVIRONMENT, encoding="utf-8", timeout=120, dimensions=(40, 100),
        cwd=str(Path(__file__).parents[1]),
    )  # fmt: skip
    child.expect(pexpect.EOF)
    child.wait()
    assert child.exitstatus == 0
    shown = child.before
    bars = [part for part in re.split("[\r\n]", shown) if part.startswith("training")]
    assert " 0%" in bars[0] and "100%" in bars[-1]  # one line, drawn again and again
    assert max(map(len, bars)) <= 100
