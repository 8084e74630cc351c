"""How an engine of the tape benchmark is asked, in a process of its own: JSON, line by line.

A request is ``[what, work]``. ``check`` answers with the value and the gradient, ``time`` with
the seconds of one gradient. ``serve`` is the engine's side, ``Engine`` the benchmark's.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

HERE = Path(__file__).parent
TURN, BATCH = 0.03, 0.002  # seconds: of a turn at least, of calls that are timed together

# one thread each, and everything on the processor
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "NUMBA_NUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
    "JAX_PLATFORMS": "cpu",
    "JAX_ENABLE_X64": "1",
}

# a gradient is taken by ``step()``; ``step.repeat(calls)``, if there is one, takes several
Step = Callable[[], tuple[Any, Any]]


class Timer:
    """Times one kind of step: CPU time, the best batch of calls in a turn.

    Others who use the machine disturb that least; undisturbed, it is the time that passes.
    """

    def __init__(self, step: Step) -> None:
        self.repeat: Callable[[int], object] = getattr(step, "repeat", None) or _repeating(step)
        self.calls = 1

    def __call__(self, turn: float = TURN) -> float:
        """Give the seconds of a call."""
        best, spent = self._batch(), 0.0
        while best < BATCH:
            self.calls *= 2 if best > 0.25 * BATCH else 4
            best = self._batch()
        while spent < turn:
            taken = self._batch()
            spent += taken
            best = min(best, taken)
        return best / self.calls

    def _batch(self) -> float:
        start = time.process_time()
        self.repeat(self.calls)
        return time.process_time() - start


def _repeating(step: Step) -> Callable[[int], None]:
    def repeat(calls: int) -> None:
        for _ in range(calls):
            step()

    return repeat


def serve(
    make: Callable[[str], tuple[Step, Callable[[Any], list[float]]]], version: str = ""
) -> None:
    """Say which version this is, and answer requests until there are no more.

    ``make`` gives, for the name of a work, the step, which gives (value, gradient), and a
    function that makes a list of such a gradient.
    """
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever a library prints is no answer
    made: dict[str, Any] = {}
    print(json.dumps({"version": version}), file=out, flush=True)
    for line in sys.stdin:
        what, work = json.loads(line)
        try:
            if work not in made:
                step, numbers = make(work)
                made[work] = step, numbers, Timer(step)
            step, numbers, timer = made[work]
            if what == "check":
                value, gradient = step()
                answer = {"value": float(value), "gradient": numbers(gradient)}
                answer["size"] = getattr(step, "size", None)
            else:
                answer = {"seconds": timer()}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"[:200]}
        print(json.dumps(answer), file=out, flush=True)


class EngineError(Exception):
    """An engine that is not there, or that failed."""


class Engine:
    """An engine in a process of its own."""

    def __init__(self, *command: str) -> None:
        paths = {} if "ours.py" not in command[1] else {"PYTHONPATH": str(HERE.parents[1])}
        inherited = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
        self.complaints: TextIO = tempfile.TemporaryFile("w+")  # noqa: SIM115
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.complaints,
            text=True, cwd=HERE, env=inherited | ONE_THREAD | paths,
        )  # fmt: skip
        self.version: str = self._answer()["version"]

    def ask(self, what: str, work: str) -> Any:
        """Ask, and wait for the answer; raises ``EngineError``."""
        try:
            print(json.dumps([what, work]), file=self.process.stdin, flush=True)
        except BrokenPipeError:
            raise self._ended() from None
        answer = self._answer()
        if "error" in answer:
            raise EngineError(answer["error"])
        return answer

    def close(self) -> None:
        """End the process."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()
        self.complaints.close()

    def _answer(self) -> Any:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise self._ended()
        return json.loads(line)

    def _ended(self) -> EngineError:
        self.process.wait()
        self.complaints.seek(0)
        lines = self.complaints.read().split("\n")
        said = [line for line in lines if line.strip()]
        return EngineError(said[-1][:200] if said else f"ended with {self.process.returncode}")
