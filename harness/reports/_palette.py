"""The colours and shapes of every picture: the same strategy or layer looks the same in all.

Pictures are drawn in the light colours; `dark_rules` gives the CSS that puts the dark ones in
their place, so that one picture serves both. The hues are Paul Tol's "muted" set for strategies
and Okabe and Ito's for layers, made for colour-blind readers; no picture tells strategies apart
by colour alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from harness import baselines
from harness.plan import REFERENCE

if TYPE_CHECKING:
    from collections.abc import Iterable

INK, QUIET, GRID, PAPER, FRONT = "#1f2328", "#59636e", "#d9dee4", "#ffffff", "#8a6d00"
_GREY, _VERMILLION = "#8b949e", "#d55e00"
_BLUE, _SKY, _ORANGE, _GREEN, _PINK = "#0072b2", "#56b4e9", "#e69f00", "#009e73", "#cc79a7"
_VIOLET = "#4b3a8f"
_STRATEGIES = {
    "#332288": "#9b93f0",
    "#44aa99": "#55c2b0",
    "#882255": "#e0709f",
    "#4393c8": "#6cb6e8",
    "#117733": "#4dbb71",
    "#aa4499": "#d07cc2",
    "#999933": "#bcbc55",
    "#cc6677": "#e58a98",
    "#7a5230": "#c09468",
    "#c2a83e": "#ddcc77",
}
LAYERS = {
    "driver values": _BLUE,
    "driver rows": _SKY,
    "driver result buffers": _VIOLET,
    "SQLAlchemy engine and result": _ORANGE,
    "SQLAlchemy ORM": _VERMILLION,
    "domain objects": _GREEN,
    "containers and sharing pools": _PINK,
    "other": _GREY,
}
"""The layers of an explanation as they are drawn, a few in one, from the database's end."""

MEASURES = (_BLUE, _ORANGE, _PINK)
"""The colours of figures that are shown beside each other."""

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


class Look(NamedTuple):
    """How a strategy is drawn: its light colour, and its shape as an SVG path around 0."""

    colour: str
    shape: str


def looks(strategies: Iterable[str]) -> dict[str, Look]:
    """Give each strategy its look: baselines in grey, the reference in a colour of its own."""
    found: dict[str, Look] = {}
    colours = list(_STRATEGIES)
    shapes = list(_SHAPES.values())
    nth = 0
    for name in sorted(set(strategies)):
        if name in baselines.ALL:
            colour = _GREY
        elif name == REFERENCE:
            colour = _VERMILLION
        else:
            colour = colours[nth % len(colours)]
            nth += 1
        found[name] = Look(colour, shapes[len(found) % len(shapes)])
    return found


def dark_rules(within: str = "") -> str:
    """Give CSS rules that turn every light colour of a picture, `within` a selector, dark."""
    return "\n".join(
        f"{within} [{part}='{light}']{{{part}:{dark}}}"
        for light, dark in DARK.items()
        for part in ("fill", "stroke")
    )
