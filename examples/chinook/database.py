"""The engines, of the database that DATABASE_URL names: an ordinary one, and one that shares."""

from __future__ import annotations

import os

from sqlalchemy import create_engine

from strategies.support.shared_values import share_values

URL = os.environ["DATABASE_URL"]

engine = create_engine(URL, isolation_level="REPEATABLE READ")  # selectinload reads in two queries

sharing = create_engine(URL, isolation_level="REPEATABLE READ")
share_values(sharing)  # the drop-in: equal values are one object from here on
