"""A paper's full text: from arXiv's HTML, else from its PDF, else its abstract.

`html.py` and its parts turn a page into a `FullText`, `fetch.py` asks arXiv, `reader.py` decides which text counts.
"""

from __future__ import annotations

from collections.abc import Callable

ARXIV = "https://arxiv.org"  # where links to a text lead

Told = Callable[[int, int], None]  # is called with the kilobytes that have come and those in all, 0 if that is unknown
