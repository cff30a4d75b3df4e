"""Discord's slash commands: what to register, and which core command an interaction asks for. Pure.

`/digest` is derived from `bot.chat.registry`. Discord allows 25 subcommands and groups below a command, and 25
subcommands in a group (https://discord.com/developers/docs/interactions/application-commands).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, assert_never

from bot.chat.commands import Ask, Command, LookUp
from bot.chat.parser import parse_filled_in
from bot.chat.registry import COMMANDS, PAPER_OPTIONS
from bot.chat.specs import CommandSpec, Group, Option, OptionKind, Registry, names
from bot.errors import InputError, shortened
from bot.models import Style
from bot.papers.refs import named_in, parse_ref
from bot.words import Words, words_for

Json = dict[str, Any]
Values = Mapping[str, Any]

CHAT, MESSAGE_MENU = 1, 3
PAPER, DIGEST, MENU = "paper", "digest", "menu"
TRANSLATED = MappingProxyType({"ja": "ja"})  # our language -> Discord's locale; all others see English
_SUBCOMMAND, _GROUP = 1, 2
_TEXT, _WHOLE, _SWITCH, _PERSON = 3, 4, 5, 6
_GUILD_INSTALL, _USER_INSTALL = 0, 1
_IN_GUILDS, _WITH_BOT, _ELSEWHERE = 0, 1, 2


def registered(registry: Registry = COMMANDS, catalogue: Callable[[str], Words] = words_for) -> list[Json]:
    """Return all commands as Discord registers them globally. `catalogue` returns the words of a language."""
    return _Registering(catalogue).commands(registry)


class _Registering:
    """Builds Discord's JSON of commands, with texts in English and every translation."""

    def __init__(self, catalogue: Callable[[str], Words]) -> None:
        self._words = catalogue("en")
        self._translated = {locale: catalogue(language) for language, locale in TRANSLATED.items()}

    def commands(self, registry: Registry) -> list[Json]:
        anywhere = {
            "integration_types": [_GUILD_INSTALL, _USER_INSTALL],
            "contexts": [_IN_GUILDS, _WITH_BOT, _ELSEWHERE],
        }
        return [
            {
                "type": CHAT,
                **self._named(PAPER, "command.paper"),
                **anywhere,
                "options": [*map(self._option, PAPER_OPTIONS)],
            },
            {
                "type": CHAT,
                **self._named(DIGEST, "command.digest"),
                **anywhere,
                "options": [
                    *map(self._command, registry.members(None)),
                    *(self._group(group, registry.members(group)) for group in registry.groups),
                ],
            },
            {"type": MESSAGE_MENU, **self._texts("name", "command.menu"), **anywhere},
        ]

    def _group(self, group: Group, specs: Iterable[CommandSpec]) -> Json:
        return {"type": _GROUP, **self._spoken(group), "options": [*map(self._command, specs)]}

    def _command(self, spec: CommandSpec) -> Json:
        return {"type": _SUBCOMMAND, **self._spoken(spec), "options": [*map(self._option, spec.options)]}

    def _option(self, option: Option) -> Json:
        key = f"option.{option.name}"
        fields: Json = {"type": _kind(option.kind), **self._named(option.name, key), "required": option.required}
        if option.offer:
            fields["autocomplete"] = True
        if option.choices:
            fields["choices"] = [
                {**self._texts("name", f"{option.label}.{value}"), "value": value} for value in option.choices
            ]
        if option.most:
            limits = ("min_value", "max_value") if option.kind is OptionKind.NUMBER else ("min_length", "max_length")
            fields |= dict(zip(limits, (1, option.most), strict=True))
        return fields

    def _spoken(self, what: CommandSpec | Group) -> Json:
        """Return the name, from the registry, and the description, from the catalogues, in every language."""
        others = {locale: what.name_in(language) for language, locale in TRANSLATED.items()}
        return {"name": what.name, "name_localizations": others, **self._texts("description", what.about)}

    def _named(self, name: str, key: str) -> Json:
        """Return the name and the description in every language, both from the catalogues."""
        others = {locale: words.say(f"{key}.name") for locale, words in self._translated.items()}
        return {"name": name, "name_localizations": others, **self._texts("description", key)}

    def _texts(self, field: str, key: str) -> Json:
        others = {locale: words.say(key) for locale, words in self._translated.items()}
        return {field: self._words.say(key), f"{field}_localizations": others}


