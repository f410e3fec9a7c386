"""What follows from a run: differences, limits, predictions, choices. Pure."""
