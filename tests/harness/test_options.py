"""What several commands' options accept."""

from __future__ import annotations

import pytest

from callmeter import discovery, meters
from callmeter.errors import UsageError
from harness.cli import _options as option


def test_all_stands_for_every_meter() -> None:
    assert option.meters(["all"]) == option.meters(["clock", "all"]) == discovery.names(meters)
    assert option.meters(["clock", "rss"]) == ["clock", "rss"]
    assert option.meters(None) is None


def test_a_meter_that_there_is_not_is_named() -> None:
    with pytest.raises(UsageError, match="did you mean clock"):
        option.meters(["clok"])
