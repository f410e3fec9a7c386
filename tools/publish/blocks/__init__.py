"""The generated blocks of the documents: one module each, found by its file.

A block is a module with a docstring, whose first line says what it gives, and a function
`make(paths) -> str`, which gives Markdown made of the committed runs at these paths. Where a run
has no figure, as its strategy failed or its meter was not available, the block says why.
"""
