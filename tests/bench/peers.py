"""The engines that the tape benchmark compares with: one function for each.

    PYTHON_THAT_HAS_IT tests/bench/peers.py NAME

Each takes a net and gives a step: a function that gives the mean loss and its gradient. Its
parameters are in whatever form suits it best, and so is the gradient.
"""

from __future__ import annotations

import ctypes
import subprocess
import sys
import tempfile
from array import array
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from serving import Step, Timer, serve
from works import NETS, Net, in_order

HERE = Path(__file__).parent
Maker = Callable[[Net], Step]


def numpy_by_hand(net: Net) -> Step:
    """Backpropagation written out for matrices."""
    import numpy as np

    X, n = np.array(net.X), len(net.X)
    T = np.array(net.one_hot())
    layers = [(np.array(W), np.array(b)) for W, b in net.layers()]
    relu = net.activation == "relu"

    def loss(z: Any) -> tuple[Any, Any]:
        if net.loss == "squared":
            d = z - T
            return (d * d).sum() / n, (2.0 / n) * d
        if net.loss == "hinge":
            m = np.maximum(1.0 - T * z, 0.0)
            value = m.sum() / n
            for W, _ in layers:
                value += net.penalty * (W * W).sum()
            return value, (m > 0.0) * T * (-1.0 / n)
        e = np.exp(z - z.max(axis=1, keepdims=True))
        p = e / e.sum(axis=1, keepdims=True)
        return -(np.log(p) * T).sum() / n, (p - T) * (1.0 / n)

    def step() -> tuple[Any, Any]:
        outputs, h = [X], X
        for W, b in layers[:-1]:
            h = h @ W.T + b
            h = np.maximum(h, 0.0) if relu else np.tanh(h)
            outputs.append(h)
        W, b = layers[-1]
        value, g = loss(h @ W.T + b)
        gradients: list[Any] = []
        for k in range(len(layers) - 1, -1, -1):
            W, h = layers[k][0], outputs[k]
            slopes = g.T @ h
            if net.penalty:
                slopes += 2.0 * net.penalty * W
            gradients[:0] = slopes, g.sum(axis=0)
            if k:
                g = (g @ W) * (h > 0.0 if relu else 1.0 - h * h)
        return value, gradients

    return step


def torch(net: Net) -> Step:
    """PyTorch's tape on tensors, anew in every step."""
    import torch
    from torch.nn import functional as F

    torch.set_num_threads(1)
    X = torch.tensor(net.X, dtype=torch.float64)
    kind = torch.long if net.loss == "softmax" else torch.float64
    T = torch.tensor(net.targets, dtype=kind)
    layers = [[torch.tensor(p, dtype=torch.float64) for p in pair] for pair in net.layers()]
    parameters = [p.requires_grad_() for pair in layers for p in pair]
    activation = torch.relu if net.activation == "relu" else torch.tanh

    def step() -> tuple[Any, Any]:
        h = X
        for W, b in layers[:-1]:
            h = activation(F.linear(h, W, b))
        z = F.linear(h, *layers[-1])
        if net.loss == "squared":
            value = F.mse_loss(z[:, 0], T)
        elif net.loss == "hinge":
            value = torch.relu(1.0 - T * z[:, 0]).mean()
            value = value + net.penalty * sum((W * W).sum() for W, _ in layers)
        else:
            value = F.cross_entropy(z, T)
        return value.detach(), torch.autograd.grad(value, parameters)

    return step


def mean_loss(net: Net, np: Any, logsumexp: Callable[[Any], Any]) -> Callable[[Any, Any, Any], Any]:
    """Give the function of (parameters, X, T) for those who differentiate numpy's functions."""

    def f(parameters: list[Any], X: Any, T: Any) -> Any:
        layers = list(zip(parameters[::2], parameters[1::2], strict=True))
        h = X
        for W, b in layers[:-1]:
            h = h @ W.T + b
            h = np.maximum(h, 0.0) if net.activation == "relu" else np.tanh(h)
        W, b = layers[-1]
        z = h @ W.T + b
        if net.loss == "squared":
            return np.mean((z - T) ** 2)
        if net.loss == "hinge":
            penalty = net.penalty * sum(np.sum(W * W) for W, _ in layers)
            return np.mean(np.maximum(1.0 - T * z, 0.0)) + penalty
        return np.mean(logsumexp(z) - np.sum(z * T, axis=1))

    return f


def jax(net: Net) -> Step:
    """JAX: ``jit`` of ``value_and_grad``."""
    import jax
    import jax.numpy as np

    logsumexp = lambda z: jax.scipy.special.logsumexp(z, axis=1)  # noqa: E731
    gradient = jax.jit(jax.value_and_grad(mean_loss(net, np, logsumexp)))
    X, T = np.array(net.X), np.array(net.one_hot())
    parameters = [np.array(p) for pair in net.layers() for p in pair]
    return lambda: jax.block_until_ready(gradient(parameters, X, T))


def hips(net: Net) -> Step:
    """HIPS autograd, whose package has the name of ours."""
    import autograd.numpy as np  # noqa: I001
    from autograd import value_and_grad
    from autograd.scipy.special import logsumexp

    gradient = value_and_grad(mean_loss(net, np, lambda z: logsumexp(z, axis=1)))
    X, T = np.array(net.X), np.array(net.one_hot())
    parameters = [np.array(p) for pair in net.layers() for p in pair]
    return lambda: gradient(parameters, X, T)


