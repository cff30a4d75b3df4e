"""The default model: static word vectors that ship inside the `wordllama` package, so that no network is needed.

A text's vector is the mean of its tokens' vectors, which takes about a millisecond for an abstract.
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
    from wordllama.inference import WordLlamaInference  # type: ignore[import-untyped]  # it ships no types

MODEL = "wordllama-l2-supercat-256"
WIDTH = 256


class WordVectors:
    """The word vectors, loaded with the first text in about a second."""

    model = MODEL

    def __init__(self) -> None:
        self._loading = threading.Lock()

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one vector for each text, in order; zeros for an empty one."""
        return await asyncio.to_thread(self._embed, list(texts))

    def _embed(self, texts: list[str]) -> Vectors:
        with self._loading:
            model = self._loaded
        vectors = np.zeros((len(texts), WIDTH), dtype=np.float32)
        # The model's `embed` pads every text of a batch to the longest, which takes twice as long.
        encoded = model.tokenizer.encode_batch_fast([_plain(text) for text in texts], add_special_tokens=False)
        for row, tokens in zip(vectors, encoded, strict=True):
            if tokens.ids:
                row[:] = model.embedding[tokens.ids].mean(axis=0)
        return Vectors(MODEL, WIDTH, vectors.tobytes())

    @cached_property
    def _loaded(self) -> WordLlamaInference:
        with _logging_left_alone():
            import wordllama  # type: ignore[import-untyped]  # it ships no types

        # It finds its bundled weights only in its own folder; elsewhere it would download them.
        folder = Path(wordllama.__file__).parent
        model = wordllama.WordLlama.load("l2_supercat", cache_dir=folder, dim=WIDTH, disable_download=True)
        model.tokenizer.no_padding()
        return model


@contextmanager
def _logging_left_alone() -> Iterator[None]:
    """Undo the changes to the root logger that the package makes when imported."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def _plain(text: str) -> str:
    """Replace lone surrogates, which the tokenizer cannot read."""
    return text.encode("utf-8", "replace").decode()
