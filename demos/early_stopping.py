"""Early stopping: when a net begins to learn the noise, and what to do with the data held out.

    python -m demos.early_stopping --out demos/out --seed 0

A large net meets 24 noisy points of a sine, a third of which are held out. Its training loss
falls and falls; the loss of the points held out falls, and then rises, for the net begins to
learn the noise. The dotted line marks the best epoch. Never stopped, the net bends to reach single
points; stopped when the validation loss had not fallen for 60 epochs, and put back to the best
one, it stays nearer to the sine. Then the points held out may be learnt from, too: begin anew on
all of them for as many epochs as were best, or go on from the best net until the loss of the
points held out is down to that of the others in the best epoch.

Syllabus: E3, E7.
"""

from __future__ import annotations

import math
from random import Random

import nn
from demos import options, panels
from nn import datasets, plots

POINTS, HELD_OUT, EPOCHS, PATIENCE = 24, 1 / 3, 600, 60
Data = tuple[list[list[float]], list[float]]


def net(seed: int) -> nn.MLP:
    """Make a net that can fit noise: 30 steep units, each with its turn somewhere in the data."""
    random = Random(seed)
    model = nn.MLP([1, 30, 1], rng=random)
    for unit in model.layers[0].neurons:
        unit.weights[0].data = random.gauss(0.0, 25.0)
        unit.bias.data = -unit.weights[0].data * random.random()
    for weight in model.layers[1].neurons[0].weights:
        weight.data *= 0.1  # it begins flat
    return model


def shrunk(engine: str, epochs: int, optimizer: nn.Optimizer, penalty: nn.L2 | None) -> float:
    """Give the weight of a flat loss, 1/2 h (w - 1)² with h = 0.01, trained from 0."""
    neuron = nn.Neuron(1, init=nn.constant(0.0), bias=False)
    nn.fit(
        neuron, [[0.1]], [0.1], "half_squared_error", optimizer, epochs=epochs,
        regularizer=penalty, engine=engine, progress=False,
    )  # fmt: skip
    return neuron.weights[0].data


def retrain(seed: int, data: Data, epochs: int, engine: str) -> nn.MLP:
    """Begin anew on all the data, for a number of epochs that is known to be good."""
    model = net(seed)
    nn.fit(model, *data, optimizer=nn.Adam(0.01), epochs=epochs, progress=False, engine=engine)
    return model


def go_on(model: nn.MLP, data: Data, held: Data, target: float, engine: str) -> str:
    """Go on with all the data until the loss of those held out is down to ``target``."""
    history = nn.fit(
        model, *data, optimizer=nn.Adam(0.01), epochs=EPOCHS, validation=held, progress=False,
        engine=engine,
        stop=lambda history: "down" if history.validation_loss[-1] <= target else None,
    )  # fmt: skip
    return f"epochs more: {len(history)}, stopped: {history.stopped}"


def error(model: nn.MLP) -> float:
    """Give the root of the mean squared distance from the sine itself."""
    X, y = datasets.sine(200, noise=0.0, rng=0)
    return math.sqrt(nn.mean_squared_error(nn.predict(model, X), y))


def main(argv: list[str] | None = None) -> dict[str, float]:
    """Run the demo; give the error of each net."""
    seed = "data and initial weights"
    chosen = options("early_stopping", __doc__, argv, seed=seed, trains=True)
    random = Random(chosen.seed)
    data = datasets.sine(POINTS, noise=0.4, rng=random)
    X, X_held, y, y_held = datasets.split(*data, HELD_OUT, rng=random)
    learn = {"optimizer": nn.Adam(0.01), "epochs": EPOCHS, "validation": (X_held, y_held),
             "engine": chosen.engine, "progress": False}  # fmt: skip

    endless, stopped = net(chosen.seed), net(chosen.seed)
    print(f"{endless} on {len(X)} points, {len(X_held)} held out")
    whole = nn.fit(endless, X, y, **learn)
    learn["optimizer"] = nn.Adam(0.01)  # an optimizer remembers: a new run takes a new one
    history = nn.fit(stopped, X, y, **learn, stop=nn.EarlyStopping(PATIENCE))
    best = history.best_epoch or 0
    print(f"\nepoch {len(history)}: {history.stopped}; the best was epoch {best}")

    retrained, continued = retrain(chosen.seed, data, best, chosen.engine), net(chosen.seed)
    continued.load_state_dict(stopped.state_dict())
    how = go_on(continued, data, (X_held, y_held), history.loss[best - 1], chosen.engine)

    models = {"never stopped": endless, "stopped": stopped, "retrained": retrained,
              "continued": continued}  # fmt: skip
    errors = {name: error(model) for name, model in models.items()}
    print(f"\nloss of the points held out: {whole.validation_loss[-1]:.4f} in the last epoch if")
    print(f"nothing stops it, {whole.validation_loss[best - 1]:.4f} in epoch {best}")
    print("\n                 distance from the sine")
    for name, distance in errors.items():
        print(f"{name:<16} {distance:.4f}{f'   ({how})' if name == 'continued' else ''}")

    early = shrunk(chosen.engine, 200, nn.SGD(0.01), None)
    decayed = shrunk(chosen.engine, 8000, nn.SGD(1.0), nn.L2(0.5))
    print("\nWhere the loss is flat, stopping after 200 steps of 0.01 is like a penalty with")
    print(f"lam = 1 / (200 · 0.01): w, to be 1, ends at {early:.7f} against {decayed:.7f}")

    curves, fits = chosen.out / "early_stopping.png", chosen.out / "early_stopping-fits.png"
    whole.plot()[0].savefig(curves, dpi=110)
    figure, axes = panels(2, size=(4.0, 3.0))
    for ax, name in zip(axes, ("never stopped", "stopped"), strict=True):
        plots.fit_curve(models[name], *data, ax=ax, truth=lambda x: math.sin(2 * math.pi * x))
        ax.set(title=f"{name}: {errors[name]:.2f} from the sine", ylim=(-2.0, 2.0))
    axes[0].get_legend().remove()  # one is enough
    figure.savefig(fits, dpi=110)
    print(f"\nThe losses if nothing stops it: {curves}\nThe net with and without stopping: {fits}")

    assert errors["stopped"] < errors["never stopped"], "it stays nearer to the sine"
    assert abs(early - 0.0198023) < 5e-8 and abs(decayed - 0.0196078) < 5e-8, "nearly the same"
    print("\nTry next: another `--seed`; does one of the two ways always win?")
    return errors | {"early": early, "decayed": decayed}


if __name__ == "__main__":
    main()
