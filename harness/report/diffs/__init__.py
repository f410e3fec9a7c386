"""The formats of a difference: one module each, found by its file.

A format is a module with a docstring, whose first line says what it gives, and a function
`render(difference, shown) -> str`. It turns what two runs differ in into text and opens no file.
"""
