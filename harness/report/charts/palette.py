"""The colours and shapes of every chart: a strategy or a layer has the same style in all. Pure.

Charts are drawn in the light colours; the CSS of `dark_rules` puts the dark ones in their place, so
that one chart serves both. Every colour of a mark has a contrast of 3:1 or more with the paper,
light and dark (WCAG 1.4.11). The hues are those of Paul Tol's "muted" set for strategies and of
Okabe and Ito's for layers, made for colour-blind readers, and as dark as that needs; no chart
distinguishes strategies by colour alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

INK, QUIET, GRID, PAPER, FRONT = "#1f2328", "#59636e", "#d9dee4", "#ffffff", "#8a6d00"
_GREY, _VERMILLION = "#7f8892", "#b83c00"
_BLUE, _SKY, _ORANGE, _GREEN, _PINK = "#0069a8", "#2f92d2", "#b08a00", "#00876b", "#cc6fa8"
_VIOLET, _BROWN = "#4b3a8f", "#8a5a4a"
_STRATEGIES = {
    "#332288": "#c0b8ff",
    "#159a8c": "#55c2b0",
    "#882255": "#e0709f",
    "#4393c8": "#6cb6e8",
    "#117733": "#4dbb71",
    "#aa4499": "#d07cc2",
    "#8a8f1f": "#bcbc55",
    "#cc6677": "#e58a98",
    "#7a5230": "#c09468",
    "#5f5cf0": "#8486ff",
}
LAYERS = {
    "driver values": _BLUE,
    "driver rows": _SKY,
    "driver result buffers": _VIOLET,
    "SQLAlchemy engine and result": _ORANGE,
    "SQLAlchemy ORM": _VERMILLION,
    "domain objects": _GREEN,
    "containers and sharing pools": _PINK,
    "libraries": _BROWN,
    "other": _GREY,
}
"""The layers of an explanation as they are drawn, a few in one, from the database's end."""

MEASURES = (_BLUE, _ORANGE, _PINK)
"""The colours of metrics that one chart shows."""

PALE = 0.25
"""The opacity of a pale bar, which its outline tells from the paper."""

DARK = {
    **_STRATEGIES,
    INK: "#e6edf3",
    QUIET: "#a3adb8",
    GRID: "#363d47",
    PAPER: "#14181d",
    FRONT: "#e3b341",
    _GREY: "#8b949e",
    _VERMILLION: "#ff8a3d",
    _BLUE: "#3f9fdc",
    _SKY: "#8fd0f7",
    _VIOLET: "#8c7be0",
    _ORANGE: "#f0b63c",
    _GREEN: "#2fc498",
    _PINK: "#e39cc4",
    _BROWN: "#c79a8b",
}
"""What each light colour is in the dark."""

_SHAPES = {
    "circle": "M0,-1A1,1,0,1,1,0,1A1,1,0,1,1,0,-1Z",
    "square": "M-0.85,-0.85H0.85V0.85H-0.85Z",
    "triangle": "M0,-1.1L1.05,0.8H-1.05Z",
    "diamond": "M0,-1.2L1.2,0L0,1.2L-1.2,0Z",
    "triangle down": "M0,1.1L1.05,-0.8H-1.05Z",
    "cross": "M-0.35,-1H0.35V-0.35H1V0.35H0.35V1H-0.35V0.35H-1V-0.35H-0.35Z",
}

_DASHES = ((1, 0), (7, 3), (2, 3), (9, 3, 2, 3))
"""Lengths of lines and gaps in pixels; the first is a line without gaps."""


class Style(NamedTuple):
    """How a strategy is drawn: its light colour, its shape as an SVG path around 0, its dash."""

    colour: str
    shape: str
    dash: tuple[int, ...]


def styles(names: Iterable[str], reference: str, yardsticks: Collection[str]) -> dict[str, Style]:
    """Return the style of each name: yardsticks are grey, the reference has a colour to itself."""
    ordered = sorted({*names})
    grey = [name for name in ordered if name in yardsticks]
    others = [name for name in ordered if name not in {*grey, reference}]
    by_name = {
        reference: _style([_VERMILLION], 0),
        **{name: _style([_GREY], nth) for nth, name in enumerate(grey)},
        **{name: _style(list(_STRATEGIES), nth) for nth, name in enumerate(others)},
    }
    return {name: by_name[name] for name in ordered}


def _style(colours: Sequence[str], nth: int) -> Style:
    """Return the nth style: where a colour comes again, its shape and its dash are others."""
    turn, place = divmod(nth, len(colours))
    shapes = list(_SHAPES.values())
    return Style(colours[place], shapes[(place + turn) % len(shapes)], _DASHES[turn % len(_DASHES)])


def page_rule(*, dark: bool = False) -> str:
    """Return the CSS rule that defines the colours which a page and its charts share."""
    names = {"paper": PAPER, "ink": INK, "quiet": QUIET, "line": GRID}
    defined = (f"--{name}:{DARK[light] if dark else light}" for name, light in names.items())
    return f":root{{{';'.join(defined)}}}"


def dark_rules(within: str = "") -> str:
    """Return the CSS rules that turn every light colour of a chart, `within` a selector, dark."""
    return "\n".join(
        f"{within} [{part}='{light}']{{{part}:{dark}}}"
        for light, dark in DARK.items()
        for part in ("fill", "stroke")
    )
