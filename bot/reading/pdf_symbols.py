"""What the letters and digits of TeX's symbol fonts are. Pure.

Those fonts have symbols where others have letters, under names that no list has, so that PDFium takes a norm for `k`, a
sum for `P` and a hat for `b`. The places are those of TeX's own encodings: OMS (symbols), OMX (extensible symbols) and
OML (letters), in the TeXbook's appendix F.
"""

from __future__ import annotations

import re

_FAMILY = re.compile(
    r"(?:^|\+)(?:(?P<symbols>CMB?SY|LMMathSymbols)|(?P<extension>CMEX|LMMathExtension)|(?P<letters>CMMIB?|LMMathItalic))"
)
_SYMBOLS = {
    "f": "{", "g": "}", "h": "⟨", "i": "⟩", "j": "|", "k": "‖", "b": "⌊", "c": "⌋", "d": "⌈", "e": "⌉", "p": "√",
    "0": "′", "1": "∞", "2": "∈", "3": "∋", "8": "∀", "9": "∃", "s": "∫", "r": "∇", "u": "⊔", "v": "⊑",
}  # fmt: skip
_EXTENSION = {
    "P": "∑", "X": "∑", "Q": "∏", "Y": "∏", "R": "∫", "Z": "∫", "S": "⋃", "T": "⋂",
    "p": "√", "q": "√", "r": "√", "s": "√",
}  # fmt: skip
_LETTERS = {"ǫ": "ϵ"}


def meant(char: str, font: str) -> str:
    """Return the character that is drawn, "" for a piece of a symbol or a hat: `font` is the font's own name."""
    family = _FAMILY.search(font)
    if family is None:
        return char
    if family["letters"]:
        return _LETTERS.get(char, char)
    if not (char.isascii() and char.isalnum()):
        return char
    if family["extension"]:
        return _EXTENSION.get(char, "")
    return char if char.isupper() else _SYMBOLS.get(char, "")  # capitals are calligraphic letters


def hangs(font: str) -> bool:
    """Return whether the font's symbols hang from their baseline, as TeX's extensible ones do."""
    family = _FAMILY.search(font)
    return family is not None and bool(family["extension"])
