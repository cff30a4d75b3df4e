"""Local models that place texts as points: an Embedder (see `bot.ports`) each."""

from __future__ import annotations

from bot.ports import Embedder
from bot.taste.embedding.minilm import MiniLM, is_installed
from bot.taste.embedding.word_vectors import WordVectors


def local_embedder() -> Embedder:
    """Return MiniLM where its extra is installed, else the word vectors of the default install. Loads neither yet."""
    return MiniLM() if is_installed() else WordVectors()
