"""Reader for the ways to refer to a paper: id, URL, DOI, or words of its title, with or without words around it.

Pure: it looks nothing up, so a well-formed reference may belong to no paper.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from bot.errors import InputError, shortened
from bot.models import PaperRef, RefKind
from bot.models.papers import ARXIV_ID

MAX_LENGTH = 300  # characters; the longest titles on arXiv stay below it
LONGEST_TEXT = 4_000  # characters in which a reference is looked for; no chat's message is longer

# https://info.arxiv.org/help/arxiv_identifier.html. The archives of the identifiers used until March 2007 are closed,
# so that "and/1234567" in a text is none of them.
_ARCHIVES = "|".join(
    "acc-phys adap-org alg-geom ao-sci astro-ph atom-ph bayes-an chao-dyn chem-ph cmp-lg comp-gas cond-mat cs dg-ga"
    " funct-an gr-qc hep-ex hep-lat hep-ph hep-th math-ph math mtrl-th nlin nucl-ex nucl-th patt-sol physics plasm-ph"
    " q-alg q-bio quant-ph solv-int supr-con".split()
)
_ID = re.compile(
    rf"(?<![A-Za-z0-9.])(?P<name>(?:\d{{4}}\.\d{{4,5}}|(?:{_ARCHIVES})(?:\.[A-Z]{{2}})?/\d{{7}})(?:v\d{{1,2}})?)"
    r"(?:\.pdf)?(?![A-Za-z0-9]|[.-]\d)",
    re.IGNORECASE | re.ASCII,
)
# What may stand directly before an id outside a URL: `arXiv:`, `arXiv.` (as in the DOIs), `abs/`.
_LABEL = re.compile(r"(?:arxiv[.:_-]\s*|(?:arxiv|abs|pdf|html)/)(?=[a-z\d])", re.IGNORECASE)
# A URL ends where a text goes on in a script that no address of a paper has, or at what encloses it.
_SPACE = r"\s<>\"`|\u3000-\u30ff\u3400-\u9fff\uac00-\ud7af"
_URL = re.compile(rf"https?://(?:(?!https?://)[^{_SPACE}])*", re.IGNORECASE)
_HOSTS = ("arxiv.org", "ar5iv.org", "alphaxiv.org", "huggingface.co", "hf.co", "semanticscholar.org", "doi.org")
_BARE_URL = re.compile(
    rf"(?<![\w./@-])(?:[\w-]{{1,63}}\.){{0,4}}(?:{'|'.join(map(re.escape, _HOSTS))})/[^{_SPACE}]*",
    re.IGNORECASE | re.ASCII,
)
# What a URL says before an arXiv id that is meant as one, whoever the host is.
_IN_URL = re.compile(r"arxiv|alphaxiv|ar5iv|xxx\.lanl\.gov/|[/=]papers?[a-z_-]{0,20}/(?:arxiv:)?$", re.IGNORECASE)
# dblp.org: `abs-2602-21548`; adsabs.harvard.edu: `2026arXiv260221548A`.
_JOINED = re.compile(r"(?:/corr/abs-(\d{4})-(\d{4,5})|/\d{4}arxiv(\d{4})\.?(\d{4,5})[a-z])(?![\d])", re.IGNORECASE)
_ARXIV_DOI = re.compile(r"10\.48550/arxiv\.(?P<id>.+)", re.IGNORECASE)
_DOI = re.compile(rf"(?<![\w.])10\.\d{{4,9}}/[^{_SPACE}]+", re.ASCII)
_DOI_IN_URL = re.compile(r"(?:doi\.org/|/doi/(?:[a-z]+/)?|[?&=/]doi[:=])(?P<doi>10\.\d{4,9}/[^\s?#&]+)", re.IGNORECASE)
_S2_HASH = re.compile(r"[0-9a-f]{40}", re.IGNORECASE)
_S2_LABEL = re.compile(r"s2\s*:\s*(.+)", re.IGNORECASE)
_CORPUS_ID = re.compile(r"corpus\s?id:\s*(\d+)", re.IGNORECASE)
_LOOKS_LIKE_AN_ID = re.compile(r"[\d./v:\s-]+", re.IGNORECASE)
_WRAPPING = re.compile(r"(?:\|[^<>]*)?>")  # a chat's `<https://…|label>`
_CLOSING = {")": "(", "]": "[", "}": "{"}


def parse_ref(text: str) -> PaperRef:
    """Return the one paper that a text names, or its words as those of a title where it names none.

    Strips chat link markup (`<https://…|label>`), quotes and full-width characters. Raises InputError: `input.paper`
    for empty, overlong or unreadable text, `input.papers` for a text that names several papers.
    """
    named = named_in(text)
    if len(named) > 1:
        raise InputError("input.papers", papers=tuple(ref.value for ref in named))
    ref = named[0] if named else _title(_clean(text[:LONGEST_TEXT]))
    if ref is None:
        raise InputError("input.paper", text=shortened(text))
    return ref


def named_in(text: str) -> tuple[PaperRef, ...]:
    """Return the papers that a text names by an id, a DOI or a URL, each once, in the order of the text.

    Addresses that are not known as those of papers are passed over, whatever they contain.
    """
    _, places = placed_in(text)
    found: dict[tuple[RefKind, str], PaperRef] = {}
    for place in places:
        found.setdefault((place.ref.kind, place.ref.value), place.ref)
    return tuple(found.values())


@dataclass(frozen=True, slots=True)
class RefPlace:
    """A reference, and where it stands with its label or a chat's markup: characters `start` to `end`, exclusive."""

    ref: PaperRef
    start: int
    end: int


