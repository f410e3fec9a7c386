"""Worked examples: another schema, drivers, a slow link and writing, measured by the harness."""
