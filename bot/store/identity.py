"""Which stored paper is it? Pure.

Sources name the same paper by different keys (see `Paper.keys`), so a key that two papers share says that they are
one, unless their arXiv ids differ: two arXiv papers may well have the same title. The paper stored first keeps its
id, because an id never changes once stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.models import Paper, PaperId, normalised_title

# "Introduction", "Technical report": below this many letters a title names no paper.
SHORTEST_TELLING_TITLE = 12


@dataclass(frozen=True, slots=True)
class Known:
    """A stored paper, as far as telling papers apart goes."""

    id: PaperId
    arxiv_id: str | None
    first_seen_at: datetime


def telling_keys(paper: Paper) -> tuple[str, ...]:
    """The paper's keys, strongest first, without that of a title too short to tell it from others."""
    title = normalised_title(paper.title)
    if len(title) >= SHORTEST_TELLING_TITLE:
        return paper.keys
    vague = str(PaperId.title(paper.title))
    return tuple(key for key in paper.keys if key != vague or key == str(paper.id))


def same_paper(paper: Paper, owners: Sequence[Known]) -> tuple[Known, ...]:
    """Those of the owners of the paper's keys that are this very paper, the one stored first in front.

    `owners` come in the order of the keys, strongest first; where the paper itself has no arXiv id, the strongest
    owner that has one decides.
    """
    arxiv_id = paper.arxiv_id
    same = []
    for owner in dict.fromkeys(owners):
        if owner.id == paper.id or None in (owner.arxiv_id, arxiv_id) or owner.arxiv_id == arxiv_id:
            same.append(owner)
            arxiv_id = arxiv_id or owner.arxiv_id
    return tuple(sorted(same, key=lambda known: (known.first_seen_at, known.id)))
