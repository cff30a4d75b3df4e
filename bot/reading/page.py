"""Find the paper in a page: its article, and beside it the licence and the version that arXiv's frame names.

Frames (the last of 2026-08: `#infobox` with `#license-tr` and `#watermark-tr`, then `article.ltx_document`) change and
have texts of their own; nothing outside the article is read but those two. Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from bot.errors import ReadingError
from bot.models.papers import ARXIV_ID

LARGEST = 16 * 2**20  # bytes of a page; a thesis has 3 MB

_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_WATERMARK = re.compile(rf"arXiv:\s*{ARXIV_ID.pattern}", re.IGNORECASE | re.ASCII)
_LICENCE = re.compile(r"licen[cs]e\s*:\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Page:
    """`arxiv_id` and `version` are what the watermark names, None where there is none."""

    article: etree._Element
    licence: str = ""
    arxiv_id: str | None = None
    version: int | None = None


def parse_page(data: bytes) -> Page:
    """Return the page. Raises ReadingError: `reading.too_large`, `reading.damaged`, `reading.no_article`."""
    if len(data) > LARGEST:
        raise ReadingError("reading.too_large", limit=LARGEST // 2**20)
    # Without `huge_tree` libxml2 silently leaves out a text of more than 10 MB.
    parser = etree.HTMLParser(encoding=_encoding(data), huge_tree=True, no_network=True)
    try:
        root = etree.fromstring(data, parser) if data.strip() else None
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise ReadingError("reading.damaged") from error
    # Where it gives up, as below 2,048 nested elements, libxml2 keeps what it has and only logs that.
    if any(entry.level_name == "FATAL" for entry in parser.error_log):
        raise ReadingError("reading.damaged")
    article = None if root is None else _article(root)
    if root is None or article is None:
        raise ReadingError("reading.no_article")
    mark = _WATERMARK.search(_outside(root, article, "watermark-tr"))
    return Page(
        article,
        licence=_LICENCE.sub("", _outside(root, article, "license-tr"), count=1),
        arxiv_id=mark["id"] if mark else None,
        version=int(mark["version"]) if mark and mark["version"] else None,
    )


def _article(root: etree._Element) -> etree._Element | None:
    found: etree._Element | None = None
    for element in root.iter(etree.Element):
        if "ltx_document" in (element.get("class") or "").split():
            if element.tag == "article":
                return element
            found = element if found is None else found
    return found


def _outside(root: etree._Element, article: etree._Element, name: str) -> str:
    """Return the text of the element with that id before the article, where no author can have put it."""
    for element in root.iter(etree.Element):
        if element is article:
            break
        if element.get("id") == name:
            return " ".join("".join(map(str, element.itertext())).split())[:120]
    return ""


def _encoding(data: bytes) -> str:
    """Return the encoding: UTF-8 wherever the bytes allow it, else what the page names."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        named = _CHARSET.search(data[:4096])
        name = named[1].decode("ascii").lower() if named else "cp1252"
        return name if _is_known(name) and name not in ("utf-8", "utf8") else "utf-8" if named else "cp1252"
    return "utf-8"


def _is_known(name: str) -> bool:
    try:
        etree.HTMLParser(encoding=name)
    except LookupError:
        return False
    return True
