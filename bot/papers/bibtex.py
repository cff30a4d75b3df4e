"""A paper as a BibTeX entry. Pure.

Text from outside is literal: none of it is interpreted by TeX, and its braces cannot end a field.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from bot.models import Paper, PaperId

_SIGNS = {
    "\\": r"\textbackslash{}",
    # BibTeX counts braces even after a backslash.
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
    """Return the entry, ending with a newline. Unknown fields are left out."""
    fields = [
        ("title", f"{{{_text(paper.title)}}}"),  # inner braces preserve its capitals
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
    """Return the entries of all papers, each with a unique key."""
    owners: dict[str, PaperId] = {}
    entries = []
    for paper in papers:
        key, text = cite_key(paper), entry(paper)
        number = 1
        while owners.setdefault(key, paper.id) != paper.id:
            number += 1
            key = f"{cite_key(paper)}-{number}"
        entries.append(text.replace(cite_key(paper), key, 1))
    return "\n".join(entries)


def cite_key(paper: Paper) -> str:
    """Return a key such as `inkwell2026woodblocks`: last name of the first author, year, first significant word, in
    ASCII.
    """
    name = _ascii(paper.authors[0].split()[-1]) if paper.authors and paper.authors[0].split() else ""
    words = [word for word in map(_ascii, paper.title.split()) if word and word not in _SMALL_WORDS]
    key = f"{name}{paper.published.year}{words[0] if words else ''}"
    return key if name or words else f"paper{paper.published.year}{_ascii(paper.id.value)}"


def file_name(paper: Paper) -> str:
    """Return a file name such as `2602.21548.bib`, of letters, digits, dots and hyphens."""
    return re.sub(r"[^A-Za-z0-9.]+", "-", paper.arxiv_id or paper.id.value).strip("-.")[:80] + ".bib"


def _text(text: str) -> str:
    plain = "".join(" " if c.isspace() else c for c in text if c.isprintable() or c.isspace())
    return "".join(_SIGNS.get(c, c) for c in " ".join(plain.split()))


def _person(name: str) -> str:
    """Return the name, in braces if it contains an `and` or a comma that BibTeX would take for a separator."""
    text = _text(name)
    return f"{{{text}}}" if re.search(r"(?:^|\s)and(?:\s|$)|,", text, re.IGNORECASE) else text


def _address(url: str) -> str:
    """Return the URL, "" if it contains anything that could end the field. Percent signs stay as they are in URLs."""
    return url if re.fullmatch(r"https?://[^\s{}\\\x00-\x20]+", url) and url.isprintable() else ""


def _ascii(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]", "", folded)
