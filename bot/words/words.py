"""The catalogues of one language, and how that language writes dates, numbers and lists.

A catalogue is a GNU gettext `.po` file, one a subject, below a folder named after the language. Its `msgid` is a
symbolic key such as `error.source.timeout`, its `msgstr` the sentence, with `{named}` placeholders.
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

from bot.errors import BotError, SettingsError, shortened
from bot.models import Paper
from bot.words.languages import language_name
from bot.words.plain import one_line

FALLBACK = "en"
_PLACEHOLDER = re.compile(r"\{([a-z_0-9]+)\}")
_CLDR_ORDER = ("zero", "one", "two", "few", "many", "other")  # also the order of gettext's plural forms
_LONGEST_ARGUMENT = 300  # characters; an error stays one readable line


@dataclass(frozen=True, slots=True)
class Words:
    """One language's sentences. `language` is the catalogue's (`ja`, `en`), whatever was asked for."""

    language: str
    _locale: Locale
    _messages: Mapping[str, tuple[str, ...]]

    def __contains__(self, key: str) -> bool:
        return key in self._messages

    def say(self, key: str, /, **arguments: object) -> str:
        """The sentence for the key with the arguments put in literally.

        Raises KeyError for an unknown key and for a placeholder without its argument.
        """
        return _filled(self._messages[key][0], arguments)

    def count(self, key: str, n: int, /, **arguments: object) -> str:
        """The sentence in the plural form that `n` asks for; `n` itself is put in with digits grouped."""
        forms = self._messages[key]
        tag = self._locale.plural_form(n)
        used = [t for t in _CLDR_ORDER if t in self._locale.plural_form.tags or t == "other"]
        return _filled(forms[min(used.index(tag), len(forms) - 1)], {"n": self.number(n), **arguments})

    def date(self, day: dt.date) -> str:
        """`2026年2月27日`, `February 27, 2026`."""
        return format_date(day, "long", locale=self._locale)

    def day(self, day: dt.date) -> str:
        """The date with its day of the week."""
        return format_date(day, "full", locale=self._locale)

    def moment(self, instant: dt.datetime, zone: dt.tzinfo) -> str:
        """The aware instant as the zone's clocks show it, with the zone's name."""
        local = instant.astimezone(zone)
        clock = format_time(local.timetz(), "short", locale=self._locale).replace("\u202f", " ")
        name = getattr(zone, "key", None) or local.tzname() or ""
        return self.say("moment", date=self.date(local.date()), time=clock, zone=name)

    def number(self, x: float) -> str:
        """Digits grouped, at most three after the point; `?` for what no count or measure can be."""
        return str(format_decimal(x, locale=self._locale)) if abs(x) < 1e15 else "?"

    def percent(self, share: float) -> str:
        """A share of 1 as a whole percentage, rounded down so that it never claims too much."""
        whole = math.floor(min(max(share, 0.0), 1.0) * 100 + 1e-9)
        return str(format_percent(whole / 100, "#,##0%", locale=self._locale))

    def usd(self, amount: float) -> str:
        """US dollars; four digits after the point where cents would hide the sum."""
        digits = "¤#,##0.00" if abs(amount) >= 0.1 or amount == 0 else "¤#,##0.0000"
        return str(format_currency(amount, "USD", digits, locale=self._locale, currency_digits=False))

    def list(self, items: Iterable[str]) -> str:
        """`a、b、c`, `a, b, c`."""
        return self.say("list.separator").join(items)

    def language_name(self, tag: str) -> str:
        """What this language calls the other one; the tag itself where that is not known."""
        return language_name(tag, self.language)

    def authors(self, paper: Paper, limit: int = 5) -> str:
        """The first `limit` people, then `ほか` or `et al.` where the paper has more."""
        named = [name for name in map(one_line, paper.authors) if name]
        if not named:
            return self.say("paper.authors.unknown")
        shown = ", ".join(named[:limit])
        return self.say("paper.authors.more", authors=shown) if paper.more_authors or len(named) > limit else shown

    def error(self, error: BotError) -> str:
        """What went wrong and how to mend it: one line, or one a problem for a SettingsError."""
        if isinstance(error, SettingsError):
            lines = [
                self._mended(code, {"variable": variable, "value": value}) for variable, code, value in error.problems
            ]
            return "\n".join([self.count("error.settings.invalid", len(lines)), *(f"- {line}" for line in lines)])
        return self._mended(error.code, error.arguments)

    def _mended(self, code: str, arguments: Mapping[str, object]) -> str:
        """Unlike `say`, it never raises: the report of an error must not be lost to another one.

        A code that travelled without its arguments has a sentence that does without them, `error.<code>.bare`.
        """
        key = f"error.{code}"
        if key not in self:
            return self.say("error.unforeseen", code=one_line(code))
        shown = {name: self._argument(name, value) for name, value in arguments.items()}
        sentence = self._messages[key][0]
        if not shown.keys() >= set(_PLACEHOLDER.findall(sentence)) and f"{key}.bare" in self:
            sentence = self._messages[f"{key}.bare"][0]
        return _PLACEHOLDER.sub(lambda match: shown.get(match[1], "?"), sentence)

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
        for key in (text, f"name.{text}") if name in ("reason", "source") else ():
            if key in self:
                return self._messages[key][0]
        return shortened(one_line(text), _LONGEST_ARGUMENT)


def words_for(language: str) -> Words:
    """The words for a BCP 47 tag: its language's catalogue, English where there is none."""
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
    """Every sentence of the folder's `.po` files by key, in all its plural forms.

    Raises ValueError for a key that is there twice.
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
                raise ValueError(f"{language}/{entry.name}: {key} is there twice")
            forms = message.string or ()
            messages[key] = (forms,) if isinstance(forms, str) else tuple(forms)
    return messages


def _filled(sentence: str, arguments: Mapping[str, object]) -> str:
    return _PLACEHOLDER.sub(lambda match: str(arguments[match[1]]), sentence)
