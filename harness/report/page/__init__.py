"""The page of a run, which works offline: its text, charts, tables and script."""
