"""Is the text in the language that was asked for, and is it translated as a whole?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.checking.text import base, plain, scripts, sentences
from bot.models import Finding, FindingKind

# The scripts that carry a language's words. Latin is for everything that is not listed.
_SCRIPTS_OF = {
    "ja": ("kana", "han"),
    "zh": ("han",),
    "yue": ("han",),
    "ko": ("hangul",),
    **dict.fromkeys(("ru", "uk", "bg", "be", "mk", "kk", "ky", "mn"), ("cyrillic",)),
    **dict.fromkeys(("ar", "fa", "ur", "ps"), ("arabic",)),
    **dict.fromkeys(("he", "yi"), ("hebrew",)),
    **dict.fromkeys(("hi", "mr", "ne"), ("devanagari",)),
    "bn": ("bengali",),
    "ta": ("tamil",),
    "te": ("telugu",),
    "th": ("thai",),
    "el": ("greek",),
    "ka": ("georgian",),
    "hy": ("armenian",),
}
_EITHER_SCRIPT = frozenset({"sr", "bs", "uz", "az", "tg"})  # written in Latin and in Cyrillic letters

_FUNCTION_WORDS = {
    "en": "the of and to in is that for with as by on are this we from which an be at it its it's their our "
    "these than can while has have however such not into using based through propose",
    "de": "der die das und ist mit für auf ein eine einen einem einer den dem des zu von wird werden nicht "
    "im auch sich bei durch als wir dass diese dieser über sowie zur zum oder",
    "fr": "le la les des et est une un dans pour que qui sur avec par au aux ce cette ces nous sont plus du "
    "en il elle ne pas se ou leur leurs afin",
    "es": "el la los las y es una un en para que con por se del al como más este esta estos su sus son lo "
    "entre sobre sin mediante",
    "pt": "o a os as e é uma um em para que com por se do da dos das no na como mais este esta são ao pela "
    "entre sobre seus",
    "it": "il lo la i gli le e è una un di che per con in del della dei delle nel nella al sono come più "
    "questo questa si tra",
    "nl": "de het een en van is in op voor met dat die te zijn wordt door niet ook als aan bij deze dit of",
    "sv": "och att det som en ett i är för med på av den till inte har vi kan om",
    "pl": "i w na z jest do się że nie to oraz dla przez który która które są jak",
    "tr": "ve bir bu için ile olarak da de daha olan gibi çok",
    "vi": "và của các là một trong cho được với không này những có",
    "id": "dan yang di untuk dengan dari ini pada dalam adalah tidak sebuah",
}
_WORDS_OF = {language: frozenset(words.split()) for language, words in _FUNCTION_WORDS.items()}
_WORD = re.compile(r"[^\W\d_]+(?:'[a-z]+)?")
# What stands between two pieces of Japanese, and the glosses and quotations in it.
_STRETCH = re.compile(r"[^぀-ヿ㐀-鿿、。・「」『』〈〉【】]{16,}")
_ASIDE = re.compile(r"\([^()]{0,90}\)|[\"“][^\"”]{0,60}[\"”]")
_CLOSED_ENGLISH = re.compile(r"[A-Z][^.!?]*[a-z)%\d]\s*[.!?]\s*$")
# Characters that Chinese uses since its simplification and Japanese does not.
_SIMPLIFIED = re.compile("[这们为从种应过习训练络图语频测评动态优损样务问题则显觉识够]")
_ENOUGH_WORDS = 8
_FOREIGN_WORDS = 3  # in small letters, of a statement that has no letter of its own language


def language_findings(title: str, source: str, text: str, language: str) -> Iterator[Finding]:
    """LANGUAGE for a text in another language, UNTRANSLATED where words of the source stand in it untranslated.

    Short texts (a heading of few words) are judged by script alone.
    """
    wanted = base(language)
    own = _SCRIPTS_OF.get(wanted, ("latin",))
    prose = plain(text)
    if not any(scripts(prose).values()):
        yield Finding(FindingKind.LANGUAGE, f"no words of {language}")
        return
    if own == ("latin",):
        yield from _in_latin(prose, source, wanted)
    else:
        yield from _in_other_script(prose, title, source, wanted, own)


def foreign_words(text: str, language: str) -> str:
    """Return the beginning of a single statement that is in another language than `language`; "" if it may be in it.

    Names and formulas decide nothing, so a few words in Latin letters may stand in any language.
    """
    prose, wanted = plain(text), base(language)
    own = _SCRIPTS_OF.get(wanted, ("latin",))
    counts = scripts(prose)
    if own != ("latin",):
        foreign = sum(counts.values()) - counts["latin"] - counts["greek"] - sum(counts[name] for name in own)
        mine = sum(counts[name] for name in own)
        untranslated = not mine and _english_words(prose) >= _FOREIGN_WORDS
        chinese = wanted == "ja" and not counts["kana"] and len(_SIMPLIFIED.findall(prose)) > 0
        return _shown(prose) if untranslated or chinese or foreign > max(3, mine) else ""
    if wanted in _EITHER_SCRIPT:
        return ""
    if sum(counts.values()) - counts["latin"] - counts["greek"] > max(6, counts["latin"] // 2):
        return _shown(prose)
    if wanted not in _WORDS_OF or len(_WORD.findall(prose)) < _ENOUGH_WORDS:
        return ""
    shares = {known: _function_share(prose, known) for known in _WORDS_OF}
    best = max(shares, key=lambda known: shares[known])
    return _shown(prose) if shares[best] >= 0.2 and shares[best] > 2 * shares[wanted] else ""


def _in_other_script(text: str, title: str, source: str, wanted: str, own: tuple[str, ...]) -> Iterator[Finding]:
    counts = scripts(text)
    letters = sum(counts.values())
    mine = sum(counts[name] for name in own)
    foreign = letters - mine - counts["latin"]
    # A dense script needs few letters beside the Latin names that papers are full of.
    if mine < letters * (0.15 if wanted in ("ja", "zh", "yue", "ko") else 0.3):
        yield _english(text, source)
        return
    if foreign > max(3, 0.3 * mine):
        yield Finding(FindingKind.LANGUAGE, _shown(text))
        return
    if wanted == "ja" and (simplified := _chinese(text, counts["kana"], counts["han"])):
        yield Finding(FindingKind.LANGUAGE, simplified)
        return
    titled = " ".join(plain(title).casefold().split())
    for sentence in sentences(text):
        inside = scripts(sentence)
        if not any(inside[name] for name in own) and _english_words(sentence) >= 5 and not _titled(sentence, titled):
            yield Finding(FindingKind.UNTRANSLATED, _shown(sentence))
            continue
        for stretch in _STRETCH.findall(sentence):
            if _untranslated(stretch) and not _titled(stretch, titled):
                yield Finding(FindingKind.UNTRANSLATED, _shown(stretch))


def _untranslated(stretch: str) -> bool:
    """Whether Latin letters between two pieces of another script are English prose, not names and glosses of terms."""
    prose = _ASIDE.sub(" ", stretch)
    small, words = _english_words(prose), len(_WORD.findall(prose))
    if words >= 7:
        share = _function_share(prose, "en")
        if small >= 6 or (small >= 5 and share >= 0.12) or (small >= 4 and share >= 0.2):
            return True
    return words >= 5 and small >= 3 and bool(_CLOSED_ENGLISH.search(prose))


def _in_latin(text: str, source: str, wanted: str) -> Iterator[Finding]:
    counts = scripts(text)
    letters = sum(counts.values())
    if wanted in _EITHER_SCRIPT and counts["cyrillic"] > 0.5 * letters:
        return
    if counts["latin"] < 0.7 * letters:
        yield Finding(FindingKind.LANGUAGE, _shown(text))
        return
    for sentence in sentences(text):
        inside = scripts(sentence)
        if sum(inside.values()) - inside["latin"] - inside["greek"] > max(6, inside["latin"]):
            yield Finding(FindingKind.LANGUAGE, _shown(sentence))
    if len(_WORD.findall(text)) < _ENOUGH_WORDS:
        return
    shares = {language: _function_share(text, language) for language in _WORDS_OF}
    best = max(shares, key=lambda language: shares[language])
    if wanted == "en":
        if shares[best] > 1.5 * shares["en"] and shares[best] >= 0.2 and len(_WORD.findall(text)) >= 15:
            yield Finding(FindingKind.LANGUAGE, _shown(text))
        return
    if shares["en"] >= 0.15 and shares["en"] > 1.5 * shares.get(wanted, 0.0):
        yield _english(text, source)
        return
    if wanted in shares and best not in ("en", wanted) and shares[best] > 2 * shares[wanted] and shares[best] >= 0.15:
        yield Finding(FindingKind.LANGUAGE, _shown(text))
        return
    for sentence in sentences(text):
        if len(_WORD.findall(sentence)) >= _ENOUGH_WORDS and _function_share(sentence, "en") >= max(
            0.2, 2 * _function_share(sentence, wanted)
        ):
            yield Finding(FindingKind.UNTRANSLATED, _shown(sentence))


def _english(text: str, source: str) -> Finding:
    """UNTRANSLATED where the words are the source's own, LANGUAGE where they are new."""
    known, said = _triples(source), _triples(text)
    copied = len(said & known) >= 0.4 * len(said) if said else False
    return Finding(FindingKind.UNTRANSLATED if copied else FindingKind.LANGUAGE, _shown(text))


