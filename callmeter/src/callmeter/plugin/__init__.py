"""The pytest plugin: the calls of a test measured, and held to the memory that it allows.

Imported by pytest sessions that use it: `callmeter.pytest_plugin`, which every session of the
environment imports, imports these modules inside functions.
"""
