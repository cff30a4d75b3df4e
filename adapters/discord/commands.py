"""Discord's slash commands: how they are registered, and what somebody's use of one asks for. Pure.

They are tables, not functions with decorators, because their names and descriptions come from the catalogues in every
language, and because what is registered is compared with what Discord has (see `sync`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType
from typing import Any

from bot.chat.commands import (
    MAX_SIZE,
    ChangeManagers,
    Command,
    ExportForm,
    ForgetMe,
    Help,
    LookUp,
    Now,
    Period,
    Preview,
    SetLayout,
    SetQuiet,
    SetSize,
    Show,
    Unsubscribe,
)
from bot.chat.parser import parse_digest
from bot.errors import InputError
from bot.models import Layout, RefKind, Style
from bot.papers.refs import MAX_LENGTH, parse_ref
from bot.words import Words, words_for

Json = dict[str, Any]
Values = Mapping[str, Any]

CHAT, MESSAGE_MENU = 1, 3
PAPER, DIGEST, MENU = "paper", "digest", "menu"
TRANSLATED = MappingProxyType({"ja": "ja"})  # our language -> Discord's locale; English is what all others see
_SUBCOMMAND = 1
_GUILD_INSTALL, _USER_INSTALL = 0, 1
_IN_GUILDS, _WITH_BOT, _ELSEWHERE = 0, 1, 2
_LONGEST_TEXT = 400


class Kind(IntEnum):
    TEXT, WHOLE, SWITCH, PERSON = 3, 4, 5, 6


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to fill in. `choices` are values whose labels are `<key>.<value>` of the catalogues."""

    name: str
    kind: Kind = Kind.TEXT
    required: bool = False
    completed: bool = False
    choices: tuple[str, ...] = ()
    label: str = ""
    most: int = 0

    def registered(self, words: Words, translated: Mapping[str, Words]) -> Json:
        named = _named(f"option.{self.name}", self.name, words, translated)
        shown: Json = {"type": int(self.kind), **named, "required": self.required}
        if self.completed:
            shown["autocomplete"] = True
        if self.choices:
            shown["choices"] = [self._choice(value, words, translated) for value in self.choices]
        if self.most:
            limits = ("min_value", "max_value") if self.kind is Kind.WHOLE else ("min_length", "max_length")
            shown |= dict(zip(limits, (1, self.most), strict=True))
        return shown

    def _choice(self, value: str, words: Words, translated: Mapping[str, Words]) -> Json:
        key = f"{self.label}.{value}"
        others = {locale: other.say(key) for locale, other in translated.items()}
        return {"name": words.say(key), "value": value, "name_localizations": others}


@dataclass(frozen=True, slots=True)
class Subcommand:
    """One of `/digest`: `read` makes a command of what was filled in, and raises InputError."""

    name: str
    read: Callable[[Values], Command]
    options: tuple[Option, ...] = ()


def _typed(name: str, *options: str) -> Callable[[Values], Command]:
    """What was filled in, read as it is where commands are typed; nothing filled in asks how it is set."""

    def read(values: Values) -> Command:
        said = " ".join(str(values[option]).strip() for option in options if values.get(option))
        return parse_digest(f"{name} {said}") if said else Show(name)

    return read


def _size(values: Values) -> Command:
    return SetSize(int(values["size"])) if "size" in values else Show("size")


def _layout(values: Values) -> Command:
    return SetLayout(Layout(values["layout"])) if "layout" in values else Show("layout")


def _quiet(values: Values) -> Command:
    return SetQuiet(bool(values["quiet"])) if "quiet" in values else Show("quiet")


def _managers(values: Values) -> Command:
    added = tuple(str(values[name]) for name in ("add",) if name in values)
    removed = tuple(str(values[name]) for name in ("remove",) if name in values)
    return ChangeManagers(added, removed) if added or removed else Show("managers")


def _subscribe(values: Values) -> Command:
    return parse_digest(f"subscribe {values.get('language', '')}")


def _top(values: Values) -> Command:
    return parse_digest(f"top {values.get('period', '')}")


def _search(values: Values) -> Command:
    return parse_digest(f"search {values.get('words', '')}")


def _why(values: Values) -> Command:
    return parse_digest(f"why {values.get('query', '')}")


def _export(values: Values) -> Command:
    return parse_digest(f"export {values.get('form', '')}")


