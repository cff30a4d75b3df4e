"""arXiv as it answers: Atom for searches and ids, an error feed with status 400, and RSS for the day's listing.

Forms: https://info.arxiv.org/help/api/user-manual.html and https://info.arxiv.org/help/rss.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time
from email.utils import format_datetime
from xml.sax.saxutils import escape

from tests.fakes.sources_corpus import Corpus, Record, hashed
from tests.fakes.sources_query import BadQuery, parse

MOST_A_PAGE = 2_000
_ID = re.compile(r"([0-9]{4}\.[0-9]{4,5}|[a-z-]+(?:\.[A-Z]{2})?/[0-9]{7})(?:v([0-9]+))?")
_ORDERS = ("relevance", "lastUpdatedDate", "submittedDate")
_NAMESPACES = (
    'xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom" '
    'xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/"'
)


def answer(corpus: Corpus, query: Mapping[str, str]) -> tuple[int, str]:
    """Answer one call of `/api/query` with a status and Atom."""
    try:
        found = _selected(corpus, query)
        start, size = _number(query, "start", 0), _number(query, "max_results", 10)
    except BadQuery as error:
        return 400, _feed([_problem(str(error))], total=1, start=0, size=1)
    page = found[start : start + min(size, MOST_A_PAGE)]
    return 200, _feed(map(_entry, page), total=len(found), start=start, size=size)


def nothing() -> str:
    """Return the feed of a query without results."""
    return _feed([], total=0, start=0, size=10)


def _selected(corpus: Corpus, query: Mapping[str, str]) -> list[Record]:
    order, direction = query.get("sortBy", "relevance"), query.get("sortOrder", "descending")
    if order not in _ORDERS or direction not in ("ascending", "descending"):
        raise BadQuery("sortBy or sortOrder is not one of its values")
    asked = [each.strip() for each in query.get("id_list", "").split(",") if each.strip()]
    search = query.get("search_query", "").strip()
    if asked:
        found = [record for record in (_of_id(corpus, each) for each in asked) if record]
    else:
        found = [record for record in corpus.known() if record.announced] if search else []
    if search:
        matches = parse(search)
        found = [record for record in found if matches(record)]
    if order != "relevance":
        found.sort(key=lambda record: (record.published, record.id), reverse=direction == "descending")
    return found


def _of_id(corpus: Corpus, text: str) -> Record | None:
    match = _ID.fullmatch(text)
    if not match:
        raise BadQuery(f"incorrect id format for {text}")
    record = corpus.find(match[1])
    return record if record and int(match[2] or record.version) <= record.version else None


def _number(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name, "") or str(default)
    if not re.fullmatch(r"[0-9]{1,5}", text):
        raise BadQuery(f"{name} must be an integer of 0 to 30000")
    return int(text)


def _feed(entries: Iterable[str], *, total: int, start: int, size: int) -> str:
    return (
        f"<?xml version='1.0' encoding='UTF-8'?>\n<feed {_NAMESPACES}>\n"
        f"  <id>https://arxiv.org/api/{hashed(total, start, size):x}</id>\n  <title>arXiv Query</title>\n"
        f"  <updated>{_instant(datetime.now(UTC))}</updated>\n"
        f"  <opensearch:itemsPerPage>{size}</opensearch:itemsPerPage>\n"
        f"  <opensearch:totalResults>{total}</opensearch:totalResults>\n"
        f"  <opensearch:startIndex>{start}</opensearch:startIndex>\n{''.join(entries)}</feed>\n"
    )


def _entry(record: Record) -> str:
    comment = f"    <arxiv:comment>{escape(record.comment)}</arxiv:comment>\n" if record.comment else ""
    categories = "".join(
        f'    <category term="{each}" scheme="http://arxiv.org/schemas/atom"/>\n' for each in record.categories
    )
    authors = "".join(f"    <author>\n      <name>{escape(name)}</name>\n    </author>\n" for name in record.authors)
    return (
        f"  <entry>\n    <id>http://arxiv.org/abs/{record.versioned}</id>\n    <title>{escape(record.title)}</title>\n"
        f"    <updated>{_instant(record.updated or record.published)}</updated>\n"
        f'    <link href="https://arxiv.org/abs/{record.versioned}" rel="alternate" type="text/html"/>\n'
        f"    <summary>{escape(record.abstract)}</summary>\n{categories}"
        f"    <published>{_instant(record.published)}</published>\n{comment}"
        f'    <arxiv:primary_category term="{record.categories[0]}"/>\n{authors}  </entry>\n'
    )


def _problem(message: str) -> str:
    return (
        f"  <entry>\n    <id>https://arxiv.org/api/errors#{escape(message.replace(' ', '_'))}</id>\n"
        f"    <title>Error</title>\n    <summary>{escape(message)}</summary>\n"
        "    <author>\n      <name>arXiv api core</name>\n    </author>\n  </entry>\n"
    )


def _instant(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"


def rss(corpus: Corpus, feeds: list[str]) -> str:
    """Return today's listing in these categories or archives (`cs`): without items if nothing was announced."""
    midnight = format_datetime(datetime.combine(corpus.today, time(5), UTC))
    items = "".join(
        _item(record, midnight, new=_covered(record.categories[0], feeds))
        for record in corpus.listing(corpus.today)
        if any(_covered(category, feeds) for category in record.categories)
    )
    name = escape("+".join(feeds))
    return (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        '<rss xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0">\n'
        f"<channel>\n<title>{name} updates on arXiv.org</title>\n<link>http://rss.arxiv.org/rss/{name}</link>\n"
        f"<pubDate>{midnight}</pubDate>\n<skipDays><day>Saturday</day><day>Sunday</day></skipDays>\n"
        f"{items}</channel>\n</rss>\n"
    )


def _covered(category: str, feeds: list[str]) -> bool:
    return any(category == feed or category.startswith(f"{feed}.") for feed in feeds)


def _item(record: Record, midnight: str, *, new: bool) -> str:
    kind = "new" if new else "cross"
    categories = "".join(f"<category>{each}</category>\n" for each in record.categories)
    return (
        f"<item>\n<title>{escape(record.title)}</title>\n<link>https://arxiv.org/abs/{record.id}</link>\n"
        f"<description>arXiv:{record.versioned} Announce Type: {kind} \nAbstract: {escape(record.abstract)}"
        f'</description>\n<guid isPermaLink="false">oai:arXiv.org:{record.versioned}</guid>\n{categories}'
        f"<pubDate>{midnight}</pubDate>\n<arxiv:announce_type>{kind}</arxiv:announce_type>\n"
        f"<dc:creator>{escape(', '.join(record.authors))}</dc:creator>\n</item>\n"
    )