def _triples(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", plain(text).casefold())
    return {tuple(words[n : n + 3]) for n in range(len(words) - 2)}


def copies_source(source: str, text: str) -> bool:
    """Whether an English text is the abstract itself, or its beginning, instead of something new about the paper.

    Sentences of the abstract among others are no copy.
    """
    words, known_words = re.findall(r"\w+", plain(text).casefold()), re.findall(r"\w+", plain(source).casefold())
    if len(words) >= 30 and len(known_words) >= 1.5 * len(words) and words == known_words[: len(words)]:
        return True
    if len(words) >= 30 and words == known_words:
        return True
    told = {" ".join(re.findall(r"\w+", s.casefold())) for s in sentences(plain(text))} - {""}
    known = [" ".join(re.findall(r"\w+", s.casefold())) for s in sentences(" ".join(plain(source).split()))]
    if len(known) < 5 or not told:
        return False
    shared = sum(sentence in told for sentence in known)
    return shared >= 0.9 * len(known) and shared >= 0.9 * len(told)


def _function_share(text: str, language: str) -> float:
    words = [word.casefold() for word in _WORD.findall(text)]
    known = _WORDS_OF.get(language, frozenset())
    return sum(word in known for word in words) / len(words) if words else 0.0


def _english_words(text: str) -> int:
    """Words in small letters: names do not count."""
    return sum(word.islower() and len(word) > 1 for word in re.findall(r"[A-Za-z]+", text))


def _titled(text: str, title: str) -> bool:
    return " ".join(text.casefold().split()).strip(" .,;:!?\"'") in title


def _chinese(text: str, kana: int, han: int) -> str:
    """What gives a text away as Chinese where Japanese was wanted, or nothing."""
    if kana * 12 < han and (han > 30 or _SIMPLIFIED.search(text)):
        return _shown(text)
    for sentence in sentences(text):
        inside = scripts(sentence)
        if not inside["kana"] and len(_SIMPLIFIED.findall(sentence)) >= 2:
            return _shown(sentence)
    return ""


def _shown(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 80 else f"{line[:79]}…"
