"""A page's template with its styles and scripts; all that comes from a run is escaped."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from harness.report.charts import palette

if TYPE_CHECKING:
    from collections.abc import Sequence

PARTS = Path(__file__).parent


def rendered(name: str, css: Sequence[str], scripts: Sequence[str], /, **values: Any) -> str:
    """Return the page of that template, with those files in it, in their order."""
    return (
        _environment()
        .get_template(name)
        .render(
            grey=palette.QUIET,
            ink=palette.INK,
            pale=palette.PALE,
            css=[unescaped(_read(file)) for file in css],
            light=unescaped(palette.page_rule()),
            dark=unescaped(f"{palette.page_rule(dark=True)}\n{palette.dark_rules('svg')}"),
            scripts=[unescaped(_read(file)) for file in scripts],
            **values,
        )
    )


def in_script(json_text: str) -> Markup:
    """Return JSON that no HTML parser takes for the end of its element: `<` is only in strings."""
    return Markup(json_text.replace("<", "\\u003c"))  # noqa: S704 - escaped as JSON


def unescaped(text: str) -> Markup:
    """Return a text of this package, or of Vega's, as it is."""
    return Markup(text)  # noqa: S704 - nothing of the run is in it


def _read(name: str) -> str:
    return (PARTS / name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(PARTS),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
