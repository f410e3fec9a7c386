"""What the harness must survive, tried as often as one likes: `make trust`.

A part is one module here with `tried(times) -> Iterator[Trial]`; what it gives is saved in
`results/trust/`, a file a part, which the tables in results/README.md are made of.
"""
