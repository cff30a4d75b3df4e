"""Who asks in a chat, and the replies."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.errors import BotError
from bot.models.channels import ChannelKey, ChannelSettings
from bot.models.deliveries import MessageRef, Part
from bot.models.details import PaperDetails
from bot.models.papers import Paper
from bot.models.questions import AnswerView


@dataclass(frozen=True, slots=True)
class Lacking:
    """The permissions that the bot lacks in the channel where it is asked, on a platform that reports them.

    Without those in `posting` no digest can be posted there, without those in `threads` only none in a thread. A name
    is that of its catalogue entry, `permission.<name>`.
    """

    posting: tuple[str, ...] = ()
    threads: tuple[str, ...] = ()


NOTHING_LACKING = Lacking()


@dataclass(frozen=True, slots=True)
class Asker:
    """The person who asks. `user` is the platform's id.

    `is_admin` means that the platform lets this person manage the channel; `may_subscribe`, that it lets them bring the
    bot into a channel that nobody has subscribed yet. `language` is the person's own (BCP 47) if the platform reports
    it, used if the channel has none. `lacking` is what the bot itself may not do there.
    """

    user: str
    is_admin: bool = False
    may_subscribe: bool = False
    language: str = ""
    lacking: Lacking = NOTHING_LACKING


@dataclass(frozen=True, slots=True)
class Where:
    """Where somebody asks: the `channel`, None in direct messages and where the bot cannot post by itself.

    `thread` is the message at the head of the thread that the question was asked in, or the message that it replies to;
    for a mention outside a thread, the mention itself, if the answer will stand below it.
    """

    platform: str
    channel: ChannelKey | None = None
    thread: MessageRef | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A person mentioned in a sentence, by platform id. Each adapter writes mentions in its own way."""

    id: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a reply: `key` in the catalogues, `arguments` for its placeholders.

    An argument is a text, a number, a date, an instant, a Term, a Person, a Reason, or several of them. A `heading`
    stands above the sentences after it.
    """

    key: str
    arguments: tuple[tuple[str, object], ...] = ()
    heading: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A file for the asker: its name, media type and text.

    One to be `kept` is always a file; any other may be shown as text where it is short.
    """

    name: str
    media_type: str
    text: str
    kept: bool = False


class NextStep(StrEnum):
    """What a reply offers to do next; the values are the words of `/digest` that do it."""

    SUBSCRIBE = "subscribe"
    SETTINGS = "status"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class Reply:
    """The reply to an asker. A later reply to the same command replaces it.

    Instants are to be shown in `timezone`. `parts` are content to show: the view of a paper, or a digest that is not
    stored. `choices` are papers to pick one from, `steps` what to do next: a platform with buttons has one for each,
    the others leave them out. `details` are what surrounds a paper. `answer` is a question about papers with as much of
    its answer as there is by now. Where papers are to be picked for a question, `asked` is its id, and a choice is an
    `AskOf`. `working` means that another reply follows.
    """

    language: str
    timezone: str
    sentences: tuple[Sentence, ...] = ()
    parts: tuple[Part, ...] = ()
    choices: tuple[Paper, ...] = ()
    documents: tuple[Document, ...] = ()
    steps: tuple[NextStep, ...] = ()
    details: PaperDetails | None = None
    answer: AnswerView | None = None
    asked: str = ""
    working: bool = False

    @classmethod
    def in_channel(cls, settings: ChannelSettings, *sentences: Sentence) -> Reply:
        """Return the reply in the language and the time zone of a channel."""
        return cls(settings.language, settings.timezone, sentences)


def say(key: str, **arguments: object) -> Sentence:
    return Sentence(key, tuple(arguments.items()))


def heading(key: str, **arguments: object) -> Sentence:
    return Sentence(key, tuple(arguments.items()), heading=True)


def fault(error: BotError) -> Sentence:
    """Return the error as a sentence of a reply."""
    return Sentence(f"error.{error.code}", tuple(error.arguments.items()))


def failed(error: BotError, language: str, timezone: str = "UTC") -> Reply:
    """Return the reply to what cannot be done, such as a text that is not a command."""
    return Reply(language, timezone, (fault(error),))
