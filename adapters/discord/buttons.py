"""Discord's message components, and what a click on one means. Pure.

A button's `custom_id` carries the key of its delivery, which identifies the message in a look-up, and everything that
a click needs, so that it works after any restart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from adapters.common.cutting import units
from adapters.discord.text import clip_plain
from bot.models import PaperId, Style
from bot.words import one_line, web_link

Json = dict[str, Any]

LONGEST_ID = 100
LONGEST_LABEL = 80
LONGEST_ADDRESS = 512
LONGEST_OPTION = 100
MOST_OPTIONS = 25
LONGEST_PLACEHOLDER = 150
NO_KEY = "-"  # for an answer to one person, which is not a delivery
_KEY = re.compile(r"[0-9A-Za-z]{1,25}|-")
_ROW, _BUTTON, _SELECT = 1, 2, 3
_A_ROW, _MOST_ROWS = 5, 5


class Action(StrEnum):
    """What a click asks for. The values are part of messages already sent, so they must not change."""

    DETAILS = "details"
    CITE = "cite"
    MORE = "more"
    SHARE = "share"
    SHARE_DETAILS = "share-details"
    CHOOSE = "choose"
    FORM = "form"  # opens the form of the channel's settings
    PREVIEW = "preview"
    STATUS = "status"
    STEP = "step"  # a choice among what an answer offers to do next
    ASK = "ask"  # opens the form of a question about a paper
    CANCEL = "cancel"  # this and the next ones act on a question
    NEXT = "next"
    SHARE_ANSWER = "share-answer"
    QUOTATIONS = "quotations"


class Colour:
    """Discord's button styles."""

    PRIMARY, SECONDARY, LINK = 1, 2, 5


@dataclass(frozen=True, slots=True)
class Click:
    """The content of a `custom_id`. `subject` is a paper's id, or a question's, if the action is about one.

    That of a question to ask next is the id of the answered one, a slash, and a number.
    """

    action: Action
    key: str = NO_KEY
    subject: str = ""

    @property
    def custom_id(self) -> str:
        return f"{self.action}:{self.key}:{self.subject}"

    @property
    def paper(self) -> PaperId | None:
        try:
            return PaperId.parse(self.subject)
        except ValueError:
            return None


_CHOICE = Click(Action.CHOOSE)


def click_of(custom_id: str) -> Click | None:
    """Parse a `Click.custom_id`. Returns None if it is not one of ours."""
    action, _, rest = custom_id.partition(":")
    key, colon, subject = rest.partition(":")
    if action not in set(Action) or not colon or not _KEY.fullmatch(key):
        return None
    return Click(Action(action), key, subject)


def keys_of(components: object) -> set[str]:
    """Return the delivery keys in a message's components, in Discord's JSON."""
    if isinstance(components, dict):
        click = click_of(str(components.get("custom_id", "")))
        return ({click.key} if click else set()) | keys_of(components.get("components"))
    if isinstance(components, list):
        return {key for one in components for key in keys_of(one)}
    return set()


def button(label: str, click: Click, colour: int = Colour.SECONDARY) -> Json:
    return {"type": _BUTTON, "style": colour, "label": _label(label), "custom_id": click.custom_id}


def link(label: str, address: str | None) -> list[Json]:
    """Return a button that opens a page, or nothing if the address is not a link or too long."""
    url = web_link(address or "")
    if not url or units(url) > LONGEST_ADDRESS:
        return []
    return [{"type": _BUTTON, "style": Colour.LINK, "label": _label(label), "url": url}]


def fits(click: Click) -> bool:
    return units(click.custom_id) <= LONGEST_ID


def rows(buttons: Iterable[Json]) -> list[Json]:
    """Return rows of at most five buttons, five rows at most."""
    shown = list(buttons)[: _MOST_ROWS * _A_ROW]
    return [{"type": _ROW, "components": shown[at : at + _A_ROW]} for at in range(0, len(shown), _A_ROW)]


def choice(placeholder: str, options: Sequence[tuple[str, str, str]], click: Click = _CHOICE) -> list[Json]:
    """Return a single-choice menu of (value, label, description), leaving out values that are too long."""
    fitting = [one for one in options if units(one[0]) <= LONGEST_OPTION][:MOST_OPTIONS]
    if not fitting:
        return []
    entries = [
        {
            "value": value,
            "label": clip_plain(one_line(label), LONGEST_OPTION),
            "description": clip_plain(one_line(description), LONGEST_OPTION),
        }
        for value, label, description in fitting
    ]
    menu = {
        "type": _SELECT,
        "custom_id": click.custom_id,
        "placeholder": clip_plain(placeholder, LONGEST_PLACEHOLDER),
        "options": entries,
    }
    return [{"type": _ROW, "components": [menu]}]


def share_action(style: Style) -> Action:
    return Action.SHARE_DETAILS if style is Style.DETAILED else Action.SHARE


def _label(text: str) -> str:
    return clip_plain(text, LONGEST_LABEL)
