"""What a run is: cells, metrics, the saved form, its summaries. Pure."""
