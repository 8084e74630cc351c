"""What a Hessian-vector product costs, in gradients: Rosenbrock's function in 50 dimensions."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from itertools import pairwise

from autograd import grad, hessian, hvp


def rosenbrock(x):
    return sum(100.0 * (b - a**2) ** 2 + (1.0 - a) ** 2 for a, b in pairwise(x))


def seconds(works: list[Callable[[], object]], rounds: int = 30) -> list[float]:
    """Give the median time of each, taken in turns: the machine may change its speed."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for work, taken in zip(works, times, strict=True):
            start = time.perf_counter()
            work()
            taken.append(time.perf_counter() - start)
    return [statistics.median(taken) for taken in times]


def main() -> None:
    x = [0.1 * (i % 7) - 0.2 for i in range(50)]
    v = [((i * 37) % 11) / 11 for i in range(50)]
    gradient, product, whole = seconds(
        [
            lambda: grad(rosenbrock)(x),
            lambda: hvp(rosenbrock, x, v),
            lambda: hessian(rosenbrock)(x),
        ]
    )
    print(f"gradient                {1e3 * gradient:8.2f} ms")
    print(f"Hessian-vector product  {1e3 * product:8.2f} ms  {product / gradient:5.1f} gradients")
    print(f"Hessian                 {1e3 * whole:8.2f} ms  {whole / gradient:5.1f} gradients")


if __name__ == "__main__":
    main()
