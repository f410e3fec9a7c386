"""What a person sees: the answer on standard output, notes and errors on standard error."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, suppress
from shutil import get_terminal_size
from threading import Timer
from typing import TYPE_CHECKING

from callmeter import discovery
from callmeter.errors import UsageError
from callmeter.units import format_bytes
from harness.base import output
from harness.base.escape import printable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from harness.report.document import Document

WIDTH = 80
"""Columns of a pipe or a file."""
DRAWN_BY_VEGA = ("html", "svg")
"""Formats whose writers need several times what all else of a command does."""
SECONDS_SILENT = 2.0
"""After which a command prints what takes so long."""
ASCII = str.maketrans(
    {
        **dict.fromkeys("\u2013\u2014\u2212\u2500", "-"),
        **dict.fromkeys("\u2018\u2019", "'"),
        **dict.fromkeys("\u201c\u201d", '"'),
        **dict.fromkeys("\u2588\u2587\u2586\u2585\u2584\u2589\u258a\u258b", "#"),
        "\u2502": "|",
        "\u2022": "*",
        "\u2026": "...",
        "\u00d7": "x",
        "\u00b1": "+-",
        "\u2192": "->",
    }
)
"""What stands for a character where the terminal does not have it."""


def tell(message: str) -> None:
    """Print a line on standard error, if there is anybody to read it."""
    with suppress(OSError):  # a terminal that was closed, a full disk
        line = as_encoded(printable(message), sys.stderr.encoding)
        print(line, file=sys.stderr, flush=True)


def show(text: str) -> None:
    """Print the answer, as the terminal can; raises UsageError for a full disk.

    A reader who has seen enough (`| head`) is no error.
    """
    try:
        print(as_encoded(text, sys.stdout.encoding), flush=True)
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            raise UsageError(f"cannot print the answer: {error.strerror or error}") from error


def as_encoded(text: str, encoding: str | None) -> str:
    """Return the text in characters of that encoding: dashes and bars as ASCII has them."""
    encoding = encoding or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        plain = text.translate(ASCII)
        return plain.encode(encoding, "backslashreplace").decode(encoding)
    return text


def answer(document: Document, form: str, output_path: Path | None = None) -> None:
    """Write the document to the file that --output names, or else print it."""
    from harness.report import formats

    with busy(f"writing the {form}"):
        width = columns()
        if form in DRAWN_BY_VEGA:
            text = _drawn_by_vega(document, form, width)
        else:
            text = discovery.load(formats, form).write(document, width)
    if output_path:
        output.write(output_path, text)
        tell(f"Written: {with_size(output_path)}")
    else:
        show(text)


def columns(otherwise: int = WIDTH) -> int:
    """Return the columns of the terminal, or those of COLUMNS; of a pipe, those otherwise."""
    is_known = sys.stdout.isatty() or "COLUMNS" in os.environ
    return get_terminal_size((otherwise, 0)).columns if is_known else otherwise


def _drawn_by_vega(document: Document, form: str, width: int) -> str:
    """Return what its writer, in a process of its own, makes of the document's run."""
    from harness.report.apart import apart
    from harness.report.document import Document as Bare

    bare = Bare((), run=document.drawn_run(form), sort=document.sort)
    return apart(f"harness.report.formats.{form}:write", bare, width)


def with_size(path: Path) -> str:
    """Return the path of a file with its size: `run.jsonl (41.2 kB)`."""
    return f"{path} ({format_bytes(path.stat().st_size)})"


@contextmanager
def busy(what: str) -> Iterator[None]:
    """Print what is done, if it takes over two seconds."""
    timer = Timer(SECONDS_SILENT, tell, [f"{what} ..."])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
