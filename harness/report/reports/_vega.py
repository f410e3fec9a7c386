"""Vega, from vl-convert, which holds all of it: nothing is fetched, and no browser is needed."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import altair as alt
import vl_convert

from harness.report.reports._palette import INK

if TYPE_CHECKING:
    from harness.report.reports._chart_parts import Spec

VERSION = ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
ANCHORS = ("right", "left", "top", "bottom", "top-right", "bottom-right", "top-left", "bottom-left")
ROOM_FOR_NAMES = 130
"""Pixels beside a chart that names may use."""

NAME_HEIGHT = 14
"""Pixels from a name to the next in a column."""

SNIPPET = "window.vegaEmbed = vegaEmbed;"


@cache
def bundle() -> str:
    """Give the script that defines `vegaEmbed`, for use inside of a script element."""
    script: str = vl_convert.javascript_bundle(SNIPPET, vl_version=VERSION)
    return script.replace("</script", "<\\/script")


def compiled(spec: Spec) -> Spec:
    """Give the Vega specification of a Vega-Lite one, with names kept from lying on each other."""
    made: Spec = vl_convert.vegalite_to_vega(spec, vl_version=VERSION)
    _keep_names_apart(made["marks"])
    return made


def drawn(spec: Spec) -> str:
    """Give the picture of a Vega-Lite specification that holds its data, as SVG."""
    picture: str = vl_convert.vegalite_to_svg(spec, vl_version=VERSION)
    return picture


def _keep_names_apart(marks: list[dict[str, Any]]) -> None:
    """Keep the marks `names` and `column` apart: names beside, or right of, the marks of `points`.

    Vega can, at whatever width the reader has; Vega-Lite has no word for it.
    """
    for mark in [*marks]:
        _keep_names_apart(mark.get("marks", []))
        if mark.get("name") == "names_marks":
            mark.update(_names({}), transform=[_at_the_first_free_place()])
        elif mark.get("name") == "column_marks":
            place = {"x": {"signal": "width + 16"}, "y": {"field": "y"}}
            mark.update(_names({**place, "baseline": {"value": "middle"}}))
            mark["transform"] = _in_a_column()
            marks.append(_leaders())


def _names(placed: Spec) -> Spec:
    """Give the names of the strategies of `points`, in marks that are placed so."""
    said = {"text": {"field": "datum.strategy"}, "fontSize": {"value": 12}, "fill": {"value": INK}}
    return {"from": {"data": "points_marks"}, "encode": {"update": {**said, **placed}}}


def _at_the_first_free_place() -> Spec:
    return {
        "type": "label",
        "size": {"signal": f"[width + {ROOM_FOR_NAMES}, height]"},
        "anchor": ANCHORS,
        "offset": [8] * 4 + [5] * 4,
    }


def _in_a_column() -> list[Spec]:
    """Give the steps that move names up or down, as little as it takes for each to have its line.

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
    """Give the lines from the marks of `points` to their names in the column."""
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
