"""Chinook, the digital media store: two reads of its repository, each done several ways."""
