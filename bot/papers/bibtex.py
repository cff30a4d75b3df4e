"""A paper as a BibTeX entry. Pure.

What comes from outside is text: no sign of TeX's in it means anything, and its braces cannot end a field.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from bot.models import Paper, PaperId

_SIGNS = {
    "\\": r"\textbackslash{}",
    # BibTeX counts braces even behind a backslash.
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "#$%&_"},
}
_SMALL_WORDS = frozenset(
    "a an the of on in for to and with from via towards toward is are do does how what why".split()
)


def entry(paper: Paper) -> str:
    """The entry with a line end; what is not known of the paper is left out."""
    fields = [
        ("title", f"{{{_text(paper.title)}}}"),  # braces keep its capitals
        ("author", " and ".join([*map(_person, filter(str.strip, paper.authors)), *["others"] * paper.more_authors])),
        ("year", str(paper.published.year)),
        ("month", str(paper.published.month)),
        ("eprint", _text(paper.arxiv_id or "")),
        ("archiveprefix", "arXiv" if paper.arxiv_id else ""),
        ("primaryclass", _text(paper.categories[0]) if paper.arxiv_id and paper.categories else ""),
        ("doi", _text(paper.doi or "")),
        ("url", _address(paper.url)),
    ]
    lines = "".join(f"  {name:<13} = {{{value}}},\n" for name, value in fields if value and value != "{}")
    return f"@misc{{{cite_key(paper)},\n{lines}}}\n"


def bibliography(papers: Iterable[Paper]) -> str:
    """The entries of all papers, each under a key of its own."""
    seen: dict[str, PaperId] = {}
    written = []
    for paper in papers:
        key, text = cite_key(paper), entry(paper)
        number = 1
        while seen.setdefault(key, paper.id) != paper.id:
            number += 1
            key = f"{cite_key(paper)}-{number}"
        written.append(text.replace(cite_key(paper), key, 1))
    return "\n".join(written)


def cite_key(paper: Paper) -> str:
    """`inkwell2026woodblocks`: the first author's last name, the year, the first word of weight; ASCII alone."""
    name = _ascii(paper.authors[0].split()[-1]) if paper.authors and paper.authors[0].split() else ""
    words = [word for word in map(_ascii, paper.title.split()) if word and word not in _SMALL_WORDS]
    key = f"{name}{paper.published.year}{words[0] if words else ''}"
    return key if name or words else f"paper{paper.published.year}{_ascii(paper.id.value)}"


def file_name(paper: Paper) -> str:
    """`2602.21548.bib`, of letters, digits, dots and hyphens."""
    return re.sub(r"[^A-Za-z0-9.]+", "-", paper.arxiv_id or paper.id.value).strip("-.")[:80] + ".bib"


def _text(text: str) -> str:
    plain = "".join(" " if c.isspace() else c for c in text if c.isprintable() or c.isspace())
    return "".join(_SIGNS.get(c, c) for c in " ".join(plain.split()))


def _person(name: str) -> str:
    """A name whose own `and` is no separator."""
    text = _text(name)
    return f"{{{text}}}" if re.search(r"(?:^|\s)and(?:\s|$)|,", text, re.IGNORECASE) else text


def _address(url: str) -> str:
    """Without white space and signs that would end the field; percent signs are as they are in an address."""
    return url if re.fullmatch(r"https?://[^\s{}\\\x00-\x20]+", url) and url.isprintable() else ""


def _ascii(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]", "", folded)
