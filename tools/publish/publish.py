"""Blocks of the documents, generated from the committed runs so that no figure is typed by hand.

A document marks what is generated with a pair of comments:

    <!-- generated: compare results/some-run.jsonl -->
    <!-- end of generated -->

`python -m harness publish` renews what is between them, and the reports of the reference run; a
test fails when they are stale.
"""

from __future__ import annotations

import re
from pathlib import Path

from callmeter import discovery
from harness.model import run as results
from harness.report import reports
from harness.report.reports._content import Options
from tools.publish import blocks

DOCUMENTS = ("README.md", "results/README.md", "examples/chinook/README.md", "DEPENDENCIES.md")
REPORTS = ("results/reference.svg", "results/reference.html")
"""Each is of the run of the same name, in the format that its name ends in."""

BLOCK = re.compile(
    r"(?P<start><!-- generated: (?P<what>\S+)(?P<runs>[^>]*?) -->\n)"
    r".*?(?P<end><!-- end of generated -->)",
    re.DOTALL,
)


def renewed(document: str, folder: Path) -> str:
    """Give the document with every generated block made anew; run paths are below `folder`.

    Raises ResultsError for a run that cannot be read, UsageError for an unknown block.
    """

    def block(match: re.Match[str]) -> str:
        paths = [folder / path for path in match["runs"].split()]
        made = discovery.load(blocks, match["what"]).make(paths)
        return f"{match['start']}\n{made}\n\n{match['end']}"

    return BLOCK.sub(block, document)


def rendered(report: str, folder: Path) -> str:
    """Give the text of one of `REPORTS`, made anew; raises ResultsError for what is no run."""
    run = results.read(folder / Path(report).with_suffix(".jsonl"))
    return str(discovery.load(reports, Path(report).suffix[1:]).render(run, Options()))
