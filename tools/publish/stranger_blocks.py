"""The block on functions of public packages, held against other instruments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.figures import load
from tools.strangers import compared

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from harness.report.document import Block


def strangers(paths: Sequence[Path]) -> Iterator[Block]:
    """Yield a row a package: what its call needs, and the ratio to what others measured."""
    for path in paths:
        yield from compared.blocks(load(path))
