"""The published runs, and how they are made again."""
