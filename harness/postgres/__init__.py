"""The Postgres that is measured on: one of the run's own, or the one that a --dsn names."""
