"""One Paper from all the sources' records of it. Pure, and nearly linear in the number of records.

Records describe the same paper if they share, in order of strength, an arXiv id without version, another id (DOI,
Semantic Scholar's, our own), or the normalised title. A key that would join two different arXiv ids is ignored, and so
is a title that would join two different DOIs or is too short to be distinctive.

The merged paper has:
- the stored id, since a stored id never changes; otherwise the strongest id of any record;
- the signals and keywords of all records, without duplicates;
- title, abstract, dates and URL of the best record: arXiv before Hugging Face before Semantic Scholar, then the later
  version, then the fresh one before the stored one;
- the longest complete list of authors, with ties going to the best record;
- everything else from the newest record that has it; withdrawn if any record says so.

If the records agree on the paper's text, neither their order nor merging in steps affects the result.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from bot.models import Paper, PaperId, SourceName, normalised_title

# A title with fewer letters is shared by many papers: "Editorial", "Conclusions".
SHORTEST_TELLING_TITLE = 12

_SCHEMES = ("arxiv", "doi", "s2")
_SOURCES = tuple(SourceName)
_T = TypeVar("_T")


def merge(stored: Iterable[Paper], fresh: Iterable[Paper]) -> tuple[Paper, ...]:
    """Return the papers that all records together describe, in the order of their first records.

    `stored` come from the store and keep their ids; if one paper is stored twice, the first of the two provides the id.
    """
    records = [_Record(paper, is_stored=True) for paper in stored]
    records += [_Record(paper, is_stored=False) for paper in fresh]
    return tuple(_one_paper(group) for group in _group(records))


@dataclass(frozen=True, slots=True)
class _Record:
    paper: Paper
    is_stored: bool


# --- grouping records -------------------------------------------------------------------------


class _Groups:
    """A union-find over the records' positions. Every root knows the ids that must not be joined with others."""

    def __init__(self, records: Sequence[_Record]) -> None:
        self._parent = list(range(len(records)))
        self._arxiv_ids = [frozenset([r.paper.arxiv_id] if r.paper.arxiv_id else ()) for r in records]
        self._dois = [frozenset([r.paper.doi] if r.paper.doi else ()) for r in records]

    def root(self, at: int) -> int:
        while self._parent[at] != at:
            self._parent[at] = self._parent[self._parent[at]]
            at = self._parent[at]
        return at

    def join(self, members: Iterable[int], *, by_title: bool) -> None:
        """Unite the members' groups, unless they contradict each other."""
        first, *others = sorted({self.root(at) for at in members})
        if not others:
            return
        arxiv_ids = self._arxiv_ids[first].union(*(self._arxiv_ids[at] for at in others))
        dois = self._dois[first].union(*(self._dois[at] for at in others))
        if len(arxiv_ids) > 1 or (by_title and len(dois) > 1):
            return
        for at in others:
            self._parent[at] = first
        self._arxiv_ids[first], self._dois[first] = arxiv_ids, dois


def _group(records: Sequence[_Record]) -> list[list[_Record]]:
    groups = _Groups(records)
    for keys_of in (_arxiv_keys, _id_keys, _title_keys):
        members: defaultdict[str, list[int]] = defaultdict(list)
        for at, record in enumerate(records):
            for key in keys_of(record.paper):
                members[key].append(at)
        # A join can rule out a later one, so join in the order of the keys, not of the records.
        for key in sorted(key for key, positions in members.items() if len(positions) > 1):
            groups.join(members[key], by_title=keys_of is _title_keys)
    together: defaultdict[int, list[_Record]] = defaultdict(list)
    for at, record in enumerate(records):
        together[groups.root(at)].append(record)
    return list(together.values())


def _arxiv_keys(paper: Paper) -> tuple[str, ...]:
    return (paper.arxiv_id,) if paper.arxiv_id else ()


def _id_keys(paper: Paper) -> set[str]:
    keys = {str(paper.id)}
    if paper.doi:
        keys.add(str(PaperId.doi(paper.doi)))
    if paper.s2_id:
        keys.add(f"s2:{paper.s2_id}")
    return keys


def _title_keys(paper: Paper) -> tuple[str, ...]:
    title = normalised_title(paper.title)
    return (title,) if len(title) >= SHORTEST_TELLING_TITLE else ()


# --- merging a group --------------------------------------------------------------------------


def _one_paper(group: Sequence[_Record]) -> Paper:
    ordered = sorted(group, key=_precedence)
    best_first = [record.paper for record in ordered]
    newest_first = [record.paper for record in sorted(ordered, key=lambda record: record.is_stored)]
    best = best_first[0]
    authors, more_authors = _authors(best_first)

    def newest(field: Callable[[Paper], _T | None]) -> _T | None:
        return next((value for value in map(field, newest_first) if value), None)

    return replace(
        best,
        id=_id(group),
        abstract=next((paper.abstract for paper in best_first if paper.abstract), ""),
        authors=authors,
        more_authors=more_authors,
        arxiv_id=newest(lambda p: p.arxiv_id),
        doi=newest(lambda p: p.doi),
        s2_id=newest(lambda p: p.s2_id),
        categories=newest(lambda p: p.categories) or (),
        comment=newest(lambda p: p.comment),
        withdrawn=any(paper.withdrawn for paper in best_first),
        tldr=newest(lambda p: p.tldr),
        keywords=tuple(sorted({word for paper in best_first for word in paper.keywords})),
        code_url=newest(lambda p: p.code_url),
        project_url=newest(lambda p: p.project_url),
        signals=tuple(sorted({signal for paper in best_first for signal in paper.signals})),
    )


def _precedence(record: _Record) -> tuple[int, float, bool, tuple[str, ...]]:
    """Return the sort key, best record first. Merging preserves all of it, so merging in steps changes nothing."""
    paper = record.paper
    source_rank = min((_SOURCES.index(source) for source in paper.sources), default=len(_SOURCES))
    version = (paper.updated or paper.published).timestamp()
    return source_rank, -version, record.is_stored, (paper.title, paper.abstract, paper.url)


def _authors(best_first: Sequence[Paper]) -> tuple[tuple[str, ...], bool]:
    """Return the names, and whether there are more."""
    chosen = max(best_first, key=lambda paper: (not paper.more_authors, len(paper.authors)))
    return chosen.authors, chosen.more_authors


def _id(group: Sequence[_Record]) -> PaperId:
    for record in group:
        if record.is_stored:
            return record.paper.id
    return min((paper_id for record in group for paper_id in _ids(record.paper)), key=_weakness)


def _ids(paper: Paper) -> list[PaperId]:
    ids = [paper.id]
    if paper.arxiv_id:
        ids.append(PaperId.arxiv(paper.arxiv_id))
    if paper.doi:
        ids.append(PaperId.doi(paper.doi))
    if paper.s2_id:
        ids.append(PaperId("s2", paper.s2_id))
    return ids


def _weakness(paper_id: PaperId) -> tuple[int, str]:
    """Return the sort key that puts the strongest id first. An id made from a title is weakest, since titles change."""
    if paper_id.scheme in _SCHEMES:
        return _SCHEMES.index(paper_id.scheme), paper_id.value
    return len(_SCHEMES) + (paper_id.scheme == "title"), str(paper_id)
