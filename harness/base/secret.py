"""Passwords, masked in what is printed and saved."""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

IN_A_URL = re.compile(r"""(?<=://)([^:/@\s]*):([^@\s]+(?:@[^@\s/'",]+)*)(?=@)""")
IN_WORDS = re.compile(
    r"""((?:password|passwd|pwd)["']?\]?\s*(?:=(?!=)|:)\s*)"""
    r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s'"&(),;]+)""",
    re.IGNORECASE | re.DOTALL,
)
"""In a DSN's words, a keyword argument, a dictionary, an assignment."""
PASSWORDS = ("PGPASSWORD", "DATABASE_PASSWORD", "DB_PASSWORD")
"""Environment variables that are a password."""
STARS = "***"
LONG_ENOUGH = 6
"""Characters of a password that no other word has within it, unless it is of letters only."""


def masked(text: str, *urls: str, environment: Mapping[str, str] = os.environ) -> str:
    """Return the text without the passwords of these URLs, of those in it, and the environment's.

    A password is found as it is, and as URLs, Python, JSON and libpq's words spell it. `urls` may
    be any texts with URLs in them.
    """
    known = {secret for url in urls for secret in (*_of(url), *_of_words(url))}
    for name, value in environment.items():
        known.update(_of(value) if name not in PASSWORDS else [value])
    spelled = {form for secret in known if secret for form in _spelled(secret)}
    for secret in sorted(spelled, key=len, reverse=True):
        text = re.sub(_found(secret), STARS, text)
    text = IN_A_URL.sub(rf"\1:{STARS}", text)
    return IN_WORDS.sub(rf"\1{STARS}", text)


def _of(url: str) -> Iterator[str]:
    for _, secret in IN_A_URL.findall(url):
        yield from (secret, unquote(secret))
    with suppress(ValueError):  # one that is a URL as a whole may have spaces in its password
        yield unquote(urlsplit(url).password or "")


def _of_words(text: str) -> Iterator[str]:
    is_code = "(" in text  # there `password=name` tells no password
    for _, secret in IN_WORDS.findall(text):
        is_quoted = secret[0] in "'\""
        if is_quoted or not is_code:
            bare = secret[1:-1] if is_quoted else secret
            yield from (bare, unquote(bare), re.sub(r"\\(.)", r"\1", bare))


def _spelled(secret: str) -> Iterator[str]:
    yield secret
    for safe in "", "/", " +":  # " +": SQLAlchemy's
        yield quote(secret, safe=safe)
    yield repr(secret)[1:-1]
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield re.sub(r"(['\\])", r"\\\1", secret)


def _found(secret: str) -> str:
    """Return the pattern that finds it: anywhere, or as a word only where it may be part of one."""
    pattern = re.escape(secret)
    is_word = secret.isalpha() or len(secret) < LONG_ENOUGH
    return rf"(?<!\w){pattern}(?!\w)" if is_word else pattern
