"""Finding what a package offers by the files in it, so that a new one is one new file."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from types import ModuleType

from callmeter.errors import unknown


def names(package: ModuleType) -> list[str]:
    """Return the package's modules, in alphabetical order, but for those named with a `_`."""
    folder = Path(str(package.__file__)).parent
    return sorted(path.stem for path in folder.glob("*.py") if not path.stem.startswith("_"))


def load(package: ModuleType, name: str) -> ModuleType:
    """Import one of them; raises UsageError, with a near miss, where there is none."""
    if name not in names(package):
        kind = package.__name__.rpartition(".")[2].removesuffix("s")
        raise unknown(kind, name, names(package))
    return import_module(f"{package.__name__}.{name}")
