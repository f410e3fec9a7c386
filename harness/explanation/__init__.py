"""Where the bytes go: a call recorded, split by layer, and its result counted."""
