"""Blocks of the documents, generated from the committed runs so that no figure is typed by hand.

A document marks what is generated with a pair of comments:

    <!-- generated: compare results/some-run.jsonl -->
    <!-- end of generated -->

`python -m harness publish` renews what is between them; a test fails when it is stale.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness import blocks, discovery

if TYPE_CHECKING:
    from pathlib import Path

DOCUMENTS = ("README.md", "results/README.md")
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
