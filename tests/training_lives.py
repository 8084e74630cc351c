"""A training run in a process of its own, to be killed: ``python training_lives.py PATH PAUSE``.

Everything that a checkpoint must keep is in it: mini-batches, dropout, a share held out, Adam's
state, a schedule, the best epoch. ``PAUSE`` seconds pass in every epoch.
"""

import sys
import time

import nn
from nn import checkpoints, datasets


def run(path=None, pause: float = 0.0, epochs: int = 150, **options):
    """Give the model and its history after the run."""
    checkpoints.INTERVAL = 0.0  # after every epoch, so that some are caught in the act
    X, y = datasets.moons(24, rng=0)
    model = nn.Sequential(
        nn.Layer(2, 4, "tanh", rng=0), nn.Dropout(0.2), nn.Layer(4, 1, "sigmoid", rng=1)
    )
    history = nn.fit(
        model, X, y, optimizer=nn.Adam(0.02), epochs=epochs, batch_size=7, validation=0.25,
        stop=nn.EarlyStopping(1000), schedule=nn.cosine(200), regularizer=nn.L2(1e-3),
        checkpoint=path, resume=path is not None, progress=False,
        callbacks=[lambda epoch, model, history: time.sleep(pause)], **options,
    )  # fmt: skip
    return model, history


if __name__ == "__main__":
    print("begun", flush=True)
    run(sys.argv[1], float(sys.argv[2]))