def placed_in(text: str) -> tuple[str, tuple[RefPlace, ...]]:
    """Return a text on one line, without quotes around all of it, and where it names papers, in order."""
    plain = _clean(text[:LONGEST_TEXT])
    if _S2_HASH.fullmatch(bare := _S2_LABEL.sub(r"\1", plain)):
        return plain, (RefPlace(PaperRef(RefKind.SEMANTIC_SCHOLAR, bare.lower()), 0, len(plain)),)
    return plain, tuple(_found(plain))


def _clean(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text)
    plain = "".join(" " if c.isspace() else c for c in folded if c.isprintable() or c.isspace())
    plain = plain.strip().strip("\"'`“”「」『』").strip()
    wrapped = re.fullmatch(r"<([^<>|]+)(?:\|[^<>]*)?>", plain)
    return " ".join((wrapped[1] if wrapped else plain).split())


def _found(plain: str) -> Iterator[RefPlace]:
    """Yield every reference in order. A piece that was read once is blanked, so that it is not read as another kind."""
    places: list[tuple[int, int, PaperRef | None]] = []

    def read(pattern: re.Pattern[str], reader: Callable[[str], PaperRef | None], rest: str) -> str:
        pieces: list[str] = []
        end = 0
        for match in pattern.finditer(rest):
            places.append((match.start(), match.end(), reader(match[0])))
            pieces += [rest[end : match.start()], " " * len(match[0])]
            end = match.end()
        return "".join([*pieces, rest[end:]])

    rest = read(_URL, _from_url, plain)
    rest = read(_BARE_URL, _from_url, rest)
    rest = read(_DOI, _doi, rest)
    rest = read(_CORPUS_ID, _corpus_id, rest)
    labels = {match.end(): match.start() for match in _LABEL.finditer(rest)}
    read(_ID, _arxiv, _LABEL.sub(lambda match: " " * len(match[0]), rest))
    for start, end, ref in sorted(places, key=lambda place: place[0]):
        if ref:
            wrapped = _WRAPPING.match(plain, end) if plain[:start].endswith("<") else None
            first = start - 1 if wrapped else labels.get(start, start)
            yield RefPlace(ref, first, wrapped.end() if wrapped else end)


def _from_url(text: str) -> PaperRef | None:
    """Return what the address of a paper names; None for every other address."""
    url = unquote(text)
    if doi := _DOI_IN_URL.search(url):
        return _doi(doi["doi"])
    for match in _ID.finditer(url):
        if _IN_URL.search(url[: match.start()]) and (ref := _arxiv(match[0])):
            return ref
    if joined := _JOINED.search(url):
        year_month, number = joined[1] or joined[3], joined[2] or joined[4]
        return _arxiv(f"{year_month}.{number}")
    host = re.sub(r"^\w+://", "", url).partition("/")[0].lower()
    if host.removeprefix("www.").removeprefix("api.") == "semanticscholar.org":
        return _semantic_scholar(url)
    return None


def _semantic_scholar(url: str) -> PaperRef | None:
    if match := _CORPUS_ID.search(url):
        return _corpus_id(match[0])
    segments = re.split(r"[/?#&.)\]]", url)
    paper = next((one for one in segments if _S2_HASH.fullmatch(one)), None)
    return PaperRef(RefKind.SEMANTIC_SCHOLAR, paper.lower()) if paper else None


def _corpus_id(text: str) -> PaperRef:
    return PaperRef(RefKind.SEMANTIC_SCHOLAR, f"CorpusId:{text.rpartition(':')[2].strip()}")


def _arxiv(text: str) -> PaperRef | None:
    """Return the paper of an id, a version or `.pdf` behind it."""
    match = ARXIV_ID.fullmatch(re.sub(r"\.pdf$", "", text, flags=re.IGNORECASE))
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
    doi = _without_punctuation(text)
    if match := _ARXIV_DOI.fullmatch(doi):
        name = _ID.search(match["id"])
        return _arxiv(name[0]) if name else None
    return PaperRef(RefKind.DOI, doi.lower()) if _DOI.fullmatch(doi) else None


def _without_punctuation(text: str) -> str:
    """Return the text without the punctuation of the sentence around it; a bracket that it opens itself is closed."""
    while text and (text[-1] in ".,;:!?'*’”" or (text[-1] in _CLOSING and _CLOSING[text[-1]] not in text)):
        text = text[:-1]
    return text


def _title(text: str) -> PaperRef | None:
    """Return the words as a title, unless they are an address or look like a mistyped id."""
    if len(text) > MAX_LENGTH or _URL.search(text) or _BARE_URL.search(text):
        return None
    if _LOOKS_LIKE_AN_ID.fullmatch(_LABEL.sub("", text)) or sum(c.isalnum() for c in text) < 3:
        return None
    return PaperRef(RefKind.TITLE, text)
