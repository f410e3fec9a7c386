"""The documents with generated parts, and the files that are generated whole."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from callmeter import discovery
from callmeter.errors import UsageError, unknown
from harness.analysis.candidate import Payrolls
from harness.analysis.choice import Limits, Source, decide
from harness.analysis.container import Service
from harness.model.merge import merge_runs
from harness.model.saved import CHOSEN_FROM, read
from harness.report import comparison, decision, formats
from harness.report.document import Document
from harness.report.format import listed
from harness.report.formats import adr, markdown
from harness.report.page import chooser
from tools.publish.blocks import BLOCKS

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCUMENTS = ("*.md", "docs/*.md", "results/README.md", "examples/*/*.md")
REPORTS = (
    *("results/reference.html", "results/reference.svg", "results/repetition.svg"),
    "results/service.html",
)
"""Each is of the run of the same name, in the format that its name ends in."""
BADGE, BADGE_OF = "results/badge.svg", "results/reference.jsonl"
STACKS = tuple(
    f"results/{folder}/*.jsonl" for folder in ("stacks", "stacks-10000", "stacks-resident")
)
CHOOSER = "results/choose.html"
"""The page that a reader chooses on: of the runs that `choose` reads, and of those of STACKS."""
RECORD = "results/0001-read-premiums.md"
RECORD_OF = tuple(f"results/{path.name}" for path in CHOSEN_FROM)
RECORDED = (
    Limits(10_000, 512e6, service=Service(at_once=4, base=180e6)),
    "--entries 10,000 --container 512MB --base 180MB --at-once 4",
)
"""The limits of the team's case, and how they are asked for on the command line."""

MARK = re.compile(r"^<!-- block: ", re.MULTILINE)
BLOCK = re.compile(
    r"^(?P<mark><!-- block: (?P<name>\S+)(?P<paths>(?: \S+)*) -->)\n"
    r"(?:(?!<!-- block: ).)*?^(?P<end><!-- end -->)$",
    re.DOTALL | re.MULTILINE,
)


def stale(root: Path) -> Iterator[tuple[Path, str]]:
    """Yield each file below the folder that is out of date, with its text made anew."""
    for path in (path for pattern in DOCUMENTS for path in sorted(root.glob(pattern))):
        text = path.read_text(encoding="utf-8")
        if (made := renewed(text, root)) != text:
            yield path, made
    for name in (*REPORTS, CHOOSER, RECORD, BADGE):
        path, made = root / name, f"{generated(name, root)}\n"
        if not path.exists() or _compared(path.read_text("utf-8"), name) != _compared(made, name):
            yield path, made


def renewed(document: str, root: Path) -> str:
    """Return the document with each block made anew, from files below the folder.

    Raises UsageError for a block that there is not or that does not end, ResultsError for a run
    that cannot be read.
    """
    if len(MARK.findall(document)) != len(BLOCK.findall(document)):
        raise UsageError("a block does not end: <!-- end --> is missing after <!-- block: ... -->")

    def made(match: re.Match[str]) -> str:
        drawn = block(match["name"], [root / path for path in match["paths"].split()], root)
        return "\n\n".join(part for part in (match["mark"], drawn, match["end"]) if part)

    return BLOCK.sub(made, document)


def block(name: str, paths: list[Path], root: Path) -> str:
    """Return the block as Markdown, made from those files, or from its usual ones."""
    if name not in BLOCKS:
        raise unknown("block", name, BLOCKS)
    make, usual = BLOCKS[name]
    found = paths or [path for pattern in usual for path in sorted(root.glob(pattern))]
    return markdown.write(Document(tuple(make(found))), markdown.WIDTH)


def generated(name: str, root: Path) -> str:
    """Return the text of a file that is generated whole: a page, the record or the badge."""
    if name == RECORD:
        limits, asked = RECORDED
        command = f"python -m harness choose {asked} --format adr"
        run = merge_runs([read(root / path) for path in RECORD_OF])
        source = Source(listed(RECORD_OF), command)
        document = decision.document(decide(run, limits, Payrolls(), None, source))
        return adr.write(document, markdown.WIDTH)
    if name == CHOOSER:
        results = root / "results"
        usual = (results / path.name for path in CHOSEN_FROM)
        paths = [*usual, *(path for pattern in STACKS for path in sorted(root.glob(pattern)))]
        runs = {path.relative_to(results).as_posix(): read(path) for path in paths}
        return chooser.page(runs).removesuffix("\n")
    is_badge = name == BADGE
    run = read(root / BADGE_OF if is_badge else (root / name).with_suffix(".jsonl"))
    form = discovery.load(formats, "badge" if is_badge else Path(name).suffix[1:])
    return str(form.write(comparison.document(run, full=True), markdown.WIDTH)).removesuffix("\n")


def _compared(text: str, name: str) -> str:
    """Return what is compared: of a picture its texts, as their places depend on fonts."""
    if not name.endswith(".svg"):
        return text
    return "\n".join(ET.fromstring(text).itertext())  # noqa: S314 (our file)
