"""What Graphviz leaves out of an SVG: legend, background, description, tooltips.

Works on SVG text alone and knows nothing of graphs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from .errors import RenderingError

FONTS = "Arial, Helvetica, 'Liberation Sans', 'DejaVu Sans', sans-serif"
MARGIN = 18.0  # points between the drawing and the edge of the picture
ROW = 18.0  # height of one line of the legend
NARROWEST = 330.0  # points: a legend is not squeezed below this, however small the graph


class LegendEntry(NamedTuple):
    """One entry of a legend: a box, a line or only words."""

    text: str
    kind: str = "text"  # "box", "line" or "text"
    fill: str = "none"
    stroke: str = "none"
    width: float = 1.2
    dashes: str = ""

    @property
    def sample(self) -> float:
        """The width in points of what stands before its words."""
        return {"box": 21.0, "line": 25.0, "text": 0.0}[self.kind]

    @property
    def extent(self) -> float:
        """Its width in points, with the space to the next entry."""
        return self.sample + text_width(self.text) + 14.0


def text_width(text: str, size: float = 10.0) -> float:
    """Estimate the width in points of text in Arial, a little on the safe side.

    >>> text_width("WW") > text_width("ill")
    True
    """

    def share(c: str) -> float:
        if c in "ijlI.,:;|'!()[]/ ":
            return 0.3
        if c in "mwMWQOGCDHNU@%" or ord(c) > 0x2E80:
            return 0.9
        return 0.72 if c.isupper() else 0.56

    return size * sum(map(share, text))


def finish(
    svg: str, prefix: str, title: str, description: str, legend: Sequence[LegendEntry]
) -> str:
    """Make Graphviz' SVG a picture that explains itself.

    Adds ``title`` and ``description`` for screen readers, an opaque background, the
    legend below the drawing and a font stack; turns link tooltips into ``<title>``
    elements, which every browser shows; puts ``prefix`` before every id, so that
    several pictures can stand in one page.

    >>> source = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><g id="a"/></svg>'
    >>> 'id="p-a"' in finish(source, "p", "A graph", "of nothing", [])
    True
    """
    try:
        root = ElementTree.fromstring(svg)
        left, top, width, height = (float(x) for x in root.attrib["viewBox"].split())
    except (ElementTree.ParseError, KeyError, ValueError) as error:
        raise RenderingError(
            f"Graphviz gave an SVG that cannot be read ({error}): install a newer Graphviz"
        ) from None
    for element in root.iter():
        _simplify(element, prefix)
    for group in root.iter("g"):
        _unwrap(group)

    if legend:
        width = max(width, NARROWEST, 2 * MARGIN + max(entry.extent for entry in legend))
    rows = _wrapped(legend, width - 2 * MARGIN)
    total = height + ROW * len(rows) + (MARGIN / 2 if rows else 0.0)
    root.attrib.clear()
    root.attrib.update(
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "role": "img",
            "aria-labelledby": f"{prefix}-title {prefix}-desc",
            "width": f"{width:.0f}pt",
            "height": f"{total:.0f}pt",
            "viewBox": f"{left:g} {top:g} {width:.2f} {total:.2f}",
            "font-family": FONTS,
        }
    )
    head = [Element("title", id=f"{prefix}-title"), Element("desc", id=f"{prefix}-desc")]
    head[0].text, head[1].text = title, description
    background = {"width": f"{width:.2f}", "height": f"{total:.2f}", "fill": "#FFFFFF"}
    root[:0] = [*head, Element("rect", background, x=f"{left:g}", y=f"{top:g}")]
    for number, entries in enumerate(rows):
        root.append(_legend_row(entries, top + height + ROW * number))
    return ElementTree.tostring(root, encoding="unicode") + "\n"


def _simplify(element: Element, prefix: str) -> None:
    # one vocabulary without namespace prefixes, the font once on the root
    element.tag = element.tag.rpartition("}")[2]
    for name in list(element.attrib):
        value = element.attrib.pop(name)
        short = name.rpartition("}")[2]
        if short == "id":
            element.attrib["id"] = f"{prefix}-{value}"
        elif short == "space":
            element.attrib["xml:space"] = value
        elif short != "font-family":
            element.attrib[short] = value


def _unwrap(group: Element) -> None:
    """Replace the ``<g><a title="tooltip">shapes</a></g>`` inside a group by title and shapes."""
    tooltip, children = None, []
    for child in group:
        link = child.find("a") if child.tag == "g" else None
        if link is None:
            children.append(child)
        else:
            tooltip = tooltip or link.get("title")
            children += list(link)
    title = group.find("title")
    if title is not None and tooltip:
        title.text = tooltip
    group[:] = children


def _wrapped(entries: Sequence[LegendEntry], width: float) -> list[list[LegendEntry]]:
    rows: list[list[LegendEntry]] = []
    used = width
    for entry in entries:
        if used + entry.extent > width:
            rows.append([])
            used = 0.0
        rows[-1].append(entry)
        used += entry.extent
    return rows


def _legend_row(entries: Sequence[LegendEntry], y: float) -> Element:
    row = Element(
        "g", {"class": "legend", "font-size": "10", "fill": "#333333"},
        transform=f"translate({MARGIN:g} {y:.2f})",
    )  # fmt: skip
    x = 0.0
    for entry in entries:
        style = {"stroke": entry.stroke, "stroke-width": f"{entry.width:g}"}
        if entry.dashes:
            style["stroke-dasharray"] = entry.dashes
        if entry.kind == "box":
            box = {"x": f"{x:.1f}", "y": "0", "width": "16", "height": "11", "rx": "3"}
            row.append(Element("rect", {**box, "fill": entry.fill, **style}))
        elif entry.kind == "line":
            line = {"x1": f"{x:.1f}", "x2": f"{x + 20:.1f}", "y1": "6", "y2": "6"}
            row.append(Element("line", {**line, **style}))
        words = Element("text", x=f"{x + entry.sample:.1f}", y="9.5")
        words.text = entry.text
        row.append(words)
        x += entry.extent
    return row
