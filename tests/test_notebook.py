"""A real notebook, executed by a real kernel: what Jupyter is given to display."""

import os
import warnings
from typing import Any

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of the notebook's own libraries
    import nbclient
    import nbformat

CELLS = [
    "from autograd import Value, grad_table\n"
    "x = Value(2.0, '</script><script>alert(1)</script>')\n"
    "y = (x * x).named('y'); y.backward()\ny.graph()",
    "y.trace(tangent={x: 1.0})",
    "y",
    "grad_table(y)",
    "import autograd.rendering as rendering\n"
    "def fail(dot): raise OSError('broken engine')\n"
    "rendering.render_svg = fail\ny.graph()",
]


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in CELLS])
    folder = os.path.dirname(os.path.dirname(__file__))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        client = nbclient.NotebookClient(
            notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": folder}}
        )
        client.execute(env={**os.environ, "IPYTHONDIR": str(tmp_path_factory.mktemp("ipython"))})
    return [cell.outputs[-1].data for cell in notebook.cells]


def test_a_drawing_is_an_svg_and_a_text(outputs: list[Any]) -> None:
    drawing = outputs[0]
    assert drawing["text/plain"] == "<Drawing 2 nodes, 2 edges>"
    assert drawing["image/svg+xml"].startswith('<svg style="max-width:min(100%,900px);height:auto"')
    assert "<script" not in drawing["image/svg+xml"]
    assert "&lt;/script&gt;" in drawing["image/svg+xml"]


def test_a_trace_is_a_table_and_a_text(outputs: list[Any]) -> None:
    assert outputs[1]["text/plain"].startswith("<Trace of y: 2 values, 2 edges>")
    assert outputs[1]["text/html"].count("<table>") == 2
    assert "<script" not in outputs[1]["text/html"]


def test_a_value_has_no_picture_of_its_own(outputs: list[Any]) -> None:
    assert list(outputs[2]) == ["text/plain"]
    assert outputs[2]["text/plain"] == "Value(data=4, grad=1, label='y')"


def test_whatever_happens_there_is_text(outputs: list[Any]) -> None:
    assert list(outputs[4]) == ["text/plain"]
    assert outputs[4]["text/plain"] == "<Drawing 2 nodes, 2 edges> not drawn: broken engine"
