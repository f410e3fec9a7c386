"""The report formats: one module each, found by its file.

A format is a module with a docstring, whose first line says what it gives, and a function
`render(run, options) -> str`. It turns a saved run into text and opens no file.
"""
