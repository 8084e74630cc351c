"""The empirical risk: which loss, of which outputs of a model, averaged over the samples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from autograd import Value, mean, scope, sigmoid, softmax, sparsemax, step
from autograd.errors import counted, shortened

from .activations import activation, activation_name, bipolar_step
from .checks import by_name, labelled, no_class, node_of, sequence_of
from .losses import (
    LOSSES,
    Loss,
    binary_cross_entropy_with_logits,
    gaussian_nll,
    hinge,
    logistic_loss,
    perceptron_loss,
    softmax_cross_entropy,
    sparsemax_loss,
    squared_error,
)

# the activation a model ends in, and the loss on its logits that belongs to it (syllabus C6)
_AUTOMATIC: list[tuple[Any, Loss]] = [
    (sigmoid, binary_cross_entropy_with_logits),
    (softmax, softmax_cross_entropy),
    (sparsemax, sparsemax_loss),
]
# losses of what lies before an activation, and the activations they look beneath
_OF_LOGITS = [*(loss for _, loss in _AUTOMATIC), hinge, perceptron_loss, logistic_loss]
_SQUASHING = [*(activation for activation, _ in _AUTOMATIC), step, bipolar_step]


def objective(model: Callable[[Any], Any], loss: str | Loss = "auto") -> tuple[Any, Loss]:
    """Give the function of a row whose outputs the loss takes, and the loss.

    ``loss`` is a loss, its name in ``nn.LOSSES``, or ``"auto"``: then the activation that the
    model ends in, its ``output_activation``, decides (syllabus C6). A sigmoid has the binary
    cross-entropy, softmax the cross-entropy, sparsemax its own loss; anything else, linear
    outputs above all, has the squared error. Losses of logits and of margins are taken on
    ``model.logits`` if the model ends in one of these activations or a step, also when they
    are asked for. Raises ``ValueError`` for an unknown name, ``TypeError`` if there is no
    ``logits`` that goes with the model's ``__call__``.

    >>> from nn import MLP
    >>> function, loss = objective(MLP([2, 3], output="softmax", rng=0))
    >>> function.__name__, loss.__name__
    ('logits', 'softmax_cross_entropy')
    """
    ends: Any = getattr(no_class(model, "model"), "output_activation", None)
    if ends is not None:
        ends = activation(getattr(ends, "__func__", ends))  # a function in a class is a method
    if loss in (gaussian_nll, "gaussian_nll"):
        raise ValueError("gaussian_nll takes the noise first: pass nn.gaussian_nll(1.0)")
    automatic = next((its for end, its in _AUTOMATIC if end is ends), squared_error)
    chosen: Loss = automatic if loss == "auto" else by_name(loss, "loss", LOSSES)
    if chosen not in _OF_LOGITS or not any(ends is squashing for squashing in _SQUASHING):
        return model, chosen
    if _depth(model, "logits") > _depth(model, "__call__"):
        raise TypeError(
            f"{shortened(model)} ends in {activation_name(ends)}, but its class does not define"
            f" logits(inputs), to take {chosen.__name__} on, beside __call__: add it, or pass"
            " another loss"
        )
    return model.logits, chosen  # type: ignore[attr-defined]


def _depth(model: Any, method: str) -> int:
    """Say how far up among its classes a method is defined: one above another may be outdated."""
    if method in getattr(model, "__dict__", {}):
        return -1
    classes = type(model).__mro__
    return next((i for i, k in enumerate(classes) if method in vars(k)), len(classes))


def sample_loss(loss: Loss, predicted: Any, target: Any) -> Value:
    """Give the loss of one sample; for a list of rows, the mean over its steps (``Recurrent``).

    Raises ``ValueError`` if there are not as many targets as steps, ``TypeError`` if the loss
    gives something other than a node.

    >>> steps = [[Value(1.0)], [Value(3.0)]]
    >>> sample_loss(squared_error, steps, [0.0, 0.0])
    Value(data=5, grad=0, label='sequence loss')
    """
    if isinstance(predicted, list) and predicted and isinstance(predicted[0], list):
        targets = sequence_of(target, "the target of a sequence", "targets")
        if len(targets) != len(predicted):
            raise ValueError(
                f"a sequence of {counted(len(predicted), 'step')} expects a target for each,"
                f" got {len(targets)}"
            )
        steps = [sample_loss(loss, p, t) for p, t in zip(predicted, targets, strict=True)]
        with scope("loss"):
            return mean(steps).named("sequence loss") if len(steps) > 1 else steps[0]
    return node_of(loss(predicted, target), "a loss")


def empirical_risk(
    model: Callable[[Any], Any],
    X: Sequence[Any],
    y: Sequence[Any],
    loss: str | Loss = "auto",
    regularizer: Callable[[Any], Value] | None = None,
) -> Value:
    """Give the mean loss over the samples, plus the regularizer's penalty (syllabus C9).

    ``X``: m rows (for ``Recurrent`` m sequences of rows, and a sample's loss is the mean over
    its steps); ``y``: m targets; ``loss`` as in ``objective``; ``regularizer``: a function
    of the model. Raises ``ValueError`` if there are no samples or not as many targets as
    rows, ``TypeError`` for data without an order or a regularizer that is no function.

    >>> from nn import Neuron
    >>> model = Neuron(1, init=lambda n_in, n_out, rng: 1.0)
    >>> empirical_risk(model, [[1.0], [2.0]], [0.0, 0.0], squared_error).data
    2.5
    """
    rows, targets = sequence_of(X, "X", "rows"), sequence_of(y, "y", "targets")
    if len(rows) != len(targets) or not rows:
        raise ValueError(
            f"empirical_risk expects as many targets as rows, at least one of each,"
            f" got {len(rows)} rows and {len(targets)} targets"
        )
    if regularizer is not None and not callable(no_class(regularizer, "regularizer")):
        kind = type(regularizer).__name__
        raise TypeError(f"regularizer is a function such as nn.L2(0.1), got {kind} {regularizer!r}")
    function, chosen = objective(model, loss)
    losses = [sample_loss(chosen, function(x), t) for x, t in zip(rows, targets, strict=True)]
    with scope("loss"):
        risk: Value = mean(losses).named("mean loss") if len(losses) > 1 else losses[0]
    if regularizer is not None:
        risk = risk + node_of(regularizer(model), "what a regularizer gives")
    return labelled(risk, "risk")
