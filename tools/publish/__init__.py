"""What renews the published documents; not in the wheel.

A document marks where a block goes by two comments, each on a line by itself. The first names the
block and, if it is to be made from other files than usual, those:

    <!-- block: strategies results/distinct.jsonl -->
    <!-- end -->

`python -m tools.publish` renews what is between them, and the files that are generated whole.
"""
