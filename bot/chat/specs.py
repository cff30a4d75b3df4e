"""The parts of a command's spec: its words, options, setting and group.

They are platform-neutral; adapters derive what their platform needs. `bot.chat.registry` holds the commands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import assert_never

from bot.chat.commands import Command, Reading, Show
from bot.chat.offers import Offer
from bot.models import ChannelSettings, Sentence


class OptionKind(Enum):
    """The kind of an option's value: text, text with emoji, a whole number from 1, yes or no, or a user id."""

    TEXT = auto()
    EMOJI = auto()
    NUMBER = auto()
    SWITCH = auto()
    PERSON = auto()


@dataclass(frozen=True, slots=True)
class Option:
    """An argument of a command as a field, for platforms that have fields.

    The catalogues have its description (`option.<name>`), its translated name (`option.<name>.name`) and the labels of
    its `choices` (`<label>.<value>`). `most` is the greatest length of a text, or the greatest number, 0 for no limit.
    `sign` precedes the value in the command's typed form.
    """

    name: str
    kind: OptionKind = OptionKind.TEXT
    required: bool = False
    most: int = 0
    choices: tuple[str, ...] = ()
    label: str = ""
    offer: Offer | None = None
    sign: str = ""

    def typed(self, value: object) -> str:
        """Return the value as people would type it."""
        match self.kind:
            case OptionKind.TEXT | OptionKind.EMOJI | OptionKind.NUMBER:
                return f"{self.sign}{value}".strip()
            case OptionKind.SWITCH:
                return "on" if value else "off"
            case OptionKind.PERSON:
                return f"{self.sign}<@{value}>"
            case _:
                assert_never(self.kind)


@dataclass(frozen=True, slots=True)
class Setting:
    """One of a channel's settings, changed by one or more commands.

    `tell` describes its present value in sentences. If `moves_due` is set, a change may reschedule the next digest, so
    the answer states the new time as well.
    """

    name: str
    tell: Callable[[ChannelSettings], tuple[Sentence, ...]]
    moves_due: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """A command or group, called by its `name` or by one of its other words, which are separated by spaces.

    Platforms with translated commands show the first Japanese word as its name.
    """

    name: str
    japanese: str = field(kw_only=True)
    english: str = field(default="", kw_only=True)

    @property
    def words(self) -> tuple[str, ...]:
        return (self.name, *self.english.split(), *self.japanese.split())

    @property
    def help(self) -> str:
        """The catalogue key of its line in `/digest help`."""
        return f"channels.help.{self.name}"

    @property
    def about(self) -> str:
        """The catalogue key of the description shown beside the name, of at most 100 characters."""
        return f"command.{self.name}"

    def name_in(self, language: str) -> str:
        """Return the name to show in a catalogue's language."""
        return self.japanese.split()[0] if language == "ja" else self.name


@dataclass(frozen=True, slots=True)
class Group(Named):
    """A group of related commands.

    The group's word may precede a command. Platforms that limit the number of commands list them below the group.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandSpec(Named):
    """A command of `/digest`.

    `read` turns the arguments into a command of type `makes`, or raises InputError. A command with a `setting` changes
    it or, without arguments, shows it.
    """

    makes: type[Command]
    read: Callable[[str], Command]
    options: tuple[Option, ...] = ()
    setting: Setting | None = None
    group: Group | None = None

    @property
    def only_reads(self) -> bool:
        """Whether everybody may use the command, according to its type (`bot.chat.commands.Reading`)."""
        return issubclass(self.makes, Reading)

    def command(self, rest: str) -> Command:
        """Return the command for the arguments `rest`, a plain line. Raises InputError."""
        return Show(self.name) if self.setting and not rest else self.read(rest)


class Registry:
    """All commands, in the order of help (within each group) and of the settings in status.

    Raises ValueError if two commands share a word.
    """

    def __init__(self, specs: Iterable[CommandSpec]) -> None:
        self.specs = tuple(specs)
        self.groups = tuple({spec.group.name: spec.group for spec in self.specs if spec.group}.values())
        self.settings = settings_of(self.specs)
        self._by_word: dict[str, CommandSpec | Group] = {}
        everything: tuple[CommandSpec | Group, ...] = (*self.specs, *self.groups)
        for one in everything:
            for word in one.words:
                if self._by_word.setdefault(word, one) is not one:
                    raise ValueError(f"{self._by_word[word].name} and {one.name} share the word {word!r}")

    def setting(self, kind: type[Command]) -> Setting:
        """Return the setting that commands of that type change. Raises KeyError if there is none."""
        for spec in self.specs:
            if spec.makes is kind and spec.setting:
                return spec.setting
        raise KeyError(kind.__name__)

    def named(self, word: str) -> CommandSpec | Group | None:
        """Return the command or group with that word, in either language and any case."""
        return self._by_word.get(word.casefold().lstrip("/"))

    def members(self, group: Group | None) -> tuple[CommandSpec, ...]:
        """Return the commands of the group or, for None, those without a group."""
        return tuple(spec for spec in self.specs if spec.group == group)


def settings_of(specs: Iterable[CommandSpec]) -> tuple[Setting, ...]:
    """Return the settings that the commands change, each once."""
    return tuple({spec.setting.name: spec.setting for spec in specs if spec.setting}.values())


def names(specs: Sequence[Named]) -> tuple[str, ...]:
    """Return the names, in order."""
    return tuple(spec.name for spec in specs)
