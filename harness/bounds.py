"""How large what a saved run says may be: a file that says more is damaged."""

from __future__ import annotations

from typing import Annotated

import msgspec

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
