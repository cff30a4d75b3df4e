"""A paper as a BibTeX entry. Pure.

TeX that only prints (`S$^2$`, `\\emph{x}`, `{\\"o}`) stays TeX. Everything else from outside is text: no sign of TeX in
it means anything, and its braces cannot end a field.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from bot.models import Paper, PaperId
from bot.tex import Kind, readable, tokens
from bot.words.plain import one_line

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
# Letters that Unicode does not take apart.
_LETTERS = str.maketrans(
    {
        "ł": "l", "ø": "o", "ß": "ss", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h",
        "ŋ": "ng", "ŧ": "t", "ĸ": "k", "ə": "e", "ɛ": "e", "ɔ": "o", "ƒ": "f", "ſ": "s", "ŀ": "l", "ɓ": "b", "ɗ": "d",
        "ƙ": "k",
        "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z", "и": "i", "й": "i",
        "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
        "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu",
        "я": "ya", "і": "i", "ї": "i", "є": "ie", "ґ": "g",
        "α": "a", "β": "b", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th", "ι": "i", "κ": "k", "λ": "l",
        "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s", "ς": "s", "τ": "t", "υ": "y", "φ": "f",
        "χ": "ch", "ψ": "ps", "ω": "o",
    }
)  # fmt: skip
_SUFFIX = re.compile(r"(?:Jr|Sr)\.?|I{2,3}|IV", re.IGNORECASE)
# A name with one of these words is no person's. "Ai" is a family name, and people are called "The".
_TEAM = re.compile(
    r"\b(?:teams?|collaborations?|consortium|consortia|groups?|labs?|laborator(?:y|ies)|project|initiative|community"
    r"|communities|foundation|institutes?|universit\w+|cent(?:er|re)s?|committee|networks?|research|researchers"
    r"|(?-i:AI)|DeepMind|inc|corp|corporation|ltd|llc|gmbh|contributors|organi[sz]ation|alliance|society|association"
    r"|task force)\b\.?"
    r"|(?:チーム|グループ|研究所|研究室|大学|団队|团队|實驗室|实验室)$",
    re.IGNORECASE,
)
_EAST_ASIAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af々〆\s・]+")


def entry(paper: Paper) -> str:
    """Return the entry, ending with a newline. Unknown fields are left out."""
    fields = [
        ("title", f"{{{_text(paper.title)}}}"),  # inner braces preserve its capitals
        ("author", " and ".join([*_authors(paper), *["others"] * paper.more_authors])),
        ("year", str(paper.published.year)),
        ("month", str(paper.published.month)),
        ("eprint", _verbatim(paper.arxiv_id or "")),
        ("archiveprefix", "arXiv" if paper.arxiv_id else ""),
        ("primaryclass", _verbatim(paper.categories[0]) if paper.arxiv_id and paper.categories else ""),
        ("doi", _verbatim(paper.doi or "")),
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
    people = [readable(name).split() for name in paper.authors if _is_name(name)]
    name = _ascii(_family_name(people[0])) if people else ""
    words = [word for word in map(_ascii, readable(paper.title).split()) if word and word not in _SMALL_WORDS]
    key = f"{name}{paper.published.year}{words[0] if words else ''}"
    return key if name or words else f"paper{paper.published.year}{_ascii(paper.id.value)}"


def file_name(paper: Paper) -> str:
    """Return a file name such as `2602.21548.bib`, of letters, digits, dots and hyphens."""
    return re.sub(r"[^A-Za-z0-9.]+", "-", paper.arxiv_id or paper.id.value).strip("-.")[:80] + ".bib"


def _text(text: str) -> str:
    """Return the text as TeX, on one line: TeX that only prints unchanged, every other sign escaped."""
    written = (
        (token.kind is not Kind.PROSE and token.tex) or _escaped(token.shown) for token in tokens(one_line(text))
    )
    return "".join(written)


def _escaped(text: str) -> str:
    return "".join(_SIGNS.get(c, c) for c in text)


def _verbatim(text: str) -> str:
    """Return an identifier, which BibTeX styles put into a URL unchanged, with whatever would end the field encoded."""
    return "".join(f"%{ord(c):02X}" if c in "{}\\" else c for c in one_line(text).replace(" ", ""))


# --- names ------------------------------------------------------------------------------------


def _is_name(name: str) -> bool:
    return any(map(str.isalnum, name))


def _authors(paper: Paper) -> Iterator[str]:
    """Yield the authors as BibTeX reads them. A colon among them, as sources list it, ends the name of a team."""
    for name, follower in pairwise((*paper.authors, "")):
        if _is_name(name):
            yield _person(name, is_team=follower.strip() == ":")


def _person(name: str, *, is_team: bool = False) -> str:
    """Return the name so that BibTeX finds its parts: family name last, or before a comma; a team's name in braces."""
    shown = one_line(name)
    is_team, shown = is_team or shown.endswith(":"), shown.rstrip(": ")
    text, words = _text(shown), shown.split()
    if is_team or _TEAM.search(shown):
        return f"{{{text}}}"
    if "," in shown:
        family, _, rest = shown.partition(",")
        if _SUFFIX.fullmatch(rest.strip()) and len(family.split()) > 1:
            return _person(f"{family} {rest.strip()}")
        return f"{{{text}}}"
    if re.search(r"(?:^|\s)and(?:\s|$)", text, re.IGNORECASE):  # its own `and` is no separator
        return f"{{{text}}}"
    if len(words) > 2 and _SUFFIX.fullmatch(words[-1]):
        *given, family, suffix = words
        return f"{_text(family)}, {_text(suffix)}, {_text(' '.join(given))}"
    if len(words) == 2 and _EAST_ASIAN.fullmatch(shown):
        return f"{_text(words[0])}, {_text(words[1])}"
    return text


def _family_name(words: Sequence[str]) -> str:
    """Return the word by which the name is cited."""
    if _EAST_ASIAN.fullmatch(" ".join(words)):
        return words[0]
    if words[-1].endswith(":") or len(words) == 1:
        return words[0]
    if _TEAM.search(" ".join(words)):
        return next((word for word in words if word.lower() != "the"), words[0])
    before = [word.rstrip(",") for word in words if not _SUFFIX.fullmatch(word)]
    return before[-1] if before else words[-1]


def _address(url: str) -> str:
    """Return the URL, "" if it contains anything that could end the field. Percent signs stay as they are in URLs."""
    return url if re.fullmatch(r"https?://[^\s{}\\\x00-\x20]+", url) and url.isprintable() else ""


def _ascii(text: str) -> str:
    lower = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    folded = lower.translate(_LETTERS).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]", "", folded)
