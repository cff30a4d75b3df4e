"""Characters without a form, in which orders can be written that no reader sees. Pure."""

from __future__ import annotations

import re

# The tags of https://www.unicode.org/charts/PDF/UE0000.pdf spell out ASCII invisibly, variation selectors any bytes.
_SPELLING = re.compile("[\U000e0000-\U000e0fff]+|[\ufe00-\ufe0e]{2,}")
# Soft hyphens, zero-width blanks, marks of direction and of invisible mathematics. Joiners make Persian and emoji.
_FORMLESS = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\u115f\u1160\u3164\uffa0]")


def without_invisible(text: str) -> tuple[str, int]:
    """Return the text without them, and how many runs of characters that spell something were among them."""
    if text.isascii():
        return text, 0
    plain, count = _SPELLING.subn("", text)
    return _FORMLESS.sub("", plain), count
