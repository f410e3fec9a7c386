"""Text that others wrote, made fit to be shown: one line, no terminal escapes, not endless."""

from __future__ import annotations

LONGEST = 2_000
"""Characters after which a text is cut: no name, label or error of ours is near it."""


def printable(text: str) -> str:
    r"""Give the text with a backslash escape (`\x1b`, `\n`) for all that is no visible character.

    A strategy's name, label or error may hold anything; shown raw it could move a terminal's
    cursor, recolour it or break a line of a table. What is longer than LONGEST is cut.
    """
    shown = f"{text[:LONGEST]}…" if len(text) > LONGEST else text
    if shown.isprintable():
        return shown
    return "".join(each if each.isprintable() else _escaped(each) for each in shown)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
