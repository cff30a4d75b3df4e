"""What a description of a command is made of: its words, its options, its setting, its group.

Neutral: an adapter derives from it what its platform demands. `bot.chat.registry` has the commands that there are.
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
    """What is filled in: text, text with emoji in it, a whole number from 1, yes or no, somebody of the platform."""

    TEXT = auto()
    EMOJI = auto()
    NUMBER = auto()
    SWITCH = auto()
    PERSON = auto()


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to fill in after a command, on platforms with fields. Its texts are `option.<name>` and `.name`.

    `choices` are all values that there are, with the labels `<label>.<value>` of the catalogues. `most` is the length
    of the longest text, or the greatest number. `sign` is what stands before it where the command is typed.
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
        """Return what was filled in as people type it."""
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
    """Something that is set in a channel, and the sentences that tell how; several commands may change one setting.

    `moves_due`: the next digest comes at another time when this changes, so that is told too.
    """

    name: str
    tell: Callable[[ChannelSettings], tuple[Sentence, ...]]
    moves_due: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """What people call by a word: `name`, the further words of either language, each a string parted by spaces.

    The first Japanese word is shown where a platform translates names.
    """

    name: str
    japanese: str = field(kw_only=True)
    english: str = field(default="", kw_only=True)

    @property
    def words(self) -> tuple[str, ...]:
        return (self.name, *self.english.split(), *self.japanese.split())

    @property
    def help(self) -> str:
        """The key of its line in `/digest help`."""
        return f"channels.help.{self.name}"

    @property
    def about(self) -> str:
        """The key of what a platform shows beside its name, in at most 100 characters."""
        return f"command.{self.name}"

    def name_in(self, language: str) -> str:
        """Return the name that is shown in a language of the catalogues."""
        return self.japanese.split()[0] if language == "ja" else self.name


@dataclass(frozen=True, slots=True)
class Group(Named):
    """Commands that belong together. Its word may stand before theirs, and has to where a platform has no room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandSpec(Named):
    """A command of `/digest`: `read` makes a `makes` of what follows its word, and raises InputError.

    `setting` is what it changes. With nothing behind it, it shows that setting; without one, `read` is asked.
    """

    makes: type[Command]
    read: Callable[[str], Command]
    options: tuple[Option, ...] = ()
    setting: Setting | None = None
    group: Group | None = None

    @property
    def only_reads(self) -> bool:
        """Whether everybody may give the command: the type of what it makes decides (`bot.chat.commands.Reading`)."""
        return issubclass(self.makes, Reading)

    def command(self, rest: str) -> Command:
        """Return what is asked for with `rest`, a plain line, behind the command's word. Raises InputError."""
        return Show(self.name) if self.setting and not rest else self.read(rest)


class Registry:
    """The commands in the order in which help lists them (each group by itself) and status their settings.

    Raises ValueError for a word that stands for two things.
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
                    raise ValueError(f"{word!r} is a word of both {self._by_word[word].name} and {one.name}")

    def setting(self, kind: type[Command]) -> Setting:
        """Return the setting that commands of a type change. Raises KeyError where none is described."""
        for spec in self.specs:
            if spec.makes is kind and spec.setting:
                return spec.setting
        raise KeyError(kind.__name__)

    def named(self, word: str) -> CommandSpec | Group | None:
        """Return what is called by that word, in whatever language and case."""
        return self._by_word.get(word.casefold().lstrip("/"))

    def members(self, group: Group | None) -> tuple[CommandSpec, ...]:
        """Return the commands of the group, or those that are in none."""
        return tuple(spec for spec in self.specs if spec.group == group)


def settings_of(specs: Iterable[CommandSpec]) -> tuple[Setting, ...]:
    """Return what the commands change, each setting once."""
    return tuple({spec.setting.name: spec.setting for spec in specs if spec.setting}.values())


def names(specs: Sequence[Named]) -> tuple[str, ...]:
    """Return the names alone."""
    return tuple(spec.name for spec in specs)
