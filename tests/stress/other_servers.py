"""Servers of other versions, where this machine has their programs, and of other settings.

STRESS_POSTGRES names more folders of such programs, as PATH does.
"""

from __future__ import annotations

import os
import re
import tempfile
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.base.errors import DatabaseError
from harness.postgres import programs, server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NAMED = "STRESS_POSTGRES"


def _found() -> dict[str, Path]:
    """Return the folders of programs by their version, such as `15.18`, the oldest first.

    Not that of a run's own server, which all other tests use.
    """
    folders = [Path(name) for name in os.environ.get(NAMED, "").split(os.pathsep) if name]
    folders += Path("/usr/lib/postgresql").glob("*/bin")
    with suppress(DatabaseError):
        ours = programs.of_wheel()
        folders += {*ours.parents[1].glob("pginstall*/bin")} - {ours}
    versions = {}
    for folder in folders:
        done = programs.run(folder / "postgres", "--version", user=None)
        versions[re.findall(r"\d+\.?\w+", done.stdout)[0]] = folder
    return dict(sorted(versions.items()))


FOUND = _found()


def with_tls() -> Path | None:
    """Return the folder of programs of a server that was built with TLS."""
    for folder in FOUND.values():
        asked = folder / "pg_config"  # in some distributions a package of its own
        if not asked.exists():
            continue
        made_with = programs.run(asked, "--configure", user=None).stdout
        if "--with-ssl=" in made_with or "--with-openssl" in made_with:
            return folder
    return None


@contextmanager
def serving(
    folder: Path,
    fill: Callable[[server.Server], object] = server.Server.create,
    rules: str = "",
    **settings: str,
) -> Iterator[server.Server]:
    """Start a server from the programs in that folder, with more rules and settings than a run's.

    `fill` makes its data folder.
    """
    with (
        tempfile.TemporaryDirectory(prefix="o", ignore_cleanup_errors=True) as place,
        ExitStack() as stack,
    ):
        with pytest.MonkeyPatch.context() as patch:  # for this one only, and not while it runs
            patch.setattr(programs, "of_wheel", lambda: folder)
            patch.setattr(server, "RULES", server.RULES + rules)
            patch.setattr(server, "SETTINGS", server.SETTINGS | settings)
            if port := settings.get("port"):
                url_of = server._url
                patch.setattr(server, "_url", lambda folder: url_of(folder).set(port=int(port)))
            ours = server.Server(Path(place))
            stack.callback(ours.stop)
            fill(ours)
            ours.launch()
        yield ours
