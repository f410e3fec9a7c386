"""The pytest plugin: a test's calls measured, and held to the memory that it allows.

Imported with every pytest session of the environment: what costs time to import is imported
inside functions.
"""
