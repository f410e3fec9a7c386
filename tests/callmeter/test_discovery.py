"""Meters, reports and commands are found by their files."""

from __future__ import annotations

from types import ModuleType

import pytest

from callmeter import discovery, meters
from callmeter.errors import UsageError
from harness import cli
from harness.report import reports

PACKAGES = pytest.mark.parametrize("package", [meters, reports, cli], ids=lambda p: p.__name__)


@PACKAGES
def test_every_module_follows_its_packages_rules(package: ModuleType) -> None:
    promised = {
        meters: {"measure", "REPEATS", "ALONE"},
        reports: {"render"},
        cli: {"run", "EXAMPLES"},
    }[package]
    assert discovery.names(package)
    for name in discovery.names(package):
        module = discovery.load(package, name)
        assert promised <= vars(module).keys(), name
        assert module.__doc__, name


@PACKAGES
def test_an_unknown_name_is_refused(package: ModuleType) -> None:
    with pytest.raises(UsageError, match="there are: "):
        discovery.load(package, "zzzzz")
