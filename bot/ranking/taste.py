"""The seat of a channel's taste: what its votes say about papers it has not seen.

`bot.votes.Votes.of_channel` counts the votes. A `Taste` made of them reaches the score as `rank(…, taste=…)`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bot.models import Paper


class Taste(Protocol):
    """A channel's taste as learned by the time it is asked."""

    def score(self, papers: Sequence[Paper]) -> NDArray[np.float64]:
        """One number for each paper, in their order: 0 no opinion, 1 clearly liked, -1 clearly not.

        It must give equal papers equal numbers, in whatever order and company they come.
        """


class NoTaste:
    """A channel that has not voted yet: no opinion about anything."""

    def score(self, papers: Sequence[Paper]) -> NDArray[np.float64]:
        return np.zeros(len(papers))


NO_TASTE = NoTaste()
