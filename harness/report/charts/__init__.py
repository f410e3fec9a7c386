"""The charts of a run: their data, their marks, their colours."""
