"""Parser for the ways to refer to a paper: id, URL, DOI, or words of its title.

Pure: it looks nothing up, so a well-formed reference may belong to no paper.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote, urlsplit

from bot.errors import InputError, shortened
from bot.models import PaperRef, RefKind
from bot.models.papers import ARXIV_ID

MAX_LENGTH = 300  # characters; the longest titles on arXiv stay below it

_ARXIV_DOI = re.compile(r"10\.48550/arxiv\.(?P<id>.+)", re.IGNORECASE)
_DOI = re.compile(r"10\.\d{4,9}/\S+")
_S2_HASH = re.compile(r"[0-9a-f]{40}", re.IGNORECASE)
_CORPUS_ID = re.compile(r"corpus\s?id:\s*(\d+)", re.IGNORECASE)
_PREFIX = re.compile(r"(?P<kind>arxiv|doi|url|s2)\s*:\s*(?P<rest>.+)", re.IGNORECASE)
_ARXIV_HOSTS = ("arxiv.org", "ar5iv.org", "alphaxiv.org")
_LOOKS_LIKE_AN_ID = re.compile(r"[\d./v:\s-]+", re.IGNORECASE)


def parse_ref(text: str) -> PaperRef:
    """Parse any reference to a paper: id, prefixed id, URL, DOI, Semantic Scholar URL, or words of a title.

    Strips chat link markup (`<https://…|label>`), quotes and full-width characters. Raises InputError (`input.paper`)
    for empty, overlong or unreadable text.
    """
    cleaned = _clean(text)
    if not cleaned or len(cleaned) > MAX_LENGTH:
        raise InputError("input.paper", text=shortened(text))
    ref = _from_url(cleaned) if "://" in cleaned or _names_a_host(cleaned) else _from_name(cleaned)
    if ref is None:
        raise InputError("input.paper", text=shortened(text))
    return ref


def _clean(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text)
    plain = "".join(" " if c.isspace() else c for c in folded if c.isprintable() or c.isspace())
    plain = plain.strip().strip("\"'`“”「」『』").strip()
    wrapped = re.fullmatch(r"<([^<>|]+)(?:\|[^<>]*)?>", plain)
    return " ".join((wrapped[1] if wrapped else plain).split())


def _names_a_host(text: str) -> bool:
    head = text.split("/", 1)[0].lower()
    return "/" in text and any(
        head == host or head.endswith("." + host)
        for host in (*_ARXIV_HOSTS, "huggingface.co", "hf.co", "semanticscholar.org", "doi.org")
    )


def _from_url(text: str) -> PaperRef | None:
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return None
    path = unquote(parts.path).strip("/")
    if any(host == arxiv or host.endswith("." + arxiv) for arxiv in _ARXIV_HOSTS):
        name = re.sub(r"^(abs|pdf|html|format|ps|src|e-print|overview)/", "", path)
        return _arxiv(name.removesuffix(".pdf"))
    if host in ("huggingface.co", "hf.co"):
        match = re.fullmatch(r"papers/([^/]+?)(?:\.md)?", path)
        return _arxiv(match[1]) if match else None
    if host == "doi.org" or host.endswith(".doi.org"):
        return _doi(path)
    if host == "semanticscholar.org" or host.endswith(".semanticscholar.org"):
        last = path.rsplit("/", 1)[-1]
        if _S2_HASH.fullmatch(last):
            return PaperRef(RefKind.SEMANTIC_SCHOLAR, last.lower())
        return _from_name(last)
    return None


def _from_name(text: str) -> PaperRef | None:
    if match := _CORPUS_ID.fullmatch(text):
        return PaperRef(RefKind.SEMANTIC_SCHOLAR, f"CorpusId:{match[1]}")
    if match := _PREFIX.fullmatch(text):
        named = _arxiv(match["rest"]) or _doi(match["rest"]) or _s2(match["rest"])
        if named:
            return named
    return _arxiv(text) or _doi(text) or _s2(text) or _title(text)


def _arxiv(text: str) -> PaperRef | None:
    match = ARXIV_ID.fullmatch(text.strip())
    if not match:
        return None
    version = int(match["version"]) if match["version"] else None
    return PaperRef(RefKind.ARXIV, _archive_in_lower_case(match["id"]), version)


def _archive_in_lower_case(name: str) -> str:
    """Return `cs/0112017` for `CS/0112017`; a subject class keeps its capitals (`math.GT/0309136`)."""
    archive, slash, number = name.partition("/")
    if not slash:
        return name
    head, dot, subject = archive.partition(".")
    return f"{head.lower()}{dot}{subject.upper()}/{number}"


def _doi(text: str) -> PaperRef | None:
    text = text.strip().rstrip(".,;")
    if match := _ARXIV_DOI.fullmatch(text):
        return _arxiv(match["id"])
    return PaperRef(RefKind.DOI, text.lower()) if _DOI.fullmatch(text) else None


def _s2(text: str) -> PaperRef | None:
    return PaperRef(RefKind.SEMANTIC_SCHOLAR, text.lower()) if _S2_HASH.fullmatch(text) else None


def _title(text: str) -> PaperRef | None:
    """Return the words as a title, unless they look like a mistyped id."""
    if _LOOKS_LIKE_AN_ID.fullmatch(text) or sum(c.isalnum() for c in text) < 3:
        return None
    return PaperRef(RefKind.TITLE, text)
