"""The open elements of a page that affect how the text inside them is read. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lxml import etree

from bot.reading.hidden import PLAIN, Look, look_of
from bot.reading.roles import ANCHORS, Role

_LONGEST_ID = 200  # characters


@dataclass(slots=True)
class Frame:
    """An open element. `id` and `anchor` are its own or those of an element around it; `close` is called at its end."""

    element: etree._Element
    role: Role = Role.INLINE
    classes: frozenset[str] = frozenset()
    id: str = ""
    anchor: str = ""
    look: Look = PLAIN
    in_picture: bool = False
    in_paragraph: bool = False
    close: Callable[[], None] | None = None


def framed(element: etree._Element, role: Role, classes: frozenset[str], around: Frame) -> Frame:
    """Return the frame of an element: what it does not set itself it has from the frame around it."""
    own = element.get("id", "").strip()[:_LONGEST_ID]
    return Frame(
        element,
        role,
        classes,
        id=own or around.id,
        anchor=own if own and (classes & ANCHORS or not around.anchor) else around.anchor,
        look=look_of(element, around.look),
        in_picture=around.in_picture,
        in_paragraph="ltx_p" in classes or (around.in_paragraph and role in (Role.INLINE, Role.SPACED)),
    )
