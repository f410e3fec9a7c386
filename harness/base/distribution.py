"""Our distribution: its name, the version that is installed, its folders in the cache."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

NAME = "mapping-strategies"


def version() -> str | None:
    """Return the version that is installed; None where the code is in use without that."""
    from importlib import metadata

    try:
        return metadata.version(NAME)
    except metadata.PackageNotFoundError:
        return None


def cache_folder(kind: str) -> Path:
    """Return the folder of the `runs`, say, in the user's cache folder; it may not be there."""
    from platformdirs import user_cache_path

    return user_cache_path(NAME) / kind


def command_to_install(*extras: str) -> str:
    """Return pip's command that brings these extras."""
    return f"pip install '{NAME}[{','.join(extras)}]'"
