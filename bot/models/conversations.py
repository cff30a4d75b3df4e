"""Who asks in a chat, and what is answered."""

from __future__ import annotations

from dataclasses import dataclass

from bot.errors import BotError
from bot.models.channels import ChannelSettings
from bot.models.deliveries import Part
from bot.models.papers import Paper


@dataclass(frozen=True, slots=True)
class Asker:
    """Who wants something. `user` is the platform's id.

    `is_admin`: the platform lets this person manage the channel. `may_subscribe`: it lets them bring the bot into a
    channel that nobody has subscribed yet. `language` is the person's own (BCP 47), where the platform tells it: it
    counts where no channel has one.
    """

    user: str
    is_admin: bool = False
    may_subscribe: bool = False
    language: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a sentence, by the platform's id: each adapter writes them in its own way."""

    id: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer: `key` in the catalogues, `arguments` for its placeholders.

    An argument is a text, a number, a date, an instant, a Term, a Person, a Reason, or several of them.
    """

    key: str
    arguments: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A file for the asker: its name, its media type, its text."""

    name: str
    media_type: str
    text: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What an asker is told; every further reply to the same command takes the place of the one before.

    Instants are meant to be shown in `timezone`. `parts` are what to look at: the sheet of a paper, or a digest that is
    stored nowhere. `choices` are papers of which one is to be chosen. `working`: another reply follows.
    """

    language: str
    timezone: str
    sentences: tuple[Sentence, ...] = ()
    parts: tuple[Part, ...] = ()
    choices: tuple[Paper, ...] = ()
    documents: tuple[Document, ...] = ()
    working: bool = False

    @classmethod
    def in_channel(cls, settings: ChannelSettings, *sentences: Sentence) -> Reply:
        """Return the reply in the language and the time zone of a channel."""
        return cls(settings.language, settings.timezone, sentences)


def say(key: str, **arguments: object) -> Sentence:
    return Sentence(key, tuple(arguments.items()))


def fault(error: BotError) -> Sentence:
    """What went wrong, as a sentence of a reply."""
    return Sentence(f"error.{error.code}", tuple(error.arguments.items()))


def failed(error: BotError, language: str, timezone: str = "UTC") -> Reply:
    """The reply to what cannot be done, such as a text that is no command."""
    return Reply(language, timezone, (fault(error),))
