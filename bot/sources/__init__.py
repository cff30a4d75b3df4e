"""The edges to the paper sources, one module each: ask, validate, return papers."""
