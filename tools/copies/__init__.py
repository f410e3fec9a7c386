"""What repeats find and what they mistake, measured with copies of one strategy."""
