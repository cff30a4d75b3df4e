"""Decide which stored paper a paper is. Pure.

Sources name the same paper by different keys (see `Paper.keys`), so two papers with a key in common are one, unless
their arXiv ids differ: two arXiv papers may well share a title. The paper stored first keeps its id, because a stored
id never changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.models import Paper, PaperId, normalised_title

# A title with fewer letters identifies no paper: "Errata", "Discussion".
SHORTEST_TELLING_TITLE = 12


@dataclass(frozen=True, slots=True)
class StoredPaper:
    """The identity of a stored paper."""

    id: PaperId
    arxiv_id: str | None
    first_seen_at: datetime


def telling_keys(paper: Paper) -> tuple[str, ...]:
    """Return the paper's keys, strongest first, without its title's key if the title is too short to be distinctive."""
    title = normalised_title(paper.title)
    if len(title) >= SHORTEST_TELLING_TITLE:
        return paper.keys
    vague = PaperId.title(paper.title).scheme
    return tuple(key for key in paper.keys if not key.startswith(f"{vague}:") or key == str(paper.id))


def same_paper(paper: Paper, owners: Sequence[StoredPaper]) -> tuple[StoredPaper, ...]:
    """Return the owners of the paper's keys that are this very paper, the one stored first in front.

    `owners` are in the order of the keys, strongest first. If the paper has no arXiv id, the strongest owner with one
    decides.
    """
    arxiv_id = paper.arxiv_id
    same = []
    for owner in dict.fromkeys(owners):
        if owner.id == paper.id or None in (owner.arxiv_id, arxiv_id) or owner.arxiv_id == arxiv_id:
            same.append(owner)
            arxiv_id = arxiv_id or owner.arxiv_id
    return tuple(sorted(same, key=lambda owner: (owner.first_seen_at, owner.id)))
