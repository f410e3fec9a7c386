"""Functions of the user's own: found, called, awaited, compared with one another."""
