"""Superscripts, subscripts, accents and the alphabets of mathematics, as far as Unicode has them."""

from __future__ import annotations

import unicodedata

_SUPERSCRIPTS = dict(
    zip(
        "0123456789+-−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWαβγδθφχ*'",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵅᵝᵞᵟᶿᵠᵡ*′",
        strict=True,
    )
)
_SUBSCRIPTS = dict(zip("0123456789+-−=()aehijklmnoprstuvxβγρφχ", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ", strict=True))
# Signs that stand high by themselves.
_HIGH = {"∘": "°", "°": "°", "′": "′", "″": "″", "†": "†", "‡": "‡", "∗": "*", "⋆": "*", "⊤": "ᵀ", "TM": "™", "®": "®"}
_ORDINALS = frozenset({"st", "nd", "rd", "th"})

# TeX's accents, of text and of mathematics, as combining characters.
ACCENTS = {
    "'": 0x301, "`": 0x300, "^": 0x302, '"': 0x308, "~": 0x303, "=": 0x304, ".": 0x307, "c": 0x327, "v": 0x30C,
    "H": 0x30B, "k": 0x328, "u": 0x306, "r": 0x30A, "d": 0x323, "b": 0x331, "acute": 0x301, "grave": 0x300,
    "hat": 0x302, "ddot": 0x308, "tilde": 0x303, "bar": 0x304, "dot": 0x307, "check": 0x30C, "breve": 0x306,
    "vec": 0x20D7, "widehat": 0x302, "widetilde": 0x303, "overline": 0x304, "mathring": 0x30A, "not": 0x338,
}  # fmt: skip

_ALPHABETS = {
    "mathbb": ("DOUBLE-STRUCK",), "mathbbm": ("DOUBLE-STRUCK",), "mathds": ("DOUBLE-STRUCK",),
    "mathcal": ("SCRIPT",), "mathscr": ("SCRIPT",), "mathfrak": ("FRAKTUR", "BLACK-LETTER"),
}  # fmt: skip
ALPHABETS = frozenset(_ALPHABETS)
_DIGITS = dict(zip("0123456789", "ZERO ONE TWO THREE FOUR FIVE SIX SEVEN EIGHT NINE".split(), strict=True))


def superscript(text: str) -> str:
    """Return the text raised: `²`, `⁻¹`, `°`; `^Q` or `^(model)` where Unicode has no such letters."""
    text = text.strip()
    if text in _HIGH or text in _ORDINALS:
        return _HIGH.get(text, text)
    return _script(text, _SUPERSCRIPTS, "^")


def subscript(text: str) -> str:
    """Return the text lowered: `₁`; `_Q` or `_(BASE)` where Unicode has no such letters."""
    return _script(text.strip(), _SUBSCRIPTS, "_")


def _script(text: str, table: dict[str, str], sign: str) -> str:
    tight = text.replace(" ", "")
    if all(character in table for character in tight):
        return "".join(table[character] for character in tight)
    return f"{sign}{text}" if len(text) == 1 else f"{sign}({text})"


def accented(text: str, accent: str) -> str:
    """Return the character under the accent of that name; anything but a single character stays as it is."""
    bare = {"ı": "i", "ȷ": "j"}.get(text, text)
    if len(bare) != 1 or not bare.isprintable() or bare.isspace():
        return text
    return unicodedata.normalize("NFC", bare + chr(ACCENTS[accent]))


def styled(text: str, alphabet: str) -> str:
    """Return the letters and digits in one of `ALPHABETS`, other characters as they are: `ℝ`, `ℒ`."""
    return "".join(_styled(character, alphabet) for character in text)


def _styled(character: str, alphabet: str) -> str:
    if not character.isascii() or not character.isalnum():
        return character
    kind = f"DIGIT {_DIGITS[character]}" if character in _DIGITS else f"CAPITAL {character}"
    kind = kind if not character.islower() else f"SMALL {character.upper()}"
    for name in _ALPHABETS[alphabet]:
        for full in (f"{name} {kind}", f"MATHEMATICAL {name} {kind}"):
            try:
                return unicodedata.lookup(full)
            except KeyError:
                continue
    return character
