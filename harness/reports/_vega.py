"""Vega, from vl-convert, which holds all of it: nothing is fetched, and no browser is needed."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import altair as alt
import vl_convert

from harness.reports._palette import INK

if TYPE_CHECKING:
    from harness.reports._chart_parts import Spec

VERSION = ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
ANCHORS = ("right", "left", "top", "bottom", "top-right", "bottom-right", "top-left", "bottom-left")
ROOM_FOR_NAMES = 130
"""Pixels beside a chart that names may use."""


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
    """Put each of the marks `names` at the first free place beside its mark of `points`.

    Vega can, at whatever width the reader has; Vega-Lite has no word for it.
    """
    for mark in marks:
        _keep_names_apart(mark.get("marks", []))
        if mark.get("name") == "names_marks":
            mark["from"] = {"data": "points_marks"}
            mark["encode"] = {
                "enter": {
                    "text": {"field": "datum.strategy"},
                    "fontSize": {"value": 12},
                    "fill": {"value": INK},
                }
            }
            mark["transform"] = [
                {
                    "type": "label",
                    "size": {"signal": f"[width + {ROOM_FOR_NAMES}, height]"},
                    "anchor": ANCHORS,
                    "offset": [8] * 4 + [5] * 4,
                }
            ]
