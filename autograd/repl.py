"""The interactive shell: ``python -m autograd``, a Python prompt with everything loaded."""

from __future__ import annotations

import argparse
import sys
import traceback
from importlib import import_module
from types import ModuleType
from typing import Any

BANNER = """\
gradtable {version} on Python {python}: autograd, nn and all their names are loaded.
Begin with   x = Value(3.0, "x"); y = (x * x + 2 * x).named("y"); y.backward(); x.grad
then         print(y.trace()); print(explain(y, x)); y.graph().save("y.svg"); y.stepper("y.html")
or           model = nn.MLP([2, 4, 1], rng=0); model([0.5, -1.0])[0].graph().save("net.svg")
Help         help(Value), print(rules()), dir(nn); Tab completes, Ctrl-D leaves."""


def main(argv: list[str] | None = None) -> int:
    """Open the shell, or run what comes over a pipe; give the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m autograd",
        description="A Python shell with autograd and nn loaded (IPython if it is installed)."
        " A program that comes over a pipe is run and not echoed.",
    )
    version = import_module("autograd").__version__
    parser.add_argument("--version", action="version", version=f"gradtable {version}")
    parser.add_argument("--plain", action="store_true", help="Python's own prompt, not IPython's")
    options = parser.parse_args(argv)

    # a module of its own, so that what is defined at the prompt can be pickled
    shell = sys.modules["__main__"] = ModuleType("__main__")
    vars(shell).update(names())
    if not sys.stdin.isatty():
        return _run(sys.stdin.buffer.read(), vars(shell))
    banner = BANNER.format(version=version, python=sys.version.split()[0])
    if options.plain or not _ipython(vars(shell), banner):
        _plain(vars(shell), banner)
    return 0


def names() -> dict[str, Any]:
    """Give the names that a shell begins with.

    >>> sorted(name for name in names() if name.startswith("tan"))
    ['tan', 'tangent_table', 'tanh']
    """
    # The shell opens the whole house. It is the one room that knows nn, and nobody knows it.
    nn, autograd = import_module("nn"), import_module("autograd")
    loaded: dict[str, Any] = {"nn": nn, "autograd": autograd}
    for module in (nn, autograd):
        loaded |= {name: getattr(module, name) for name in module.__all__}
    return loaded


def _run(program: bytes, namespace: dict[str, Any]) -> int:
    """Run a program as Python does, with a traceback that begins in the program."""
    try:
        exec(compile(program, "<stdin>", "exec", dont_inherit=True), namespace)
    except (Exception, KeyboardInterrupt) as error:
        here = error.__traceback__
        traceback.print_exception(error.with_traceback(here and here.tb_next))
        return 130 if isinstance(error, KeyboardInterrupt) else 1
    return 0


def _plain(namespace: dict[str, Any], banner: str) -> None:
    import code

    try:
        import readline
        import rlcompleter
    except ImportError:  # Python on Windows: a prompt without completion
        pass
    else:
        readline.set_completer(rlcompleter.Completer(namespace).complete)
        readline.parse_and_bind("tab: complete")
    code.interact(banner=banner, local=namespace, exitmsg="")


def _ipython(namespace: dict[str, Any], banner: str) -> bool:
    """Open IPython if it is there, and say whether it was."""
    try:
        from IPython import start_ipython
        from IPython.terminal.interactiveshell import TerminalInteractiveShell
        from traitlets.config import Config
    except ImportError:
        return False
    config = Config()
    config.TerminalInteractiveShell.banner1 = banner + "\n"
    config.TerminalInteractiveShell.confirm_exit = False
    if hasattr(TerminalInteractiveShell, "enable_tip"):  # from IPython 9 on
        config.TerminalInteractiveShell.enable_tip = False
    start_ipython(argv=[], user_ns=namespace, config=config)
    return True
