"""Worked examples: other people's schemas, read several ways and measured with this harness."""
