"""The generated blocks of the documents: one module each, found by its file.

A block is a module with a docstring, whose first line says what it gives, and a function
`make(paths) -> str`, which gives Markdown made of the committed runs at these paths.
"""
