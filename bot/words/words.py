"""The catalogues of one language, and its formats for dates, numbers and lists.

A catalogue is a GNU gettext `.po` file, one for each subject, in a folder named after the language. Its `msgid` is a
symbolic key such as `error.source.timeout`, its `msgstr` the sentence with `{named}` placeholders.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import PurePath

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal, format_percent

from bot.errors import BotError, ModelRefusesUs, SettingsError, shortened
from bot.models import Paper
from bot.words.languages import language_name
from bot.words.plain import one_line, readable_line

FALLBACK = "en"
_PLACEHOLDER = re.compile(r"\{([a-z_0-9]+)\}")
_CLDR_ORDER = ("zero", "one", "two", "few", "many", "other")  # also the order of gettext's plural forms
_LONGEST_ARGUMENT = 300  # characters, so that an error stays one readable line


@dataclass(frozen=True, slots=True)
class Words:
    """One language's sentences. `language` is the catalogue's (`ja`, `en`), which may differ from the one asked for."""

    language: str
    _locale: Locale
    _messages: Mapping[str, tuple[str, ...]]

    def __contains__(self, key: str) -> bool:
        return key in self._messages

    def say(self, key: str, /, **arguments: object) -> str:
        """Return the sentence for the key, with the arguments inserted literally.

        Raises KeyError for an unknown key or a placeholder without an argument.
        """
        return _filled(self._messages[key][0], arguments)

    def count(self, key: str, n: int, /, **arguments: object) -> str:
        """Return the sentence in the plural form for `n`, which is inserted with its digits grouped."""
        forms = self._messages[key]
        tag = self._locale.plural_form(n)
        tags = [t for t in _CLDR_ORDER if t in self._locale.plural_form.tags or t == "other"]
        return _filled(forms[min(tags.index(tag), len(forms) - 1)], {"n": self.number(n), **arguments})

    def date(self, day: dt.date) -> str:
        """Return the date: `2026年2月27日`, `February 27, 2026`."""
        return format_date(day, "long", locale=self._locale)

    def day(self, day: dt.date) -> str:
        """Return the date with its day of the week."""
        return format_date(day, "full", locale=self._locale)

    def moment(self, instant: dt.datetime, zone: dt.tzinfo) -> str:
        """Return the aware instant in the zone's local time, with the zone's name."""
        local = instant.astimezone(zone)
        clock = format_time(local.timetz(), "short", locale=self._locale).replace("\u202f", " ")
        name = getattr(zone, "key", None) or local.tzname() or ""
        return self.say("moment", date=self.date(local.date()), time=clock, zone=name)

    def number(self, x: float) -> str:
        """Return the number with digits grouped and at most three decimals; `?` if it cannot be a count or measure."""
        return str(format_decimal(x, locale=self._locale)) if abs(x) < 1e15 else "?"

    def percent(self, share: float) -> str:
        """Return a fraction as a whole percentage, rounded down so that it never claims too much."""
        whole = math.floor(min(max(share, 0.0), 1.0) * 100 + 1e-9)
        return str(format_percent(whole / 100, "#,##0%", locale=self._locale))

    def usd(self, amount: float) -> str:
        """Return US dollars, with four decimals where cents would hide the amount."""
        digits = "¤#,##0.00" if abs(amount) >= 0.1 or amount == 0 else "¤#,##0.0000"
        return str(format_currency(amount, "USD", digits, locale=self._locale, currency_digits=False))

    def list(self, items: Iterable[str]) -> str:
        """Return the items joined: `a、b、c`, `a, b, c`."""
        return self.say("list.separator").join(items)

    def language_name(self, tag: str) -> str:
        """Return the name of another language in this one, or the tag if it is unknown."""
        return language_name(tag, self.language)

    def authors(self, paper: Paper, limit: int = 5) -> str:
        """Return the first `limit` people, followed by `ほか` or `et al.` if the paper has more."""
        named = [name for name in map(readable_line, paper.authors) if any(map(str.isalnum, name))]
        if not named:
            return self.say("paper.authors.unknown")
        first = ", ".join(named[:limit])
        return self.say("paper.authors.more", authors=first) if paper.more_authors or len(named) > limit else first

    def error(self, error: BotError, instead: str = "error") -> str:
        """Return what went wrong and how to fix it, on one line; for a SettingsError one line for each problem.

        `instead` is the subject of other sentences for some codes, which are preferred where there are any.
        """
        if isinstance(error, SettingsError):
            lines = [
                self._fault(code, {"variable": variable, "value": value}) for variable, code, value in error.problems
            ]
            return "\n".join([self.count("error.settings.invalid", len(lines)), *(f"- {line}" for line in lines)])
        text = self._fault(error.code, error.arguments, instead)
        if isinstance(error, ModelRefusesUs) and error.arguments.get("message"):
            text += self.say("error.api_words", message=self._argument("message", error.arguments["message"]))
        return text

    def _fault(self, code: str, arguments: Mapping[str, object], subject: str = "error") -> str:
        """Return an error's sentence. Unlike `say` it never raises: a second error must not hide the first.

        A code that arrives without its arguments uses `error.<code>.bare` if there is such a sentence.
        """
        key = f"{subject}.{code}"
        if key not in self:
            key = f"error.{code}"
        if key not in self:
            return self.say("error.unforeseen", code=one_line(code))
        texts = {name: self._argument(name, value) for name, value in arguments.items()}
        sentence = self._messages[key][0]
        if not texts.keys() >= set(_PLACEHOLDER.findall(sentence)) and f"{key}.bare" in self:
            sentence = self._messages[f"{key}.bare"][0]
        return _PLACEHOLDER.sub(lambda match: texts.get(match[1], "?"), sentence)

    def _argument(self, name: str, value: object) -> str:
        if isinstance(value, dt.datetime):
            return self.moment(value, value.tzinfo) if value.tzinfo else value.isoformat(" ", "minutes")
        if isinstance(value, dt.date):
            return self.date(value)
        if isinstance(value, float):
            return self.usd(value) if name.endswith("_usd") else self.number(value)
        if isinstance(value, list | tuple | set | frozenset):
            items = sorted(map(str, value)) if isinstance(value, set | frozenset) else map(str, value)
            return self.list(self._argument(name, item) for item in items)
        if isinstance(value, PurePath):
            return shortened(one_line(str(value)), _LONGEST_ARGUMENT)
        text = str(value.value if isinstance(value, Enum) else value)
        for key in (text, f"name.{text}") if name in ("reason", "source", "platform") else ():
            if key in self:
                return self._messages[key][0]
        return shortened(one_line(text), _LONGEST_ARGUMENT)


def words_for(language: str) -> Words:
    """Return the words for a BCP 47 tag: its language's catalogue, or English if there is none."""
    primary = re.split(r"[-_]", language.strip().lower(), maxsplit=1)[0]
    return _load(primary if primary in _languages() else FALLBACK)