def _kind(kind: OptionKind) -> int:
    """Return Discord's number for the kind of an option."""
    match kind:
        case OptionKind.TEXT | OptionKind.EMOJI:
            return _TEXT
        case OptionKind.NUMBER:
            return _WHOLE
        case OptionKind.SWITCH:
            return _SWITCH
        case OptionKind.PERSON:
            return _PERSON
        case _:
            assert_never(kind)


# --- what was asked ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """An invocation: the command's name (`menu` for the context menu), the subcommand and the options' values.

    `focused` is the option being typed, empty once the command was sent.
    """

    command: str
    subcommand: str
    values: Values
    focused: str = ""

    @property
    def option(self) -> Option | None:
        """The option being typed, None if the command has no such option."""
        options: tuple[Option, ...] = PAPER_OPTIONS
        if self.command == DIGEST:
            spec = COMMANDS.named(self.subcommand)
            options = spec.options if isinstance(spec, CommandSpec) else ()
        return next((option for option in options if option.name == self.focused), None)


def asked(interaction: Values) -> Asked:
    """Read the `data` of a command interaction.

    A subcommand's group is ignored: clients that cached older commands send the subcommand without it.
    """
    if interaction.get("type") == MESSAGE_MENU:
        messages = (interaction.get("resolved") or {}).get("messages") or {}
        return Asked(MENU, "", messages.get(str(interaction.get("target_id"))) or {})
    options = list(interaction.get("options") or ())
    subcommand = ""
    while options and options[0].get("type") in (_SUBCOMMAND, _GROUP):
        subcommand = str(options[0]["name"])
        options = list(options[0].get("options") or ())
    values = {str(one["name"]): one.get("value", "") for one in options}
    focused = next((str(one["name"]) for one in options if one.get("focused")), "")
    return Asked(str(interaction.get("name")), subcommand, values, focused)


def digest_command(what: Asked) -> Command:
    """Return the core command that `/digest` asks for. Raises InputError."""
    spec = COMMANDS.named(what.subcommand)
    if not isinstance(spec, CommandSpec):  # registered by a newer or older version
        raise InputError("input.command", text=shortened(what.subcommand), known=names(COMMANDS.specs))
    return parse_filled_in(spec, what.values)


def paper_command(what: Asked) -> LookUp | Ask | None:
    """Return the core command of `/paper` or the context menu, None if the message names no paper.

    Raises InputError for a question about a paper that no reference names.
    """
    if what.command == MENU:
        text = named_paper(what.values)
        return LookUp(text) if text else None
    query, question = str(what.values.get("query", "")), str(what.values.get("question", "")).strip()
    if question:
        return Ask(named_in(query) or (parse_ref(query),), question)
    style = Style.DETAILED if what.values.get("style") == Style.DETAILED else Style.BRIEF
    return LookUp(query, style)


def typed(what: Asked) -> str:
    """Return what was typed into `/paper` if nothing else was filled in: it may be a question too. Otherwise ""."""
    return str(what.values.get("query", "")) if what.command == PAPER and what.values.keys() <= {"query"} else ""


def named_paper(message: Values) -> str:
    """Return the text of a message, or else of its embeds, that names papers; "" where there is none.

    Embeds mostly repeat the addresses in the text, and quote others.
    """
    embeds = message.get("embeds") or ()
    parts = [message.get("content"), *(embed.get(part) for embed in embeds for part in ("url", "title", "description"))]
    texts = (str(part or "") for part in parts)
    return next((text for text in texts if named_in(text)), "")
