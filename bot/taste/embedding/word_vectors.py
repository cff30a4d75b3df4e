"""The default model: static word vectors that come inside the `wordllama` package, so that no network is asked.

A text's vector is the mean of those of its tokens, which costs about a millisecond an abstract.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bot.models import Vectors

if TYPE_CHECKING:
    from wordllama.inference import WordLlamaInference  # type: ignore[import-untyped]  # it brings no types

MODEL = "wordllama-l2-supercat-256"
WIDTH = 256


class WordVectors:
    """Loads its model with the first text, which takes about a second."""

    model = MODEL

    def __init__(self) -> None:
        self._loading = threading.Lock()

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """One vector a text, in their order; an empty text has one too, of zeros."""
        return await asyncio.to_thread(self._embed, list(texts))

    def _embed(self, texts: list[str]) -> Vectors:
        with self._loading:
            model = self._loaded
        found = np.zeros((len(texts), WIDTH), dtype=np.float32)
        # Its own `embed` pads every text of a batch to the longest, which costs twice the time.
        encoded = model.tokenizer.encode_batch_fast([_plain(text) for text in texts], add_special_tokens=False)
        for row, one in zip(found, encoded, strict=True):
            if one.ids:
                row[:] = model.embedding[one.ids].mean(axis=0)
        return Vectors(MODEL, WIDTH, found.tobytes())

    @cached_property
    def _loaded(self) -> WordLlamaInference:
        with _logging_left_alone():
            import wordllama  # type: ignore[import-untyped]  # it brings no types

        # Only in its own folder does it look for the weights that it brings along; elsewhere it would download them.
        folder = Path(wordllama.__file__).parent
        model = wordllama.WordLlama.load("l2_supercat", cache_dir=folder, dim=WIDTH, disable_download=True)
        model.tokenizer.no_padding()
        return model


@contextmanager
def _logging_left_alone() -> Iterator[None]:
    """The package sets up logging as it is imported, for the whole program."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def _plain(text: str) -> str:
    """What the tokenizer can read: no halves of characters."""
    return text.encode("utf-8", "replace").decode()
