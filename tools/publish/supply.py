"""What the project depends on: every distribution that it needs, and its licence.

Requirements are pyproject.toml's, those of every extra too, and what each distribution's metadata
says that it requires. Markers are read for this platform and the oldest Python that is supported,
which is the one that the pins are for.
"""

from __future__ import annotations

import tomllib
from importlib import metadata
from typing import TYPE_CHECKING, Any, NamedTuple

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

from callmeter.errors import UsageError
from harness.base.errors import NotAsPinnedError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OTHER_OF_OURS = canonicalize_name("callmeter")
"""This repository's other distribution: what it needs is needed, and itself is not pinned."""
RUN_TIME = ""
"""The extra that is none: what is always needed."""


class Dependency(NamedTuple):
    """A distribution as its metadata names it, and the extras that need it, or RUN_TIME alone."""

    name: str
    version: str
    licence: str
    extras: tuple[str, ...]


def needed(pyproject: Path) -> dict[NormalizedName, tuple[str, ...]]:
    """Give every distribution that the project needs, with the extras that need it.

    What one that is not installed would bring in is not known, and not given.
    """
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
    extras = project.get("optional-dependencies", {})
    by_extra = {extra: set(_brought_in(project, extra)) for extra in extras}
    always = set(_brought_in(project, RUN_TIME))
    return {
        name: (RUN_TIME,) if name in always else tuple(e for e in extras if name in by_extra[e])
        for name in sorted(always.union(*by_extra.values()))
    }


def pins(constraints: Path) -> dict[NormalizedName, str]:
    """Give the version that each is pinned at; raises UsageError for a line that pins nothing."""
    found = {}
    for line in constraints.read_text(encoding="utf-8").splitlines():
        name, equal, version = line.partition("==")
        if equal:
            found[canonicalize_name(name)] = version
        elif not line.startswith("#"):
            raise UsageError(f"{constraints}: {line!r} is no pin; write name==version")
    return found


def installed(name: str) -> str | None:
    """Give the version of the distribution that is installed, None where none is."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def disagreements(pyproject: Path, constraints: Path) -> list[str]:
    """Say where what is needed, pinned and installed are not the same; nothing of what is absent.

    While anything is absent, no pin is said to be needless: it may be that one's.
    """
    need, pinned = needed(pyproject), pins(constraints)
    there = {name: installed(name) for name in {*need, *pinned}}
    needless = [] if None in there.values() else sorted(pinned.keys() - need.keys())
    return [
        *(f"{name} is needed and not pinned" for name in need if name not in pinned),
        *(f"{name} is pinned and not needed" for name in needless),
        *(
            f"{name} is pinned at {version}, installed at {there[name]}"
            for name, version in pinned.items()
            if there[name] not in {None, version}
        ),
    ]


def dependencies(pyproject: Path, constraints: Path) -> list[Dependency]:
    """Give all that the project needs; raises NotAsPinnedError unless it is installed as pinned."""
    absent = (f"{name} is not installed" for name in pins(constraints) if not installed(name))
    if wrong := [*disagreements(pyproject, constraints), *absent]:
        raise NotAsPinnedError(f"only of what is pinned is the licence told: {'; '.join(wrong)}")
    return [
        Dependency(_said(name, "Name")[0], metadata.version(name), _licence(name), extras)
        for name, extras in needed(pyproject).items()
    ]


def _brought_in(project: dict[str, Any], extra: str) -> Iterator[NormalizedName]:
    """Give what the project needs for an extra, directly or not."""
    own = canonicalize_name(project["name"])
    waiting = [(own, RUN_TIME), (own, extra)]
    seen = set(waiting)
    while waiting:
        name, wanted = waiting.pop()
        if name not in (own, OTHER_OF_OURS):
            yield name
        texts = _projects(project, wanted) if name == own else _requires(name)
        for each in map(Requirement, texts):
            if each.marker is None or each.marker.evaluate(_where(project, wanted)):
                new = {(canonicalize_name(each.name), e) for e in (RUN_TIME, *each.extras)} - seen
                seen |= new
                waiting += new


def _projects(project: dict[str, Any], extra: str) -> list[str]:
    found: list[str] = project["optional-dependencies"][extra] if extra else project["dependencies"]
    return found


def _requires(name: str) -> list[str]:
    return (metadata.requires(name) or []) if installed(name) else []


def _where(project: dict[str, Any], extra: str) -> dict[str, str]:
    """Give what a marker is asked about, beside this platform."""
    oldest = project["requires-python"].removeprefix(">=")
    return {"extra": extra, "python_version": oldest, "python_full_version": f"{oldest}.0"}


def _licence(name: str) -> str:
    """Give the licence in the words of the metadata: expression, else classifiers, else text."""
    classified = [
        text.rpartition(" :: ")[2]
        for text in _said(name, "Classifier")
        if text.startswith("License :: ")
    ]
    texts = [text.splitlines()[0] for text in _said(name, "License") if text]
    found = _said(name, "License-Expression") or classified or texts
    return ", ".join(found) or "not said"


def _said(name: str, field: str) -> list[str]:
    return metadata.metadata(name).get_all(field) or []
