"""Certificates for TLS on this machine, each signed by itself: made by the openssl command."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = shutil.which("openssl")
needs_openssl = pytest.mark.skipif(PROGRAM is None, reason="openssl is not installed")


class Certificate(NamedTuple):
    """The files of a certificate and of its key."""

    file: Path
    key: Path


def certificate(folder: Path, host: str) -> Certificate:
    """Make one for that host, which whoever trusts it takes for an authority too."""
    made = Certificate(folder / f"{host}.crt", folder / f"{host}.key")
    subprocess.run(
        [
            *(str(PROGRAM), "req", "-x509", "-nodes", "-days", "2", "-subj", f"/CN={host}"),
            *("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
            *("-addext", f"subjectAltName=DNS:{host}"),
            *("-out", str(made.file), "-keyout", str(made.key)),
        ],
        check=True,
        capture_output=True,
    )
    made.key.chmod(0o600)
    return made
