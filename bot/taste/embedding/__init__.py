"""Local embedding models, each an Embedder (see `bot.ports`)."""

from __future__ import annotations

from bot.ports import Embedder
from bot.taste.embedding.minilm import MiniLM, is_installed
from bot.taste.embedding.word_vectors import WordVectors


def local_embedder() -> Embedder:
    """Return MiniLM if its extra is installed, otherwise the word vectors of the default install. Loads nothing yet."""
    return MiniLM() if is_installed() else WordVectors()
