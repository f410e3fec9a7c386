"""Why figures differ where they do: what an instrument of the kind adds or cannot see."""

from __future__ import annotations

NOTES = {
    "pyyaml": (
        "its 2,000 generators wait at the peak, and each has a frame object that CPython makes "
        "only because memray has calls traced; where they are, the other counts the same"
    ),
    "duckdb": (
        "its jemalloc maps a reserve of some MB in one call and not in another; what is mapped "
        "counts, used or not, and the resident memory agrees"
    ),
    "polars": (
        "its data lie in jemalloc's reserve, which was mapped by the call before: no allocation to "
        "count is left, and resident memory is the figure to plan with"
    ),
}
"""By the function's name; what is no difference of figures is noted where they would mislead."""
