"""A page drawn once, small and grey, to see which of its words a reader sees.

Whatever hides a word (the page's own colour, something drawn over it, a clipping path, a layer that is switched off,
no paint at all), no ink appears where it stands. That is asked of the picture instead of each way to hide a word.
"""

from __future__ import annotations

from collections import Counter

import pypdfium2 as pdfium  # type: ignore[import-untyped]  # it ships no types

_LONGEST_SIDE = 1000  # pixels; a page of a paper gets about one for each point
_LEAST_CONTRAST = 16  # of 255 shades


class Picture:
    """A rendered page. Boxes are left, bottom, right and top in the page's own units."""

    def __init__(self, page: pdfium.PdfPage) -> None:
        width, height = page.get_size()
        bitmap = page.render(scale=min(_LONGEST_SIDE / max(width, height, 1), 2), grayscale=True, draw_annots=False)
        self._width, self._height, self._stride = bitmap.width, bitmap.height, bitmap.stride
        self._pixels = bytes(bitmap.buffer)
        converter = bitmap.get_posconv(page)
        # A page may be turned, cropped or both: three points tell how its units become pixels.
        self._origin = converter.to_bitmap(0, 0)
        self._across, self._up = (
            tuple(pixel - zero for pixel, zero in zip(converter.to_bitmap(x, y), self._origin, strict=True))
            for x, y in ((1000, 0), (0, 1000))
        )
        self._paper = Counter(self._pixels[::7]).most_common(1)[0][0]
        bitmap.close()

    def hides(self, box: tuple[float, float, float, float], shade: int | None) -> str:
        """Return why the word whose ink belongs in that box cannot be seen, "" if it can.

        `shade` is the grey of its paint from 0, black, to 255; None if it has none of its own. `outside` of the page,
        `background` if it is painted in the page's colour and stands on it, `covered` if no ink is where it should be.
        """
        left, bottom, right, top = box
        xs, ys = zip(*(self._pixel(x, y) for x in (left, right) for y in (bottom, top)), strict=True)
        if max(xs) <= 0 or max(ys) <= 0 or min(xs) >= self._width or min(ys) >= self._height:
            return "outside"
        # One pixel more on every side: the outline of a dash or a bar is all ink.
        first, last = max(int(min(xs)) - 1, 0), min(int(max(xs)) + 2, self._width)
        rows = range(max(int(min(ys)) - 1, 0), min(int(max(ys)) + 2, self._height))
        pixels = b"".join(self._pixels[row * self._stride + first : row * self._stride + last] for row in rows)
        if not pixels or max(pixels) - min(pixels) < _LEAST_CONTRAST:
            return "covered" if shade is None or abs(shade - self._paper) >= _LEAST_CONTRAST else "background"
        if shade is not None and abs(shade - self._paper) < _LEAST_CONTRAST:
            bare = sum(pixels.count(near) for near in range(self._paper - 8, self._paper + 9) if 0 <= near <= 255)
            return "background" if 2 * bare > len(pixels) else ""
        return ""

    def _pixel(self, x: float, y: float) -> tuple[float, float]:
        return (
            self._origin[0] + (x * self._across[0] + y * self._up[0]) / 1000,
            self._origin[1] + (x * self._across[1] + y * self._up[1]) / 1000,
        )
