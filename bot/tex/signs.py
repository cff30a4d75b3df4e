"""The pieces that a text with TeX is made of, and the signs whose meaning depends only on their neighbours."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

from bot.tex.commands import CITES, LETTERS
from bot.tex.groups import Groups
from bot.tex.reading import is_known

_COMMAND = re.compile(r"\\([A-Za-z]+)")
# A sum begins with a digit, and words follow it.
_MONEY = re.compile(r"\d[^\\^_=<>{}]*[A-Za-z]{2}")
# Words, but no sign of a formula.
_SPOKEN = re.compile(r"\A(?=[^\\^_={}<>+|]*\Z).*(?:[A-Za-z]{3,} | [A-Za-z]{3,})|[A-Za-z]{3,} [A-Za-z]{2,} [A-Za-z]{2,}")
_BEFORE_DASH, _AFTER_DASH = re.compile(r"""[\w)\]}.,”"'$%]"""), re.compile(r"""[\w(\[“"'`$\\\s]""")
_BEFORE_TIE, _AFTER_TIE = re.compile(r"[\w.,)\]}$]"), re.compile(r"[\w($\\]")
_BREAKING = re.compile(r"(?<!\\)(?:\\\\)*[%#$&]|\^\^|\n\s*\n|(?<!\\)(?:\\\\)*\\\Z")


class Kind(Enum):
    PROSE = auto()
    TEX = auto()
    MATH = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a text: `raw` as it was typed, `shown` as it reads, `tex` as a TeX document takes it.

    `tex` is empty where a document takes `shown`, escaped. For prose all three are the same. `formula` is what stood
    between the dollars of a MATH token.
    """

    kind: Kind
    raw: str
    shown: str
    tex: str
    formula: str = ""


def dash(text: str, match: re.Match[str]) -> Token | None:
    """Return a dash of two or three hyphens between words or blanks; None for the hyphens of `--flag`."""
    hyphens = match["dash"]
    before, after = text[max(match.start() - 1, 0) : match.start()], text[match.end() : match.end() + 1]
    spaced = before.isspace() and after.isspace()
    if not spaced and not (_BEFORE_DASH.fullmatch(before) and _AFTER_DASH.fullmatch(after)):
        return None
    return Token(Kind.TEX, hyphens, "—" if len(hyphens) == 3 else "–", hyphens)


def tie(text: str, start: int) -> Token | None:
    """Return a tilde that joins two words as a blank; None for those of `~5`, `10~20` and `/~name`."""
    before, after = text[max(start - 1, 0) : start], text[start + 1 : start + 2]
    if before.isalpha() and after == " ":
        return Token(Kind.TEX, "~", "", "~")
    if not _BEFORE_TIE.fullmatch(before) or not _AFTER_TIE.fullmatch(after):
        return None
    if before.isdigit() and after.isdigit():
        return None
    if (cited := _COMMAND.match(text, start + 1)) and CITES.fullmatch(cited[1]):
        return Token(Kind.TEX, "~", "", "")
    return Token(Kind.TEX, "~", " ", "~")


def letter(text: str, start: int, end: int, name: str) -> Token:
    """Return a letter that has a name (`\\L`), with the blank or the empty group that ends the name."""
    if text[end : end + 2] == "{}":
        end += 2
    elif text[end : end + 1] == " " and text[end + 1 : end + 2].isalpha():
        end += 1
    return Token(Kind.TEX, text[start:end], LETTERS[name], f"{{\\{name}}}")


def is_formula(inner: str, after: str) -> bool:
    """Return whether what stands between two single dollars is a formula; `after` is the character after the second.

    Dollars of a formula touch what is inside. Sums of money and the variables of a shell do not, or have a digit or
    words where a formula has none.
    """
    if "\\" in inner:
        return True
    touching = not inner[0].isspace() and not inner[-1].isspace()
    is_price = after.isdigit() and bool(re.search(r"\w", inner[0] + inner[-1]))
    return touching and not is_price and not _MONEY.match(inner) and not _SPOKEN.search(inner)


def is_safe(tex: str) -> bool:
    """Return whether a TeX document can take the formula as it is: whole, and of commands that only print."""
    names = _COMMAND.findall(tex)
    return (
        all(is_known(name) and name != "href" for name in names) and Groups.balanced(tex) and not _BREAKING.search(tex)
    )
