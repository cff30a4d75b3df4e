"""Parser for arXiv's Atom answers. Pure: bytes in, papers out; unusable entries are dropped and counted.

Format: https://info.arxiv.org/help/api/user-manual.html#3-structure-of-the-api-response.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

from lxml import etree

from bot.models import Paper, PaperId, Signal, SignalKind, SourceName
from bot.sources import fields
from bot.sources.calendar import announced_at
from bot.sources.http import Malformed, bounded
from bot.sources.withdrawal import is_withdrawn

MOST_ENTRIES = 2_000  # of one answer; arXiv gives no more at once

_ATOM = "{http://www.w3.org/2005/Atom}"
_ARXIV = "{http://arxiv.org/schemas/atom}"
_OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"

_ENTRY_ID = re.compile(r"https?://(?:[a-z]+\.)?arxiv\.org/abs/(.+?(?:v([1-9][0-9]{0,2}))?)")
_ERROR_ID = re.compile(r"https?://(?:[a-z]+\.)?arxiv\.org/api/errors\b")
_CATEGORY = re.compile(r"[A-Za-z0-9.-]{1,40}")


@dataclass(frozen=True, slots=True)
class Feed:
    """One page. `total` is the number of results of the whole query; `error` is arXiv's message if it refused the
    query.
    """

    total: int
    papers: tuple[Paper, ...] = ()
    dropped: int = 0
    error: str | None = None

    @property
    def entries(self) -> int:
        return len(self.papers) + self.dropped

    @property
    def is_empty(self) -> bool:
        return not self.entries

    def joined(self, again: Feed) -> Feed:
        """Return what two answers to one request say together."""
        papers = {paper.id: paper for paper in (*self.papers, *again.papers)}
        return Feed(max(self.total, again.total), tuple(papers.values()), max(self.dropped, again.dropped))


def read_feed(document: bytes) -> Feed:
    """Return the feed's papers, each with a LISTED signal at its announcement. Raises Malformed if it is not a feed."""
    # No entities and no network: the document is untrusted.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(document, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Malformed("not XML") from error
    if root is None or root.tag != f"{_ATOM}feed":
        raise Malformed("not an Atom feed")
    total = _text(root, f"{_OPENSEARCH}totalResults")
    if not re.fullmatch(r"[0-9]{1,12}", total):
        raise Malformed("number of results missing")
    entries = bounded([*islice(root.iterchildren(f"{_ATOM}entry"), MOST_ENTRIES + 1)], MOST_ENTRIES)
    for entry in entries:
        if _ERROR_ID.match(_text(entry, f"{_ATOM}id")):
            return Feed(0, error=fields.line(_text(entry, f"{_ATOM}summary"), 1_000) or "error")
    papers = tuple(paper for paper in map(_paper, entries) if paper)
    return Feed(int(total), papers, len(entries) - len(papers))


def _paper(entry: etree._Element) -> Paper | None:
    match = _ENTRY_ID.fullmatch(_text(entry, f"{_ATOM}id"))
    arxiv_id = fields.arxiv_id(match[1]) if match else None
    title = fields.line(_text(entry, f"{_ATOM}title"), fields.LONGEST_TITLE)
    # arXiv wraps abstracts at its own width; the authors' line breaks are lost.
    abstract = fields.line(_text(entry, f"{_ATOM}summary"), fields.LONGEST_ABSTRACT)
    published = fields.instant(_text(entry, f"{_ATOM}published"))
    if not (arxiv_id and title and abstract and published):
        return None
    comment = fields.line(_text(entry, f"{_ARXIV}comment"), fields.LONGEST_ABSTRACT)
    return Paper(
        id=PaperId.arxiv(arxiv_id),
        title=title,
        abstract=abstract,
        authors=fields.names(_text(author, f"{_ATOM}name") for author in entry.findall(f"{_ATOM}author")),
        published=published,
        url=f"https://arxiv.org/abs/{arxiv_id}",
        updated=fields.instant(_text(entry, f"{_ATOM}updated")),
        version=int(match[2]) if match and match[2] else None,
        arxiv_id=arxiv_id,
        doi=fields.doi(_text(entry, f"{_ARXIV}doi")),
        categories=_categories(entry),
        comment=comment,
        withdrawn=is_withdrawn(title, abstract, comment or ""),
        signals=(Signal(SourceName.ARXIV, SignalKind.LISTED, 1.0, announced_at(published)),),
    )


def _categories(entry: etree._Element) -> tuple[str, ...]:
    """Return the categories, primary first, leaving out those of other schemes than arXiv's (ACM and MSC classes)."""
    primary = entry.find(f"{_ARXIV}primary_category")
    own = [c for c in entry.findall(f"{_ATOM}category") if c.get("scheme", "").startswith("http://arxiv.org/")]
    terms = [element.get("term", "") for element in ([primary] if primary is not None else []) + own]
    return tuple(dict.fromkeys(term for term in terms if _CATEGORY.fullmatch(term)))


def _text(element: etree._Element, tag: str) -> str:
    """Return the text of the first such child, without nested elements' text; "" if there is none."""
    return (element.findtext(tag) or "").strip()
