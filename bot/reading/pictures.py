"""Tell whether a drawing holds labels, or prose in a coloured box. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from bot.reading.hidden import paints

_PROSE = 60  # letters of the average label, from which a drawing is a box around paragraphs


@dataclass(frozen=True, slots=True)
class Picture:
    """`is_prose`: it is a box with paragraphs. `painted`: something in it is filled, so that white text may show."""

    is_prose: bool
    painted: bool


def look_at(element: etree._Element) -> Picture:
    letters = labels = 0
    painted = False
    for one in element.iter(etree.Element):
        labels += one.tag in ("foreignobject", "text")
        letters += len((one.text or "").strip()) + len((one.tail or "").strip() if one is not element else "")
        painted = painted or paints(one)
    return Picture(letters >= _PROSE * max(labels, 1), painted)
