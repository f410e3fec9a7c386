"""The Postgres that is measured on: the embedded one, or the one that a --dsn names."""
