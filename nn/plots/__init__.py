"""Training pictures with matplotlib, which is imported only when one is drawn.

Every function returns ``(figure, axes)``, accepts ``ax=`` to draw into axes that are there
already, and leaves matplotlib's own settings alone. A picture of one panel takes one Axes and
gives one. A picture that may have several panels gives a list, also of one (``learning_curves``
of losses alone gives the Axes itself); it takes a sequence with one Axes for each panel, or a
single Axes, whose place the panels share (``fit_curve`` leaves one out instead).

A notebook shows a ``figure`` at the end of a cell; elsewhere ``figure.savefig("a.png")``.

Models are used as after ``eval()``: nothing is drawn from a random generator, and afterwards
every module has the mode that it had before. In words and labels units count from 1.

>>> from nn import plots
>>> figure, axes = plots.curves({"square": lambda x: x * x})
>>> [panel.get_title() for panel in axes]
['square']
"""

from .boundaries import decision_boundary
from .descents import descent
from .diagrams import network
from .fits import fit_curve
from .functions import curves
from .histograms import activation_histograms, gradient_histograms
from .histories import learning_curves
from .images import weight_images
from .units import hidden_units

__all__ = [
    "activation_histograms",
    "curves",
    "decision_boundary",
    "descent",
    "fit_curve",
    "gradient_histograms",
    "hidden_units",
    "learning_curves",
    "network",
    "weight_images",
]
