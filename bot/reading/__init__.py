"""A paper's full text: from arXiv's HTML, else from its PDF, else its abstract.

`html.py` and its parts turn a page into a `FullText`, `fetch.py` asks arXiv, `reader.py` decides which text counts.
"""

from __future__ import annotations

ARXIV = "https://arxiv.org"  # where links to a text lead
