"""The formats of a document: one module each, found by its file.

A format is a module with a docstring, whose first line says what it is for, and a function
`write(document, width) -> str`, where `width` is the columns that a terminal has. It turns a
document into text and opens no file.
"""
