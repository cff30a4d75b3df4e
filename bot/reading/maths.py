"""Formulas as the author's TeX between dollar signs. Pure.

A `math` element holds its formula up to three times: as glyphs, as `alttext`, as an annotation. Only one may be read.
"""

from __future__ import annotations

import re

from lxml import etree

from bot.words.plain import plain

LONGEST = 20_000  # characters of one formula

_LINE_END = re.compile(r"(?<!\\)%\s*\n\s*")  # how LaTeXML breaks a long alttext
_STYLE = re.compile(r"\\(?:display|text|script|scriptscript)style(?![A-Za-z])\s*")


def formula_of(element: etree._Element) -> str:
    """Return `$TeX$`, or the formula's glyphs between dollar signs if there is no TeX; "" for an empty one."""
    source = element.get("alttext") or _annotation(element) or element.get("alt") or _glyphs(element)
    return in_dollars(plain(source))


def in_dollars(source: str) -> str:
    """Return the TeX in dollar signs. Those inside, which open mathematics within text, are left out."""
    plain = _STYLE.sub("", _LINE_END.sub(" ", source[:LONGEST]))
    inside = " ".join(re.sub(r"(?<!\\)\$", "", plain).split()).rstrip("\\")
    return f"${inside}$" if inside else ""


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
        skipped = name.startswith(("annotation", "!"))
        text = one.tail if event == "end" and one is not element else one.text if event == "start" else None
        if event == "start" and skipped:
            walker.skip_subtree()
            continue
        if text and text.strip() and length < LONGEST:
            pieces.append(text.strip())
            length += len(text)
    return " ".join(pieces)
