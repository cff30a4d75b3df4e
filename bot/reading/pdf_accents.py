"""Accents put on their letters: TeX's older fonts draw the two one over the other. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from bot.reading.pdf_values import Glyph

_LOOK_BACK = 40  # glyphs; PDFium puts an accent behind the word over which it is drawn
_ACCENTS = {
    "´": "\u0301", "`": "\u0300", "ˋ": "\u0300", "ˊ": "\u0301", "¨": "\u0308", "ˆ": "\u0302", "^": "\u0302",
    "˜": "\u0303", "~": "\u0303", "¯": "\u0304", "ˇ": "\u030c", "˘": "\u0306", "˙": "\u0307", "˚": "\u030a",
    "¸": "\u0327", "˛": "\u0328", "˝": "\u030b",
}  # fmt: skip
_DOTLESS = {"ı": "i", "ȷ": "j"}


def accented(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """Return the glyphs with each accent that is drawn over or under a letter put on that letter."""
    done: list[Glyph] = []
    waiting: Glyph | None = None
    for glyph in glyphs:
        mark = _ACCENTS.get(glyph.char)
        if mark is not None:
            for place in range(len(done) - 1, max(len(done) - _LOOK_BACK, 0) - 1, -1):
                if _is_over(glyph, done[place]):
                    done[place] = done[place]._replace(char=_composed(done[place].char, mark))
                    break
            else:
                done.append(glyph)
                waiting = glyph
            continue
        if waiting is not None and _is_over(waiting, glyph) and done[-1] is waiting:
            done[-1] = glyph._replace(
                char=_composed(glyph.char, _ACCENTS[waiting.char]), space=waiting.space, guessed=waiting.guessed
            )
        else:
            done.append(glyph)
        waiting = None
    return done


def _is_over(accent: Glyph, letter: Glyph) -> bool:
    return (
        letter.char.isalpha()
        and letter.x0 < (accent.x0 + accent.x1) / 2 < letter.x1
        and abs(accent.y - letter.y) < 0.6 * letter.size
        and accent.size > 0.88 * letter.size
    )


def _composed(letter: str, mark: str) -> str:
    return unicodedata.normalize("NFC", _DOTLESS.get(letter, letter) + mark)
