"""How large what a saved run says may be: a file that says more is damaged."""

from __future__ import annotations

from typing import Annotated

import msgspec

LARGEST = 20_000_000
"""Bytes of the largest file that is read: the largest published run has some 700,000."""
LONGEST_LINE = 4_000_000
"""Bytes of its longest line: that of MOST_CALLS has 3,000,000; an explanation, some 6,000."""
MOST_ROWS = 1_000
"""Of a run's tables, a strategy at a payroll each: the published runs have fewer than 200."""
MOST_METRICS = 60
"""Metrics in a run: there are some 30."""
MOST_CELLS = 50_000
"""Measurements that one command takes: more than a day of them."""
MOST_REPEATS = 1_000
MOST_REPETITION = 1_000
"""Times larger that pools of values may be made: 300,000 amounts hardly repeat."""
MOST_AT_ONCE = 256
"""Calls at once: each has a thread, and a result that is held."""
MOST_CALLS = 100_000
"""Calls of one worker, one after the other: hours of them."""
MOST_CALLS_IN_A_RUN = 500_000
"""Calls of all of its workers: each call is two numbers in the file, of some 15 bytes."""
MOST_LIVE_OBJECTS = 100_000_000
"""Beside a call: they take some 10 GB."""
LONGEST_SECONDS = 604_800
"""A week: the longest that a measurement may be waited for."""
MOST = 10**9
MOST_VALUE = 10**18
"""An exabyte, and more seconds than there were."""

Count = Annotated[int, msgspec.Meta(ge=0, le=MOST)]
AtLeastOne = Annotated[int, msgspec.Meta(ge=1, le=MOST)]
Repetition = Annotated[int, msgspec.Meta(ge=1, le=MOST_REPETITION)]
AtOnce = Annotated[int, msgspec.Meta(ge=1, le=MOST_AT_ONCE)]
Seconds = Annotated[float, msgspec.Meta(ge=0, le=MOST_VALUE)]
Value = Annotated[float, msgspec.Meta(ge=-MOST_VALUE, le=MOST_VALUE)]
Share = Annotated[float, msgspec.Meta(ge=-1, le=2)]
"""Of a machine's time; as counted, rounding may take it beyond 0 and 1."""
MetricKey = Annotated[str, msgspec.Meta(pattern="^[a-z]+(_[a-z]+)*$")]
