"""How an experiment is shown: all that its table `[view]` may say, declared once.

A key of `[view]` itself is for the whole window, one of `[view.loss]` and the like for that view. What is left out
looks its best. Nothing here changes a number of a race.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from workbench.engine.params import Param, RequestError, Value, complete, nearest

#: what the speed of a race may be: as a person last chose it, else one at which the race is seen; as fast as it goes
AUTO, UNLIMITED = "auto", "unlimited"
#: steps a second, slow to fast
SPEEDS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)
#: of the window as a whole
GENERAL: tuple[Param, ...] = (
    Param(
        name="speed",
        default=AUTO,
        choices=(AUTO, *(str(speed) for speed in SPEEDS), UNLIMITED),
        doc="Steps a second in the window: as it was last chosen there, a number of them, or as fast as it goes",
    ),
)
#: of every height map
_HEIGHTS: tuple[Param, ...] = (
    Param(name="colors", default="sea", choices=("sea", "dusk", "grey"), doc="The colours of the height map"),
    Param(
        name="heights",
        default="auto",
        choices=("auto", "log", "linear", "rank"),
        doc="How heights become colours and lines: by their logarithm, as they are, or by their rank",
    ),
    Param(name="lines", default=True, title="contour lines", doc="Draw contour lines with their values"),
    Param(name="shading", default=True, title="hill shading", doc="Shade the hills as if lit from the upper left"),
    Param(name="color_bar", default=True, doc="Show what the colours mean, beside the plot"),
)
_LEGEND = Param(
    name="legend",
    default="auto",
    choices=("auto", "top_right", "top_left", "bottom_left", "bottom_right", "hidden"),
    doc="The corner of the legend; by itself it takes the emptiest one",
)
LANDSCAPE: tuple[Param, ...] = (
    *_HEIGHTS,
    Param(name="equal_axes", default=False, doc="Give both axes the same scale, so that circles are round"),
    Param(
        name="arrows",
        default=False,
        title="arrows of −∇f",
        doc="Draw which way is down: arrows along the negative gradient, as long as the logarithm of its length",
    ),
    Param(
        name="stationary",
        default=True,
        title="stationary points",
        doc="Mark minima, saddles and maxima that are found in the part that is shown",
    ),
    Param(
        name="curvature",
        default="off",
        choices=("off", "lane", "cursor"),
        title="local quadratic",
        doc="Draw ellipses of equal height of the local quadratic, with its axes: where the picked lane stands, or at "
        "the mouse",
    ),
    Param(
        name="minimum_lines",
        default=False,
        title="lines through the minimum",
        doc="Draw dashed lines through the known minima, to both axes",
    ),
    Param(
        name="basins",
        default=False,
        doc="Colour each place by the known minimum that the picked lane, or the first one, ends in from there",
    ),
    Param(name="steps", default=True, title="dots at steps", doc="Draw a dot a step where they can be told apart"),
    Param(
        name="step_arrows",
        default=False,
        title="arrows of the next step",
        doc="Draw the next step of the picked lane, else of the first one: gradient, averages, parts of the step",
    ),
    _LEGEND,
)
PLANE: tuple[Param, ...] = (*_HEIGHTS, _LEGEND)
SURFACE: tuple[Param, ...] = PLANE
_SMOOTH = Param(
    name="smooth",
    default=True,
    doc="Draw the mean over the steps of a few pixels; what single steps give stays behind it, pale",
)
LOSS: tuple[Param, ...] = (
    Param(
        name="quantity",
        default="loss",
        doc="What is shown against the step; the loss where a race does not have it",
        choices=("loss", "gap", "best", "distance", "accuracy", "rate", "time"),
    ),
    Param(name="log_x", default=False, title="log x", doc="Show the step on a logarithmic axis"),
    Param(name="log_y", default=True, title="log y", doc="Show what is above zero on a logarithmic axis"),
    _SMOOTH,
)
GRADIENTS: tuple[Param, ...] = (_SMOOTH,)
LAYERS: tuple[Param, ...] = (
    Param(
        name="steps",
        default="all",
        doc="Show, and scale the colours to, the most recent steps alone",
        choices=("all", "200", "1000", "5000"),
    ),
)
MAP: tuple[Param, ...] = (
    Param(name="x", default="", doc="The setting along the horizontal axis; the learning rate, or a coordinate"),
    Param(name="y", default="", doc="The setting along the vertical axis"),
    Param(name="part", default="", doc="The part that is shown: both settings, each with its lowest and highest value"),
    Param(name="through", default="", doc="A third setting that all cells have, with its value, as `beta1 0.95`"),
    Param(
        name="quantity",
        default="loss",
        choices=("loss", "steps", "minimum", "divergence"),
        doc="What the colour of a cell says of its run",
    ),
    Param(name="cells", default="256", choices=("64", "128", "256", "512"), doc="Cells along each side"),
    Param(
        name="steps",
        default="auto",
        choices=("auto", "50", "100", "200", "300", "500", "1000", "2000", "5000"),
        doc="The most steps of a run: as many as the race has, but at most 300, or a number of them",
    ),
    Param(name="strips", default=True, title="best over the other", doc="Show beside each axis the best of its cells"),
    Param(
        name="contours",
        default=False,
        title="contour lines",
        doc="Draw lines between measured cells that lie on two sides of a value of the colour bar",
    ),
    Param(name="theory", default=True, doc="Draw what theory says of a quadratic over its map"),
)
#: by the key of the view
VIEW_OPTIONS: Mapping[str, tuple[Param, ...]] = MappingProxyType(
    {
        "landscape": LANDSCAPE,
        "plane": PLANE,
        "surface": SURFACE,
        "loss": LOSS,
        "gradients": GRADIENTS,
        "layers": LAYERS,
        "map": MAP,
    }
)


def options(view: Mapping[str, Any], key: str) -> dict[str, Value]:
    """Every option of a view, or of the window where `key` is empty: the one given, else its default.

    Raises:
        RequestError: a name that the view does not have, or a value out of its range.
    """
    if not key:
        given = {name: value for name, value in view.items() if name not in VIEW_OPTIONS}
        owner, beside = "the window", tuple(name for name, params in VIEW_OPTIONS.items() if params)
        return _completed(GENERAL, given, "view", owner, beside)
    return _completed(VIEW_OPTIONS.get(key, ()), view.get(key, {}), f"view.{key}", f"the view {key}", ())


def _completed(
    params: tuple[Param, ...], given: object, path: str, owner: str, beside: tuple[str, ...]
) -> dict[str, Value]:
    if not isinstance(given, Mapping):
        raise RequestError(path, "must be a table")
    try:
        return complete(params, given, owner=owner, beside=beside)
    except RequestError as error:
        raise error.under(path) from None


def filled(view: Mapping[str, Any]) -> dict[str, Any]:
    """The whole table with every default.

    Raises:
        RequestError: as `options`.
    """
    whole: dict[str, Any] = dict(options(view, ""))
    return whole | {key: options(view, key) for key, params in VIEW_OPTIONS.items() if params or key in view}


def edited(view: Mapping[str, Any], key: str, name: str, value: Value) -> dict[str, Any]:
    """The table with one option changed, checked; an option at its default is left out of it.

    Raises:
        RequestError: as `options`.
    """
    params = VIEW_OPTIONS.get(key, ()) if key else GENERAL
    param = next((p for p in params if p.name == name), None)
    if param is None:
        raise RequestError(f"view.{key}".rstrip("."), f"has no option {name}{nearest(name, [p.name for p in params])}")
    checked = param.check(value, f"view.{key}.{name}" if key else f"view.{name}")
    table = dict(view if not key else view.get(key, {}))
    table[name] = checked
    if checked == param.default:
        del table[name]
    if not key:
        return table
    whole = {k: v for k, v in view.items() if k != key}
    return whole | {key: table} if table else whole