_LANGUAGE = Option("language", completed=True, most=35)
SUBCOMMANDS = (
    Subcommand("subscribe", _subscribe, (_LANGUAGE,)),
    Subcommand("unsubscribe", lambda _: Unsubscribe()),
    Subcommand("time", _typed("time", "at", "zone"), (Option("at", most=20), Option("zone", completed=True, most=80))),
    Subcommand("days", _typed("days", "days"), (Option("days", completed=True, most=100),)),
    Subcommand("language", _typed("language", "language"), (_LANGUAGE,)),
    Subcommand("size", _size, (Option("size", Kind.WHOLE, most=MAX_SIZE),)),
    Subcommand("layout", _layout, (Option("layout", choices=("thread", "channel", "compact"), label="layout"),)),
    Subcommand("topics", _typed("topics", "topics"), (Option("topics", completed=True, most=_LONGEST_TEXT),)),
    Subcommand("keywords", _typed("keywords", "change"), (Option("change", most=_LONGEST_TEXT),)),
    Subcommand("authors", _typed("authors", "change"), (Option("change", most=_LONGEST_TEXT),)),
    Subcommand("quiet", _quiet, (Option("quiet", Kind.SWITCH),)),
    Subcommand("emoji", _typed("emoji", "values"), (Option("values", most=_LONGEST_TEXT),)),
    Subcommand("managers", _managers, (Option("add", Kind.PERSON), Option("remove", Kind.PERSON))),
    Subcommand("like", _typed("like", "papers"), (Option("papers", most=_LONGEST_TEXT),)),
    Subcommand("preview", lambda _: Preview()),
    Subcommand("now", lambda _: Now()),
    Subcommand("status", lambda _: Show()),
    Subcommand("why", _why, (Option("query", required=True, completed=True, most=MAX_LENGTH),)),
    Subcommand("top", _top, (Option("period", choices=tuple(Period), label="period"),)),
    Subcommand("search", _search, (Option("words", required=True, most=_LONGEST_TEXT),)),
    Subcommand("export", _export, (Option("form", choices=tuple(ExportForm), label="export"),)),
    Subcommand("forget-me", lambda _: ForgetMe()),
    Subcommand("help", lambda _: Help()),
)
_BY_NAME = {one.name: one for one in SUBCOMMANDS}
_PAPER_OPTIONS = (
    Option("query", required=True, completed=True, most=MAX_LENGTH),
    Option("style", choices=tuple(Style), label="style"),
)


def registered() -> list[Json]:
    """All commands as Discord registers them, for everywhere."""
    words, translated = words_for("en"), {locale: words_for(language) for language, locale in TRANSLATED.items()}
    anywhere = {
        "integration_types": [_GUILD_INSTALL, _USER_INSTALL],
        "contexts": [_IN_GUILDS, _WITH_BOT, _ELSEWHERE],
    }
    paper: Json = {"type": CHAT, **_named("command.paper", PAPER, words, translated), **anywhere}
    paper["options"] = [option.registered(words, translated) for option in _PAPER_OPTIONS]
    digest: Json = {"type": CHAT, **_named("command.digest", DIGEST, words, translated)}
    digest |= {"integration_types": [_GUILD_INSTALL], "contexts": [_IN_GUILDS]}
    digest["options"] = [
        {
            "type": _SUBCOMMAND,
            **_named(f"command.{one.name}", one.name, words, translated),
            "options": [option.registered(words, translated) for option in one.options],
        }
        for one in SUBCOMMANDS
    ]
    name = words.say("command.menu")
    others = {locale: other.say("command.menu") for locale, other in translated.items()}
    menu: Json = {"type": MESSAGE_MENU, "name": name, "name_localizations": others, **anywhere}
    return [paper, digest, menu]


def _named(key: str, name: str, words: Words, translated: Mapping[str, Words]) -> Json:
    return {
        "name": name,
        "description": words.say(key),
        "name_localizations": {locale: other.say(f"{key}.name") for locale, other in translated.items()},
        "description_localizations": {locale: other.say(key) for locale, other in translated.items()},
    }


# --- what was asked ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """A use of a command: its name (`menu` for the context menu), the sub-command, what was filled in.

    `focused` is the option that is being typed, while it is being typed.
    """

    command: str
    subcommand: str
    values: Values
    focused: str = ""


def asked(interaction: Values) -> Asked:
    """Read the `data` of an interaction with a command."""
    if interaction.get("type") == MESSAGE_MENU:
        messages = (interaction.get("resolved") or {}).get("messages") or {}
        return Asked(MENU, "", messages.get(str(interaction.get("target_id"))) or {})
    options = list(interaction.get("options") or ())
    subcommand = ""
    if options and options[0].get("type") == _SUBCOMMAND:
        subcommand = str(options[0]["name"])
        options = list(options[0].get("options") or ())
    values = {str(one["name"]): one.get("value", "") for one in options}
    focused = next((str(one["name"]) for one in options if one.get("focused")), "")
    return Asked(str(interaction.get("name")), subcommand, values, focused)


def digest_command(what: Asked) -> Command:
    """What `/digest` was asked for. Raises InputError."""
    known = _BY_NAME.get(what.subcommand)
    if known is None:  # of a newer version, or an older one
        raise InputError("input.command", text=what.subcommand, known=tuple(_BY_NAME))
    return known.read(what.values)


def paper_command(what: Asked) -> LookUp | None:
    """What `/paper` or the context menu was asked for; None where the message names no paper."""
    if what.command == MENU:
        text = named_paper(what.values)
        return LookUp(text) if text else None
    style = Style.DETAILED if what.values.get("style") == Style.DETAILED else Style.BRIEF
    return LookUp(str(what.values.get("query", "")), style)


def named_paper(message: Values) -> str:
    """The first address or id in a message that names a paper; "" where there is none."""
    texts = [str(message.get("content") or "")]
    for embed in message.get("embeds") or ():
        texts += [str(embed.get("url") or ""), str(embed.get("title") or ""), str(embed.get("description") or "")]
    return next((word for text in texts for word in _words(text) if _is_paper(word)), "")


def _words(text: str) -> Iterable[str]:
    for sign in "<>()[]|\"'「」（）【】、。":
        text = text.replace(sign, " ")
    return (word.rstrip(".,;:!?") for word in text.split())


def _is_paper(word: str) -> bool:
    try:
        return parse_ref(word).kind is not RefKind.TITLE
    except InputError:
        return False
