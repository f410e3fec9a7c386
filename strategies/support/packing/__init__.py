"""Rows that Postgres packs into fixed-width bytes, one a parent with all of its children.

`layout.packed` derives the statement from mapped classes; `reading` runs it and makes objects.
"""
