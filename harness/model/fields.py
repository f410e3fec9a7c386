"""How large what a saved run says may be: a file that says more is damaged."""

from __future__ import annotations

from typing import Annotated

import msgspec

LARGEST = 20_000_000
"""Bytes of the largest file that is read: a run of all strategies has some 100,000."""
LONGEST_LINE = 1_000_000
"""Bytes of its longest line: an explanation has some 4,000."""
MOST_ROWS = 1_000
"""Of a run's tables, a strategy at a payroll each: the published runs have fewer than 100."""
MOST_FIGURES = 30
"""Names of figures in a run: the meters give ten."""
MOST_CELLS = 50_000
"""Measurements that one command takes: more than a day of them."""
MOST_REPEATS = 1_000
LONGEST_SECONDS = 604_800
"""A week: the longest that a measurement may be waited for."""
MOST = 10**9
MOST_FIGURE = 10**18
"""An exabyte, and more seconds than there were."""

Count = Annotated[int, msgspec.Meta(ge=0, le=MOST)]
AtLeastOne = Annotated[int, msgspec.Meta(ge=1, le=MOST)]
Bytes = Annotated[int, msgspec.Meta(ge=1, le=MOST_FIGURE)]
BytesIfAny = Annotated[int, msgspec.Meta(ge=0, le=MOST_FIGURE)]
Seconds = Annotated[float, msgspec.Meta(ge=0, le=MOST_FIGURE)]
Figure = Annotated[float, msgspec.Meta(ge=-MOST_FIGURE, le=MOST_FIGURE)]
FigureName = Annotated[str, msgspec.Meta(pattern="^[a-z]+(_[a-z]+)*_(bytes|seconds)$")]
"""A figure's name ends in its unit."""
