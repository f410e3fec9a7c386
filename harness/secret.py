"""Passwords, kept out of what is printed and saved."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

IN_A_URL = re.compile(r"""(?<=://)([^:/@\s]*):([^@\s]+(?:@[^@\s/'",]+)*)(?=@)""")
IN_WORDS = re.compile(
    r"""((?:password|passwd|pwd)["']?\]?\s*(?:=(?!=)|:)\s*)("[^"]*"|'[^']*'|[^\s'"&(),;]+)""",
    re.IGNORECASE,
)
"""In a DSN's words, a keyword argument, a dictionary, an assignment."""
PASSWORDS = ("PGPASSWORD", "DATABASE_PASSWORD", "DB_PASSWORD")
"""Environment variables that are a password."""
STARS = "***"


def masked(text: str, *urls: str, environment: Mapping[str, str] = os.environ) -> str:
    """Give the text without the passwords of these URLs, of those in it, and of the environment's.

    A password is found as it is, and as a URL quotes it. `urls` may be any texts with URLs in them.
    """
    known = {secret for url in urls for secret in _of(url)}
    for name, value in environment.items():
        known.update(_of(value) if name not in PASSWORDS else [value])
    spelled = {form for secret in known for form in (secret, quote(secret, safe=""), quote(secret))}
    for secret in sorted(filter(None, spelled), key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", STARS, text)
    text = IN_A_URL.sub(rf"\1:{STARS}", text)
    return IN_WORDS.sub(rf"\1{STARS}", text)


def _of(url: str) -> Iterator[str]:
    for _, secret in IN_A_URL.findall(url):
        yield from (secret, unquote(secret))
