"""A digest or a paper as Markdown."""
