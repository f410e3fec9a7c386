"""Vega, from vl-convert, which holds all of it: nothing is fetched, and no browser is needed."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import altair as alt
import vl_convert

from harness.report.charts.palette import INK

if TYPE_CHECKING:
    from harness.report.charts.parts import Spec

VERSION = ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
ANCHORS = ("right", "left", "top", "bottom", "top-right", "bottom-right", "top-left", "bottom-left")
ROOM_FOR_NAMES = 130
"""Pixels beside a chart that names may use."""

NAME_HEIGHT = 14
"""Pixels from a name to the next in a column."""

SNIPPET = "window.vegaEmbed = vegaEmbed;"


@cache
def bundle() -> str:
    """Return the script that defines `vegaEmbed`, for use inside of a script element."""
    script: str = vl_convert.javascript_bundle(SNIPPET, vl_version=VERSION)
    return script.replace("</script", "<\\/script")


def compiled(spec: Spec) -> Spec:
    """Return the Vega specification of a Vega-Lite one, whose names do not overlap."""
    vega: Spec = vl_convert.vegalite_to_vega(spec, vl_version=VERSION)
    _separate_names(vega["marks"])
    return vega


def to_svg(spec: Spec) -> str:
    """Return the chart of a Vega-Lite specification that holds its data, as SVG."""
    svg: str = vl_convert.vegalite_to_svg(spec, vl_version=VERSION)
    return svg


def _separate_names(marks: list[dict[str, Any]]) -> None:
    """Place the marks `names` beside, and `column` right of, the marks of `points`, all apart.

    Vega can, at whatever width the reader has; Vega-Lite has no word for it.
    """
    for mark in [*marks]:
        _separate_names(mark.get("marks", []))
        if mark.get("name") == "names_marks":
            mark.update(_names({}), transform=[_at_the_first_free_place()])
        elif mark.get("name") == "column_marks":
            place = {"x": {"signal": "width + 16"}, "y": {"field": "y"}}
            mark.update(_names({**place, "baseline": {"value": "middle"}}))
            mark["transform"] = _in_a_column()
            marks.append(_leaders())


def _names(placed: Spec) -> Spec:
    """Return the encoding of marks placed so, which are the names of the strategies of `points`."""
    text = {"text": {"field": "datum.strategy"}, "fontSize": {"value": 12}, "fill": {"value": INK}}
    return {"from": {"data": "points_marks"}, "encode": {"update": {**text, **placed}}}


def _at_the_first_free_place() -> Spec:
    return {
        "type": "label",
        "size": {"signal": f"[width + {ROOM_FOR_NAMES}, height]"},
        "anchor": ANCHORS,
        "offset": [8] * 4 + [5] * 4,
    }


def _in_a_column() -> list[Spec]:
    """Return the steps that move names up or down, no further than it takes to have a line.

    Pushed down only, the n-th name is below every earlier one; pushed up only, above every later
    one. Both keep the order and the distance, and so does the middle of the two.
    """
    by_height = {"type": "window", "sort": {"field": "y"}, "ignorePeers": True}
    down = {"ops": ["max"], "fields": ["free"], "frame": [None, 0], "as": ["pushed_down"]}
    up = {"ops": ["min"], "fields": ["free"], "frame": [0, None], "as": ["pushed_up"]}
    middle = f"(datum.pushed_down + datum.pushed_up) / 2 + datum.nth * {NAME_HEIGHT}"
    return [
        {**by_height, "ops": ["row_number"], "as": ["nth"]},
        {"type": "formula", "expr": f"datum.y - datum.nth * {NAME_HEIGHT}", "as": "free"},
        {**by_height, **down},
        {**by_height, **up},
        {"type": "formula", "expr": middle, "as": "y"},
    ]


def _leaders() -> Spec:
    """Return the lines from the marks of `points` to their names in the column."""
    ends = {
        "x": {"field": "datum.x"},
        "y": {"field": "datum.y"},
        "x2": {"field": "x", "offset": -4},
        "y2": {"field": "y"},
    }
    return {
        "type": "rule",
        "from": {"data": "column_marks"},
        "encode": {"update": {**ends, "stroke": {"field": "datum.fill"}}},
    }
