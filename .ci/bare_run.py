"""The main job on a bare installation: no optional package, no ``dot`` on the PATH."""

import importlib.util
import shutil
import subprocess
import sys
import warnings
from xml.etree import ElementTree

import autograd
import nn
from nn import datasets

for optional in ("numpy", "numba", "matplotlib", "sklearn"):
    assert importlib.util.find_spec(optional) is None, f"{optional} is not part of a bare install"
assert shutil.which("dot") is None

X, Y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
model = nn.MLP([2, 4, 1], output="sigmoid", rng=0)
optimizer = nn.SGD(0.5, momentum=0.9)
for _ in range(500):
    model.zero_grad()
    nn.empirical_risk(model, X, Y, nn.binary_cross_entropy).backward()
    optimizer.step(model.parameters())
outputs = [model(row)[0].data for row in X]
assert all(abs(o - t) < 0.1 for o, t in zip(outputs, Y, strict=True)), outputs

X_moons, y_moons = datasets.moons(40, rng=0)
trained = [nn.MLP([2, 8, 1], output="sigmoid", rng=0) for _ in range(2)]
options = {"optimizer": nn.Adam(0.05), "batch_size": 8, "validation": 0.25}
history = nn.fit(trained[0], X_moons, y_moons, epochs=40, **options)
for epochs in (15, 40):
    options["optimizer"] = nn.Adam(0.05)
    options |= {"checkpoint": "run.json", "resume": True, "progress": False}
    nn.fit(trained[1], X_moons, y_moons, epochs=epochs, **options)
assert trained[0].state_dict() == trained[1].state_dict()
assert nn.accuracy(nn.predict(trained[0], X_moons), y_moons) > 0.9
for missing, advice in ((history.plot, "gradtable[plot]"), (datasets.iris, "gradtable[data]")):
    try:
        missing()
        refusal = ""
    except ImportError as error:
        refusal = str(error)
    assert advice in refusal, refusal

path = model.save("xor.json")
twin = nn.MLP([2, 4, 1], output="sigmoid", rng=1)
twin.load(path)
assert twin.state_dict() == model.state_dict()

with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    tapes = [autograd.record(lambda x: model(x[:2])[0], 2, model.parameters()) for _ in range(2)]
    replayed = [tape.forward(X) for tape in tapes]
assert replayed == [nn.predict(model, X)] * 2, replayed
assert [tape.engine for tape in tapes] == ["python"] * 2
assert len(said) == 1 and "gradtable[fast]" in str(said[0].message), said
recorded = nn.MLP([2, 8, 1], output="sigmoid", rng=0)
options = {"optimizer": nn.Adam(0.05), "batch_size": 8, "validation": 0.25, "progress": False}
taped = nn.fit(recorded, X_moons, y_moons, epochs=40, engine="tape", **options)
assert all(abs(a - b) < 1e-9 for a, b in zip(taped.loss, history.loss, strict=True))

assert autograd.hessian(lambda x: x[0] ** 2 * x[1])([2.0, 5.0]) == [[10.0, 4.0], [4.0, 0.0]]
assert autograd.check_gradients(autograd.tanh, 0.5).wrong == []

loss = nn.binary_cross_entropy(model(X[1]), Y[1])
loss.backward()
root = ElementTree.parse(loss.graph().save("xor.svg")).getroot()
assert root.find("{http://www.w3.org/2000/svg}desc") is not None

page = loss.stepper("steps.html").read_text(encoding="utf-8")
assert "Content-Security-Policy" in page
print(autograd.explain(loss, model.parameters()[0]))
shell = [sys.executable, "-m", "autograd"]
piped = subprocess.run(shell, input="print(Value(2.0) * 3)", capture_output=True, text=True)
assert piped.stdout == "Value(data=6, grad=0)\n", piped

try:
    loss.graph().save("xor.png")
    refusal = ""
except autograd.RenderingError as error:
    refusal = str(error)
assert "resvg-py" in refusal, refusal
print(f"bare run: XOR learnt {[round(o, 3) for o in outputs]}, SVG drawn")
