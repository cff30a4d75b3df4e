"""Which vectors point the same way as one of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import numpy as np

T = TypeVar("T")

# Cosines below this mean nothing. On recorded days one pair of papers in ten is above it for the word vectors, one in
# fifteen for MiniLM; the fifth closest of 400 papers is at 0.55-0.57 in the median.
LEAST = 0.5


def nearest(point: bytes, others: Mapping[T, bytes], limit: int) -> list[T]:
    """Return the keys of up to `limit` vectors that are closest to `point` by their angle, closest first.

    Vectors are float32 in this machine's byte order. Those of another width, without length or not finite are never
    close; equally close ones keep their order.
    """
    fitting = [key for key, floats in others.items() if len(floats) == len(point)]
    if not fitting or not point:
        return []
    rows = np.frombuffer(b"".join(others[key] for key in fitting), dtype=np.float32).reshape(len(fitting), -1)
    own = np.frombuffer(point, dtype=np.float32)
    with np.errstate(all="ignore"):
        lengths = np.linalg.norm(rows, axis=1) * np.linalg.norm(own)
        cosines = np.where(lengths > 0, rows @ own / lengths, 0.0)
    cosines = np.where(np.isfinite(cosines), cosines, 0.0)
    order = np.argsort(-cosines, kind="stable")[:limit]
    return [fitting[at] for at in order if cosines[at] >= LEAST]
