"""Chinook, the digital media store: three reads of its repository, each done several ways."""
