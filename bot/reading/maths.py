"""Formulas as the author's TeX between dollar signs. Pure.

A `math` element holds its formula up to three times: as glyphs, as `alttext`, as an annotation. Only one may be read.
"""

from __future__ import annotations

import re

from lxml import etree

from bot.reading.colours import is_white
from bot.reading.hidden import PLAIN, hidden_by
from bot.words.plain import plain

_TOKENS = frozenset("mtext mi mo mn ms mrow mstyle mpadded semantics".split())
LONGEST = 20_000  # characters of one formula

_LINE_END = re.compile(r"(?<!\\)%\s*\n\s*")  # how LaTeXML breaks a long alttext
_UNSHOWN = re.compile(
    r"(?P<comment>(?<!\\)%[^\n]*)|(?P<inside>\\[hv]?phantom\s*\{)"
    r"|\\(?:textcolor\s*(?:\[(?P<model2>\w*)\])?\s*\{(?P<colour2>[^{}]{1,60})\}\s*(?P<inside2>\{)"
    r"|color\s*(?:\[(?P<model>\w*)\])?\s*\{(?P<colour>[^{}]{1,60})\})"
)
_BRACE = re.compile(r"(?<!\\)[{}]")
_NUMBERS = re.compile(r"\s*\d*\.?\d+(?:\s*,\s*\d*\.?\d+){0,3}\s*")
_WORDS = re.compile(r"[^\W\d_]{3,}")
_STYLE = re.compile(r"\\(?:display|text|script|scriptscript)style(?![A-Za-z])\s*")


def formula_of(element: etree._Element) -> tuple[str, int]:
    """Return `$TeX$`, or the formula's glyphs between dollar signs if there is no TeX; "" for an empty one.

    Beside it stands how many pieces with words were left out because no reader sees them.
    """
    source = element.get("alttext") or _annotation(element) or element.get("alt") or _glyphs(element)
    seen, unseen = _seen(_LINE_END.sub(" ", plain(source)[:LONGEST]))
    return in_dollars(seen), unseen


def _seen(tex: str) -> tuple[str, int]:
    """Return TeX without what it sets but does not show: in white, only as room, or as a comment."""
    if "\\" not in tex and "%" not in tex:
        return tex, 0
    kept: list[str] = []
    at = unseen = 0
    for match in _UNSHOWN.finditer(tex):
        if match.start() < at:
            continue
        if match["comment"]:
            end = match.end()
        elif (colour := match["colour"] or match["colour2"]) and not _is_white(
            match["model"] or match["model2"] or "", colour
        ):
            continue
        elif match["inside"] or match["inside2"]:
            end = _group_end(tex, match.end(), 1)
        else:
            end = _group_end(tex, match.end(), 1) - 1  # the group that the colour stands in stays closed
        kept.append(tex[at : match.start()])
        unseen += len(_WORDS.findall(tex[match.end() : end])) > 0 or bool(_WORDS.search(match["comment"] or ""))
        at = min(end, len(tex))
    return "".join((*kept, tex[at:])), unseen


def _group_end(tex: str, start: int, depth: int) -> int:
    """Return the place behind the brace that closes the group, or one behind the end of the text."""
    for brace in _BRACE.finditer(tex, start):
        depth += 1 if brace[0] == "{" else -1
        if not depth:
            return brace.end()
    return len(tex) + 1


def _is_white(model: str, colour: str) -> bool:
    """Return whether a colour of xcolor's is that of the page: https://ctan.org/pkg/xcolor, section 2."""
    if model.lower() == "html":
        return is_white(f"#{colour.strip().lower()}")
    if not _NUMBERS.fullmatch(colour):
        return is_white(colour) or colour.strip().lower().startswith("white!")
    parts = [float(part) for part in re.findall(r"\d*\.?\d+", colour)]
    if model == "cmyk":
        return max(parts) <= 0.07
    if model == "RGB":
        parts = [part / 255 for part in parts]
    return min(parts) > 0.93


def in_dollars(source: str) -> str:
    """Return the TeX in dollar signs. Those inside, which open mathematics within text, are left out."""
    plain = _STYLE.sub("", _LINE_END.sub(" ", source[:LONGEST]))
    inside = " ".join(re.sub(r"(?<!\\)\$", "", plain).split()).rstrip("\\")
    return f"${inside}$" if inside.strip("{} ") else ""


def joined(formulas: list[str]) -> str:
    """Return the parts of one row of a display as one formula."""
    inside = " ".join(formula.removeprefix("$").removesuffix("$").strip() for formula in formulas)
    return f"${inside}$" if inside else ""


def _annotation(element: etree._Element) -> str:
    for child in element.iter("annotation"):
        if (child.get("encoding") or "").startswith("application/x-tex"):
            return "".join(map(str, child.itertext()))
    return ""


def _glyphs(element: etree._Element) -> str:
    pieces: list[str] = []
    length = 0
    walker = etree.iterwalk(element, events=("start", "end"))
    for event, one in walker:
        name = one.tag.lower() if isinstance(one.tag, str) else "!"
        unseen = event == "start" and name in _TOKENS and hidden_by(one, frozenset(), PLAIN)
        skipped = name.startswith(("annotation", "!")) or name == "mphantom" or bool(unseen)
        text = one.tail if event == "end" and one is not element else one.text if event == "start" else None
        if event == "start" and skipped:
            walker.skip_subtree()
            continue
        if text and text.strip() and length < LONGEST:
            pieces.append(text.strip())
            length += len(text)
    return " ".join(pieces)
