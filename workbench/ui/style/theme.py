"""Light and dark: one set of colours each, for widgets and plots alike, and the one typeface."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QStyleFactory

from workbench.resources import resource
from workbench.ui.style.colors import READABLE, ends_of, from_oklab, readable

FAMILY = "Inter"
BASE_POINTS, SMALL_POINTS, LARGE_POINTS = 10.0, 9.0, 13.0
#: pixels that each cell of a table keeps free, besides the style's own: a number that ends at the right of its column
#: and a word that begins at the left of the next one stand clearly apart.
#: A table that is `dense` does without: its words all stand in its first column
TABLE_BEFORE, TABLE_AFTER = 5, 1


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of one appearance, as `#rrggbb`.

    `low` and `high` are the lightness, in OKLab, of the ends of the height map, and `relief` what the shading of hills
    adds to it or takes, `tint` how much there is of their colour: quiet, so that every lane stands out from all of it.
    `lanes` gives the form that the usual lane colours take here: made readable each by itself, some would meet.
    """

    name: str
    window: str
    panel: str
    field: str
    button: str
    text: str
    muted: str
    line: str
    accent: str
    on_accent: str
    error: str
    plot: str
    grid: str
    low: float
    high: float
    relief: float
    tint: float
    contour: str
    strong_contour: str
    lanes: tuple[tuple[str, str], ...]

    def lane(self, color: str) -> str:
        """A lane's colour as it is painted here, readable on plots, height map and panels."""
        color = dict(self.lanes).get(color.upper(), color)
        return _readable(color, (self.plot, self.panel, *_darkest_and_lightest(self)))

    def height_colors(self, count: int = 256) -> NDArray[np.uint8]:
        """The height map as a table (count, 3), from low to high."""
        return self.relief_colors(count=count)[:, RELIEFS // 2]

    def relief_colors(self, palette: str = "sea", count: int = 256) -> NDArray[np.uint8]:
        """The height map with its hill shading as a table (count, RELIEFS, 3): from low to high, from shade to light.

        Lightness rises evenly from low to high, as OKLab has it, so that equal steps look equal, in every palette.
        """
        t, light = np.linspace(0.0, 1.0, count)[:, None], np.linspace(-1.0, 1.0, RELIEFS)[None]
        lab = np.empty((count, RELIEFS, 3))
        lab[..., 0] = self.low + (self.high - self.low) * t + self.relief * light
        for axis in (0, 1):
            lab[..., 1 + axis] = np.interp(t, (0.0, 0.5, 1.0), [self.tint * stop[axis] for stop in PALETTES[palette]])
        return np.round(255 * from_oklab(lab)).astype(np.uint8)


#: shades of a height map between a slope away from the light and one towards it
RELIEFS = 17
#: OKLab's a (green to red) and b (blue to yellow) of the lowest, middle and highest places; lightness is the theme's
PALETTES: Mapping[str, tuple[tuple[float, float], ...]] = MappingProxyType(
    {
        "sea": ((-0.022, -0.058), (-0.020, 0.000), (0.001, 0.031)),
        "dusk": ((0.018, -0.052), (0.022, -0.010), (0.006, 0.027)),
        "grey": ((0.0, -0.006), (0.0, -0.004), (0.0, -0.002)),
    }
)


@cache
def _darkest_and_lightest(theme: Theme) -> tuple[str, ...]:
    """The ends of all height maps, as `#rrggbb`."""
    found = []
    for palette in PALETTES:
        found += ends_of(theme.relief_colors(palette).reshape(-1, 3) / 255.0)
    return tuple(found)


@cache
def _readable(color: str, grounds: tuple[str, ...]) -> str:
    return readable(color, grounds, 1.01 * READABLE)  # rounded to 8 bits it must still be readable


LIGHT = Theme(
    name="light", window="#f3f4f6", panel="#fafbfc", field="#ffffff", button="#f3f4f6", text="#1c2430", muted="#5b6675",
    line="#d5dae1", accent="#2f6fde", on_accent="#ffffff", error="#b3261e", plot="#ffffff", grid="#e6e9ee",
    low=0.87, high=0.964, relief=0.014, tint=1.0, contour="#8d9cb0", strong_contour="#66778e",
    lanes=(
        ("#0072B2", "#00558c"), ("#E69F00", "#bd7400"), ("#009E73", "#008f68"), ("#D55E00", "#cf4f00"),
        ("#CC79A7", "#c0609a"), ("#56B4E9", "#2a8bc4"), ("#F0E442", "#76790a"), ("#000000", "#1c2430"),
    ),
)  # fmt: skip
DARK = Theme(
    name="dark", window="#171b21", panel="#1d2229", field="#12161b", button="#323b47", text="#e4e8ee", muted="#98a3b3",
    line="#343c47", accent="#5b93f5", on_accent="#0c1016", error="#ff8a80", plot="#12161b", grid="#252c35",
    low=0.2, high=0.365, relief=0.022, tint=0.52, contour="#5b6b7f", strong_contour="#8090a4",
    lanes=(
        ("#0072B2", "#4a8cff"), ("#E69F00", "#f0a81c"), ("#009E73", "#1fbf8f"), ("#D55E00", "#f0702a"),
        ("#CC79A7", "#d98bb8"), ("#56B4E9", "#7cd0f7"), ("#F0E442", "#f0e442"), ("#000000", "#e4e8ee"),
    ),
)  # fmt: skip
THEMES = {"light": LIGHT, "dark": DARK}


def system_theme() -> Theme:
    """The theme that the system asks for."""
    return DARK if QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark else LIGHT


@cache
def _load_family() -> str:
    """Load the typeface that comes with the program; its name, or nothing where it cannot be had."""
    for weight in ("Regular", "SemiBold"):
        QFontDatabase.addApplicationFont(str(resource(f"fonts/Inter-{weight}.otf")))
    return FAMILY if FAMILY in QFontDatabase.families() else ""


def font(points: float = BASE_POINTS, *, bold: bool = False) -> QFont:
    """The typeface at one of the three sizes, figures of equal width."""
    scale = QApplication.font().pointSizeF() / BASE_POINTS if _scaled else 1.0
    made = QFont(_load_family() or QApplication.font().family())
    made.setPointSizeF(points * scale)
    if _plain:  # other shapes of a letter, as figures of equal width, have no name that a reader of PDF could tell
        for tag in ("calt", "liga", "ccmp"):
            made.setFeature(QFont.Tag(tag), 0)
    else:
        made.setFeature(QFont.Tag("tnum"), 1)
    if bold:
        made.setWeight(QFont.Weight.DemiBold)
    return made


_scaled = _plain = False


@contextlib.contextmanager
def plain_letters() -> Iterator[None]:
    """Every letter in its usual shape for a while, so that it can be found in a file: from the next `apply` on."""
    global _plain, _scaled  # noqa: PLW0603 - as in `apply`
    _plain, _scaled = True, False
    try:
        yield
    finally:
        _plain = _scaled = False


def apply(application: QApplication, theme: Theme, points: float = BASE_POINTS) -> None:
    """Give the whole application a theme: style, palette, typeface and style sheet."""
    global _scaled  # noqa: PLW0603 - the application's font is as global as the application
    if not application.styleSheet() and application.style().name().lower() != "fusion":
        application.setStyle(QStyleFactory.create("Fusion"))  # under a style sheet it would not tell its name
    # Widgets that a style sheet has polished keep their font, and a sheet that follows another one takes three times
    # as long to polish them: the old one goes first.
    application.setStyleSheet("")
    if not _scaled or application.font().pointSizeF() != points:
        _scaled = False
        base = font(BASE_POINTS)
        base.setPointSizeF(points)
        application.setFont(base)
        _scaled = True
    application.setPalette(palette(theme))
    application.setStyleSheet(_sheet(theme))


def palette(theme: Theme) -> QPalette:
    """The theme as Qt's palette."""
    role = QPalette.ColorRole
    made = QPalette()
    for roles, color in (
        ((role.Window,), theme.window),
        ((role.Button,), theme.button),
        ((role.Base,), theme.field),
        ((role.AlternateBase, role.ToolTipBase), theme.panel),
        ((role.Text, role.WindowText, role.ButtonText, role.ToolTipText, role.BrightText), theme.text),
        ((role.Highlight, role.Accent, role.Link), theme.accent),
        ((role.HighlightedText,), theme.on_accent),
        ((role.PlaceholderText,), theme.muted),
        ((role.Light, role.Midlight), theme.panel),
        ((role.Mid, role.Dark), theme.line),
        ((role.Shadow,), theme.line),
    ):
        for each in roles:
            made.setColor(each, QColor(color))
    for each in (role.Text, role.WindowText, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, each, QColor(theme.muted))
    return made


def _sheet(theme: Theme) -> str:
    """What the palette cannot say: quiet borders, and names of the few special parts."""
    small = font(SMALL_POINTS).pointSizeF()
    return f"""
    QToolTip {{ color: {theme.text}; background: {theme.panel}; border: 1px solid {theme.line}; padding: 4px; }}
    QMainWindow::separator {{ background: {theme.window}; width: 6px; height: 6px; }}
    QScrollArea, QScrollArea > QWidget > QWidget#content {{ background: {theme.panel}; border: none; }}
    QFrame#card {{ background: {theme.field}; border: 1px solid {theme.line}; border-radius: 5px; }}
    QFrame#card[picked="true"] {{ border-color: {theme.accent}; }}
    QWidget#dockBar {{ background: {theme.panel}; border-bottom: 1px solid {theme.line}; }}
    QWidget#view {{ background: {theme.plot}; }}
    QLabel#muted, QLabel#empty {{ color: {theme.muted}; }}
    QLabel#fault {{ color: {theme.error}; }}
    QFrame#message {{ background: {theme.panel}; border: 1px solid {theme.error}; border-radius: 4px; }}
    QFrame#offer {{ background: {theme.panel}; border: 1px solid {theme.accent}; border-radius: 4px; }}
    QLineEdit[faulty="true"] {{ border: 1px solid {theme.error}; border-radius: 2px; }}
    LinesEdit {{ border: 1px solid {theme.line}; border-radius: 3px; background: {theme.field}; }}
    LinesEdit:focus {{ border-color: {theme.accent}; }}
    LinesEdit[faulty="true"] {{ border-color: {theme.error}; }}
    QLineEdit {{ border: 1px solid {theme.line}; border-radius: 3px; padding: 2px 4px; background: {theme.field};
                 selection-background-color: {theme.accent}; }}
    QLineEdit:focus {{ border-color: {theme.accent}; }}
    QLineEdit:disabled {{ color: {theme.muted}; background: {theme.panel}; }}
    QTableCornerButton::section {{ background: {theme.panel}; border: none; }}
    QCheckBox::indicator, QRadioButton::indicator, QListView::indicator, QTableView::indicator {{
        width: 13px; height: 13px; border: 1px solid {theme.muted}; background: {theme.field}; border-radius: 3px; }}
    QRadioButton::indicator {{ border-radius: 7px; }}
    QCheckBox::indicator:checked, QRadioButton::indicator:checked, QListView::indicator:checked,
    QTableView::indicator:checked {{
        background: {theme.accent}; border-color: {theme.accent}; }}
    QCheckBox::indicator:checked, QListView::indicator:checked, QTableView::indicator:checked {{
        image: url({_path("check", theme)}); }}
    QRadioButton::indicator:checked {{ image: url({_path("dot", theme)}); }}
    QCheckBox:focus, QRadioButton:focus {{ color: {theme.accent}; }}
    QToolBar {{ border: none; border-bottom: 1px solid {theme.line}; background: {theme.panel}; spacing: 4px;
                padding: 3px 6px; }}
    QStatusBar {{ background: {theme.panel}; border-top: 1px solid {theme.line}; }}
    QStatusBar::item {{ border: none; }}
    QMenuBar {{ background: {theme.panel}; }}
    QMenuBar::item {{ padding: 4px 9px; background: transparent; color: {theme.text}; }}
    QMenuBar::item:selected {{ background: {theme.accent}; color: {theme.on_accent}; }}
    QToolButton {{ border: 1px solid transparent; border-radius: 4px; padding: 3px; }}
    QToolButton:hover {{ background: {theme.line}; }}
    QToolButton:pressed, QToolButton:checked {{ background: {theme.line}; border-color: {theme.muted}; }}
    QToolButton#toggle {{ border-color: {theme.line}; background: {theme.field}; }}
    QToolButton#toggle:checked {{ background: {theme.accent}; color: {theme.on_accent}; border-color: {theme.accent}; }}
    QToolButton#toggle:checked:disabled {{ color: {theme.on_accent}; }}
    QToolButton:focus {{ border-color: {theme.accent}; }}
    QToolButton::menu-indicator {{ image: none; }}
    QScrollBar:vertical {{ width: 9px; background: transparent; margin: 0; }}
    QScrollBar:horizontal {{ height: 9px; background: transparent; margin: 0; }}
    QScrollBar::handle {{ background: {theme.line}; border-radius: 4px; min-height: 24px; min-width: 24px; }}
    QScrollBar::handle:hover {{ background: {theme.muted}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    QTabWidget {{ background: {theme.panel}; }}
    QTabBar {{ background: {theme.panel}; }}
    QTabBar::tab {{ padding: 5px 7px; color: {theme.muted}; background: {theme.panel}; border: none; }}
    QTabBar::tab:selected {{ color: {theme.text}; border-bottom: 2px solid {theme.accent}; }}
    QTabWidget::pane {{ border: none; }}
    QTableView, QHeaderView, QLabel[small="true"] {{ font-size: {small:g}pt; }}
    QTableView {{ background: {theme.plot}; border: none; gridline-color: {theme.grid}; }}
    QHeaderView {{ background: {theme.plot}; }}
    QHeaderView::section {{ background: {theme.plot}; color: {theme.muted}; border: none;
                            border-bottom: 1px solid {theme.line};
                            padding: 3px {TABLE_AFTER + 3}px 3px {TABLE_BEFORE + 3}px; }}
    QTableView::item {{ padding: 0px {TABLE_AFTER}px 0px {TABLE_BEFORE}px; }}
    QHeaderView::up-arrow, QHeaderView::down-arrow {{ subcontrol-origin: border; subcontrol-position: top center;
                                                      width: 9px; height: 6px; }}
    QTableView[dense="true"]::item {{ padding: 0px; }}
    QTableView[dense="true"] QHeaderView::section {{ padding: 3px; }}
    """


def _path(name: str, theme: Theme) -> str:
    """An icon's file as a style sheet names it; they come in the two colours that go on an accent."""
    return resource(f"icons/{name}-{theme.name}.svg").as_posix()


@lru_cache(maxsize=128)
def icon(name: str, color: str) -> QIcon:
    """One of the program's icons in a colour, sharp at one and two times its size."""
    svg = resource(f"icons/{name}.svg").read_text(encoding="ascii").replace("#000000", color)
    renderer = QSvgRenderer(QByteArray(svg.encode()))
    made = QIcon()
    for ratio in (1, 2):
        pixmap = QPixmap(16 * ratio, 16 * ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        renderer.render(painter)
        painter.end()
        pixmap.setDevicePixelRatio(ratio)
        made.addPixmap(pixmap)
    return made