@cache
def _languages() -> frozenset[str]:
    return frozenset(
        folder.name
        for folder in files("bot.words").iterdir()
        if folder.is_dir() and any(entry.name.endswith(".po") for entry in folder.iterdir())
    )


@cache
def _load(language: str) -> Words:
    return Words(language, Locale.parse(language), read_catalogues(files("bot.words") / language, language))


def read_catalogues(folder: Traversable, language: str) -> Mapping[str, tuple[str, ...]]:
    """Return every sentence of the folder's `.po` files by key, in all its plural forms.

    Raises ValueError for a key that occurs twice.
    """
    from babel.messages.pofile import read_po

    messages: dict[str, tuple[str, ...]] = {}
    for entry in [entry for entry in folder.iterdir() if entry.name.endswith(".po")]:
        with entry.open("rb") as stream:
            catalog = read_po(stream, locale=language, abort_invalid=True)
        for message in catalog:
            if not message.id:
                continue  # the header
            key = message.id if isinstance(message.id, str) else message.id[0]
            if key in messages:
                raise ValueError(f"{language}/{entry.name}: {key} occurs twice")
            forms = message.string or ()
            messages[key] = (forms,) if isinstance(forms, str) else tuple(forms)
    return messages


def _filled(sentence: str, arguments: Mapping[str, object]) -> str:
    return _PLACEHOLDER.sub(lambda match: str(arguments[match[1]]), sentence)
