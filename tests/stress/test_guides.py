"""The guides that measure, followed as they are written; the others: tests/test_docs.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from guides import MEASURING, PAGES, follow
from support import as_dsn

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import URL


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page.stem in MEASURING], ids=lambda page: page.stem
)
def test_a_guide_does_what_it_shows(page: Path, tmp_path: Path, foreign: URL) -> None:
    follow(page, tmp_path, DSN=as_dsn(foreign))