def casadi(net: Net) -> Step:
    """CasADi's scalar graph in its virtual machine: the whole batch unrolled, or a sample mapped.

    Whichever is faster, called through buffers.
    """
    import casadi as ca
    import numpy as np

    n, n_in, n_out = len(net.X), net.widths[0], len(net.one_hot()[0])
    weights = ca.DM(np.array(net.is_weight(), float))

    def losses(X: Any, T: Any, theta: Any) -> Any:
        """Add up the losses of samples, which are columns."""
        h, start = X, 0
        for k, (rows, columns) in enumerate(zip(net.widths[1:], net.widths, strict=False)):
            part = theta[start : start + rows * (columns + 1)]
            both = ca.reshape(part, columns + 1, rows).T
            start += rows * (columns + 1)
            h = ca.mtimes(both[:, :-1], h) + ca.repmat(both[:, -1], 1, X.shape[1])
            if k < len(net.widths) - 2:
                h = ca.fmax(h, 0.0) if net.activation == "relu" else ca.tanh(h)
        if net.loss == "squared":
            return ca.sum2((h - T) ** 2)
        if net.loss == "hinge":
            return ca.sum2(ca.fmax(1.0 - T * h, 0.0))
        return ca.sum2(ca.log(ca.sum1(ca.exp(h))) - ca.sum1(h * T))

    def function(samples: int) -> Any:
        """Give the sum and its gradient of some samples, unrolled."""
        X, T = ca.SX.sym("X", n_in, samples), ca.SX.sym("T", n_out, samples)
        theta = ca.SX.sym("theta", len(net.theta))
        value = losses(X, T, theta)
        return ca.Function("f", [X, T, theta], [value, ca.gradient(value, theta)])

    def whole(f: Any) -> Step:
        """Give the step: the mean and the penalty, in and out through memory."""
        X, T = ca.MX.sym("X", n_in, n), ca.MX.sym("T", n_out, n)
        theta = ca.MX.sym("theta", len(net.theta))
        value, slopes = f(X, T, theta)
        value, slopes = value / n, slopes / n
        if net.penalty:
            value += net.penalty * ca.dot(weights * theta, theta)
            slopes += 2.0 * net.penalty * weights * theta
        buffer, run = ca.Function("whole", [X, T, theta], [value, slopes]).buffer()
        given = [np.array(net.X), np.array(net.one_hot(), float), np.array(net.theta)]
        results = [np.zeros(1), np.zeros(len(net.theta))]
        for i, numbers in enumerate(given):  # samples are columns, and columns come one by one
            buffer.set_arg(i, memoryview(numbers))
        for i, numbers in enumerate(results):
            buffer.set_res(i, memoryview(numbers))

        def step(keep: Any = (buffer, given)) -> tuple[Any, Any]:
            run()
            return results[0][0], results[1]

        return step

    mapped = function(1).map("mapped", "serial", n, [2], [0, 1])
    return min((whole(mapped), whole(function(n))), key=lambda step: Timer(step)(0.3))


def c_by_hand(net: Net) -> Step:
    """Moons in C, compiled on the spot; several calls are timed together."""
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder, "moons.so")
        flags = ["-O3", "-march=native", "-ffast-math", "-shared", "-fPIC", f"-DN={len(net.X)}"]
        subprocess.run(["cc", *flags, str(HERE / "moons.c"), "-o", str(library)], check=True)
        code = ctypes.CDLL(str(library))
    code.gradients.restype = ctypes.c_double
    X = [x for row in net.X for x in row]
    numbers = [array("d", each) for each in (X, net.targets, net.theta, [0.0] * len(net.theta))]
    pointers = [(ctypes.c_double * len(each)).from_buffer(each) for each in numbers]
    penalty = ctypes.c_double(net.penalty)

    def step() -> tuple[Any, Any]:
        return code.gradients(1, penalty, *pointers), numbers[-1]

    step.repeat = lambda calls: code.gradients(calls, penalty, *pointers)  # type: ignore
    return step


def micrograd(net: Net) -> Step:
    """Compute with micrograd's scalar values, and its own net."""
    from micrograd.engine import Value
    from micrograd.nn import MLP

    sys.setrecursionlimit(100_000)
    model = MLP(net.widths[0], net.widths[1:])
    parameters = model.parameters()
    for p, number in zip(parameters, net.theta, strict=True):
        p.data = number
    weights = [p for p, marked in zip(parameters, net.is_weight(), strict=True) if marked]

    def step() -> tuple[Any, Any]:
        risk = Value(0.0)
        for row, t in zip(net.X, net.targets, strict=True):
            risk = risk + (1.0 - t * model([Value(x) for x in row])).relu() * (1.0 / len(net.X))
        for p in weights:
            risk = risk + net.penalty * (p * p)
        model.zero_grad()
        risk.backward()
        return risk.data, [p.grad for p in parameters]

    return step


PEERS: dict[str, Maker] = {
    "numpy": numpy_by_hand,
    "torch": torch,
    "jax": jax,
    "casadi": casadi,
    "hips": hips,
    "c": c_by_hand,
    "micrograd": micrograd,
}


def numbers_of(gradient: Any) -> list[float]:
    """Give a gradient, W1, b1, W2, b2 ... or one sequence of numbers, as a list like theta."""
    if hasattr(gradient, "tolist"):
        return list(gradient.tolist())
    if isinstance(gradient[0], float):
        return list(gradient)
    return in_order([part.tolist() for part in gradient])


if __name__ == "__main__":
    name = sys.argv[1]
    # raises where there is none
    installed = "" if name == "c" else version("autograd" if name == "hips" else name)
    serve(lambda work: (PEERS[name](NETS[work]()), numbers_of), installed)
