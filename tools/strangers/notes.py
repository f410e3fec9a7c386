"""Why figures differ where they do: what an instrument of the kind adds or cannot see."""

from __future__ import annotations

NOTES = {
    "pyyaml": (
        "each of the generators that wait at its peak has a frame object that CPython makes "
        "only because memray has calls traced; where they are, the other counts the same"
    ),
    "duckdb": (
        "its jemalloc maps a reserve of some MB in one call and not in another; what is mapped "
        "counts, used or not, and the resident memory agrees"
    ),
    "pandas": (
        "pyarrow is in use in its process (see there): resident memory differs from process to "
        "process"
    ),
    "polars": (
        "its data are in jemalloc's reserve: what is counted is what it maps anew in one call and "
        "not in another, and resident memory is the figure to plan with"
    ),
    "pyarrow": (
        "its pool is mimalloc's, which neither instrument counts, and which keeps what its threads "
        "have freed: resident memory was 2 to 13 MB from process to process"
    ),
    "tortoise_orm": (
        "SQLite is read in a thread: which of malloc's arenas it has, and what is free there, "
        "differs from process to process; with MALLOC_ARENA_MAX=1 the resident memory agrees"
    ),
}
"""By the function's name; what is no difference of figures is noted where they would mislead."""
