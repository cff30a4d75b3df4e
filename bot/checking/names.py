"""Does the source have every Latin name of the text: methods, models, data sets, acronyms?"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cached_property
from itertools import accumulate

from bot.checking.abbreviations import ABBREVIATIONS
from bot.checking.text import URL, plain, scripts
from bot.models import Finding, FindingKind

_PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_A-Za-z]+")
_TOKEN = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:(?:[-–_./&+']|\+\+)[A-Za-z0-9]+)*\+{0,2}")
_PARTS = re.compile(r"[-–_./&+]+")
_WORD = re.compile(r"[a-z0-9]+")
_ACCENT = re.compile("[\u0300-\u036f]")

# What may be said of any paper in computer science.
_COMMON = frozenset(
    "ai api apis cpu cpus gpu gpus url urls pdf ok web it pc id ids os app apps sota io ui ux ip vs html json xml csv "
    "etc eg ie al et github arxiv online ok pr faq ict iot cs ml dl nlp qa dnn dnns".split()
)
_UNITS = frozenset(
    "ms ns us kb mb gb tb pb kib mib gib hz khz mhz ghz fps px mm cm km nm kg mg kw mw kwh db dpi kbps mbps gbps "
    "tflops gflops flops bit bits byte bytes token tokens epoch epochs step steps x".split()
)

# What English words end in: two words that differ by their endings alone are one.
_ENDINGS = frozenset(
    (
        "s es 's d ed e r er ers or ors y ies ied ier iers ing ings ion ions ive ives ively ivity ation "
        "ations ative ate ates ated ating ator ators ization izations ize ized izes izing izer izers isation "
        "ise ised ises ising iser zation sation ze zed zes zing se sed ses sing zer ser ity ities al als ally "
        "ial ual ic ics ical ically ly able ably ible ability ibility ment ments mental ness ance ances ence "
        "ences ant ants ent ents ency ancy ist ists istic istics ism isms ful less ous ously ure ures age "
        "ages ar arity ary ian sis tic tics tically yze yzes yzed yzing yse ption ptions ptive be bes bed "
        "bing ction tion tions tive ssion sion sions sive th ward graphy graphic ality alities"
        " n ns an ans ian ians a i ese ish"
    ).split()
) | {""}
# Beginnings that an acronym may count as words: SAE for sparse autoencoder.
_FUSED = re.compile(
    r"\b(auto|multi|hyper|micro|electro|photo|thermo|super|inter|trans|meta|sub|semi|non|pre|post|self|cross|spatio|neuro|radio"
    r"|bio|geo|milli|tera|nano|tele|cyber|counter|mega|quasi|pseudo|infra|ultra|uni|bi|tri|omni|poly|anti|hetero|homo)(?=[a-z]{4})"
)

# What tells one model from its siblings: the second half of `BERT-large` is a claim, that of `BERT-based` a word.
_VARIANTS = frozenset(
    "base small large tiny mini nano micro medium huge giant turbo lite light fast pro plus max ultra instruct chat "
    "coder code math vision audio preview latest instant distill distilled next omni zero one uncased cased bench eval "
    "net nets former lm lms llm vl ocr hd xl xxl".split()
)
_MOST_FINDINGS = 12  # so many unknown names are another paper's

_SMALL_WORDS = frozenset(
    "a an and as at by de for from in into of on or per the to via with without vs using is are not".split()
)
_PLURAL = re.compile(r"(?:'s|s|es)$")
_SENTENCE_START = re.compile(r"(?:^|[.!?:;。！？\n\"“‘—•|]|\d[.)])[\s\"'“‘(\[*]{0,8}$")

# Capital letters that open a sentence are no sign of a name, unless the word is no plain English one.
_WORD_ENDINGS = re.compile(
    r"(?:tions?|sions?|ments?|ings?|ness|ity|ities|ances?|ences?|ancy|ency|ly|ive|ous|ed|ful|less|able|ible|ical|ers?|ors?"
    r"|isms?|ists?|ships?|ures?|ages?|ial|ual|ards?)$"
)
_VERB_AFTER = re.compile(
    r"\s+(?:also |further |then |significantly |consistently |thus |thereby )?"
    r"(?:is|was|has|can|achieves|outperforms|improves|reduces|introduces|uses|employs|combines|provides|offers|enables"
    r"|addresses|proposes|surpasses|leverages|learns|yields|delivers|reaches|exceeds|extends|integrates|generates"
    r"|shows|demonstrates|supports|requires|decouples|builds|trains|tackles|operates|consists|attains|gives|runs"
    r"|lets|makes|takes|turns|keeps|handles|treats|stores|serves|splits|finds|helps|targets|replaces|removes|adds|adapts"
    r"|matches|beats|wins|scales|lowers|raises|cuts|needs|covers|encodes|predicts|estimates|selects|samples|aligns|brings"
    r"|returns|sets|shares|describes|includes|contains|comprises|bridges|exploits|explores|analyzes|identifies|produces"
    r"|constructs|creates|develops|evaluates|retains|preserves|mitigates|captures|minimizes|maximizes|solves|allocates"
    r"|maintains|obtains|unifies|adopts|applies|allows|derives|formulates|presents|performs|relies|represents|works)\b"
)
_OPENERS = frozenset(
    "this these that those the it its they their there then here we our he she in on at by for from with without to "
    "as if when while where because although though however moreover furthermore finally first second third also "
    "thus hence instead unlike given using based both each all most many several some such prior recent current "
    "existing key main overall code data model models paper papers work works study research researchers authors "
    "author method methods approach results result framework system systems task tasks theory proof theorem "
    "analysis analyses performance accuracy quality cost speed memory success progress experts users humans people "
    "robots agents language languages software hardware work text images video videos speech music math today "
    "what why how who which whether not no yes one two three four five six seven eight nine ten part core idea "
    "technique techniques algorithm algorithms benchmark benchmarks dataset datasets code scale size growth trust "
    "risk safety privacy access choice output input design search".split()
)


def unaccented(text: str) -> str:
    """`Plücker` as `Plucker`; other scripts stay as they are."""
    if text.isascii():
        return text
    return _ACCENT.sub("", unicodedata.normalize("NFD", text))


def folded(text: str) -> str:
    """Letters and digits alone, in lower case: `GPT-4o` and `gpt 4o` are the same name."""
    return "".join(_WORD.findall(text.casefold())) or text.casefold()


class Vocabulary:
    """The words and names of a source, in every form in which a summary may write them."""

    def __init__(self, source: str) -> None:
        """`source` is the title and the text, as they came; addresses in it count as words too."""
        self._text = unaccented(plain(source))
        # LaTeX commands and citation keys are no words, but a text may carry them over.
        raw = unaccented(source) if "\\" in source else ""
        pieces = [piece.casefold() for piece in _PIECE.findall(f"{self._text}\n{raw}")]
        ends = list(accumulate((len(piece) for piece in pieces), initial=0))
        self._joined, self._bounds = "".join(pieces), frozenset(ends)
        words = re.findall(r"[a-z]+", self._text.casefold())
        self._looked_up: dict[tuple[str, bool], bool] = {}
        self._by_opening: dict[str, set[str]] = {}
        for word in words:
            if len(word) >= 4:
                self._by_opening.setdefault(word[:4], set()).add(word)

    def knows(self, name: str, *, nouns: bool = False) -> bool:
        """Return whether the name, or a form of it, stands in the source or is made of the initials of its words.

        Of a compound only the names need be known, not the words (`LLM-driven`); where `nouns` are written with
        capitals, as in German, these are words too (`GPU-Stunden`).
        """
        looked_up = self._looked_up.get((name, nouns))
        if looked_up is None:
            looked_up = self._looked_up[name, nouns] = self._is_known(name, nouns=nouns)
        return looked_up

    def _is_known(self, name: str, *, nouns: bool) -> bool:
        whole = folded(name)
        if name.endswith("+") and not re.search(re.escape(name.rstrip("+")) + r"\s?\+", self._text, re.IGNORECASE):
            return False
        if not whole or whole in _COMMON or whole in _UNITS or self._has(whole):
            return True
        if self._abbreviated(name) or self._contained(name):
            return True
        parts = _attached(_PARTS.split(name))
        names = [part for part in parts if not _is_word(part, nouns=nouns)]
        if len(parts) > 1 and names and all(self._part(part) for part in names):
            return True
        return len(parts) > 1 and self.expands(parts)

    def _has(self, whole: str) -> bool:
        return (
            self._stands(whole)
            or (len(whole) > 2 and self._stands(_PLURAL.sub("", whole)))
            or self._stands(f"{whole}s")
        )

    def _stands(self, whole: str) -> bool:
        """Whether neighbouring pieces of the source, written together, are `whole`."""
        at = self._joined.find(whole)
        while at >= 0:
            if at in self._bounds and at + len(whole) in self._bounds:
                return True
            at = self._joined.find(whole, at + 1)
        return False

    def _part(self, part: str) -> bool:
        whole = folded(part)
        if not whole or whole in _SMALL_WORDS or whole in _COMMON or self._has(whole):
            return True
        return len(part) > 1 and (self._abbreviated(part) or self._contained(part))

    def _contained(self, name: str) -> bool:
        """A plain word that differs from one of the source by its ending: `Quantization`, `quantized`."""
        if not re.fullmatch(r"[A-Za-z]?[a-z]{4,}", name):
            return False
        word = name.casefold()
        return any(
            word[shared:] in _ENDINGS and other[shared:] in _ENDINGS
            for other in self._by_opening.get(word[:4], ())
            if (shared := _shared(word, other)) >= min(5, len(word) - 1)
        )

    def _abbreviated(self, name: str) -> bool:
        short = _PLURAL.sub("", name) if name[-1:] == "s" else name
        usual = ABBREVIATIONS.get(folded(name)) or ABBREVIATIONS.get(folded(short))
        if usual and re.search(usual, self._text, re.IGNORECASE):
            return True
        if number := re.fullmatch(r"(?:INT|FP|BF|W|A)(\d{1,2})", name):
            return bool(re.search(rf"\b{number[1]}[- ]?bit|(?:INT|FP|BF|W|A){number[1]}\b", self._text, re.IGNORECASE))
        if not 2 <= len(short) <= 8 or sum(c.isupper() for c in short) < 2:
            return False
        first = short[0].casefold()
        return any(self._spells(short, words) for words in self._phrases_with.get(first, ()))

    @cached_property
    def _phrases_with(self) -> dict[str, list[list[str]]]:
        """The phrases by the letters that their words begin with."""
        found: dict[str, list[list[str]]] = {}
        for words in self._phrases:
            for letter in {word[:1] for word in words}:
                found.setdefault(letter, []).append(words)
        return found

    @cached_property
    def _phrases(self) -> list[list[str]]:
        """Runs of words without a stop between them; hyphened words once as a whole and once in parts."""
        runs = [run.split() for run in re.split(r"[.,;:()\[\]!?\"]", self._text.casefold()) if run.strip()]
        split = [[part for word in run for part in re.split(r"[-–/]", word) if part] for run in runs]
        apart = [_FUSED.sub(r"\1 ", " ".join(words)).split() for words in split]
        both = [*runs, *split, *(new for new, old in zip(apart, split, strict=True) if new != old)]
        return [words for words in both if len(words) > 1]

    def _spells(self, name: str, words: list[str]) -> bool:
        letters = re.sub(r"[^a-z0-9]", "", name.casefold().replace("2", "t"))
        capitals = [c.casefold() for c in re.findall(r"[A-Z][a-z]*|\d+", name)]
        for start, word in enumerate(words):
            if word[:1] == letters[:1] and _initials(letters, words[start : start + 2 * len(letters)], capitals):
                return True
        return False

    def expands(self, words: list[str]) -> bool:
        """Whether the words are the long form of an acronym that the source uses: `Low-Rank Adaptation` for LoRA."""
        lowered = tuple(word.casefold() for word in words if word)
        openings = _openings(lowered[:_LONGEST_ACRONYM])
        return any(short in self._acronyms and not self._written_out(short) for short in sorted(openings))

    @cached_property
    def _acronyms(self) -> frozenset[str]:
        tokens = set(re.findall(r"\b[A-Za-z]{2,8}\b", self._text))
        return frozenset(
            folded(_PLURAL.sub("", token)) if token.endswith("s") else folded(token)
            for token in tokens
            if sum(c.isupper() for c in token) >= 2
        )

    @cached_property
    def _explained(self) -> frozenset[str]:
        """The words that stand in brackets, or have brackets with several words behind them."""
        inside = re.findall(r"\(([a-z]{2,8}?)s?\)", self._text.casefold())
        before = re.findall(r"\b([a-z]{2,8}?)s?\s?\([a-z]{1,40}[\s-][a-z]{1,40}[\s-]", self._text.casefold())
        return frozenset((*inside, *before))

    def _written_out(self, acronym: str) -> bool:
        """Whether the source itself has the long form, so that any other is wrong."""
        return acronym in self._explained or any(
            word[:1] == acronym[:1] and _all_initials(acronym, words[start : start + 2 * len(acronym)])
            for words in self._phrases
            for start, word in enumerate(words)
        )


def _initials(letters: str, words: list[str], capitals: list[str]) -> bool:
    """Whether the letters, or the syllables that begin with capitals, open the words; small words count or do not."""
    if not letters or not words or not words[0]:
        return False
    plainly = [word for word in words if word not in _SMALL_WORDS]
    for run in (words, plainly):
        if len(run) >= len(letters) and all(word[:1] == letter for word, letter in zip(run, letters, strict=False)):
            return True
        if len(capitals) >= 2 and len(run) >= len(capitals):
            pairs = list(zip(run, capitals, strict=False))
            if sum(len(c) for c in capitals) > 2 and all(word.startswith(syllable) for word, syllable in pairs):
                return True
    return False


def _all_initials(letters: str, words: list[str]) -> bool:
    """Whether words from the first one on have the letters as initials; small words may be left out."""
    if not letters:
        return True
    if not words:
        return False
    if words[0][:1] == letters[:1] and _all_initials(letters[1:], words[1:]):
        return True
    return words[0] in _SMALL_WORDS and _all_initials(letters, words[1:])


def _shared(word: str, other: str) -> int:
    """How many letters two words have in common at their beginning."""
    return next((n for n, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), min(len(word), len(other)))


_INNER_CAPITAL = re.compile(r"[a-z][A-Z]")
_LONGEST_ACRONYM = 8


def _openings(words: tuple[str, ...]) -> set[str]:
    """The acronyms that one to three first letters of each word in turn make; small words may be left out."""
    made = {""}
    for word in words:
        longer = {f"{short}{word[:n]}" for short in made for n in (1, 2, 3)}
        made = {short for short in longer | (made if word in _SMALL_WORDS else set()) if len(short) <= _LONGEST_ACRONYM}
    return made


def _is_word(part: str, *, nouns: bool) -> bool:
    """Whether a part of a compound is a word of the language, no name: `driven`, and German `Stunden`."""
    if len(part) < 3 or not part.isalpha() or part.casefold() in _VARIANTS:
        return False
    return part.islower() or (nouns and part.istitle())


def _attached(parts: list[str]) -> list[str]:
    """The parts of a name; a bare number stays with what it numbers, so that `GPT-7` is not `GPT` and some 7."""
    joined: list[str] = []
    for part in parts:
        if joined and re.fullmatch(r"[vV]?\d+", part):
            joined[-1] += part
        elif part:
            joined.append(part)
    return joined


def name_findings(known: Vocabulary, text: str, *, english: bool) -> Iterator[Finding]:
    """Yield NAME for each Latin name of the text that the source lacks; `english`: the text itself is in English."""
    prose = unaccented(URL.sub(" ", plain(text)))
    counts = scripts(prose)
    foreign = counts["latin"] < 0.7 * sum(counts.values())  # there any capital marks a name
    nouns = not english and not foreign
    seen: set[str] = set()
    tokens = list(_TOKEN.finditer(prose))
    for place, match in enumerate(tokens):
        name = match[0].strip("-–_.'&/")
        name = _without_elision(name) if nouns else re.sub(r"'s$", "", name)
        if name in seen or not _is_name(prose, match, name, english=english, foreign=foreign):
            continue
        if known.knows(name, nouns=nouns) or _in_long_form(known, prose, tokens, place):
            continue
        seen.add(name)
        yield Finding(FindingKind.NAME, name)
        if len(seen) == _MOST_FINDINGS:
            return


def _without_elision(name: str) -> str:
    """`l'IA` and `GPT-4o'nun` without the article, or the ending, that an apostrophe joins to the name."""
    parts = name.split("'")
    return max(parts, key=lambda part: (sum(c.isupper() or c.isdigit() for c in part), len(part)))


def _is_name(text: str, match: re.Match[str], name: str, *, english: bool, foreign: bool) -> bool:
    if (
        len(name) < 2
        or name.isdigit()
        or (match.start() and text[match.start() - 1] in "@<\\")
        or text[match.start() - 1 : match.start()].isdigit()
    ):
        return False
    core = name.replace("-", "")
    if sum(c.isupper() for c in core) >= 2 and not _title_case(name):
        return True
    if any(c.isdigit() for c in name):
        return True
    if not any(c.isupper() for c in name):
        return False
    if not english:
        return foreign  # German writes every noun with a capital
    before = text[max(0, match.start() - 8) : match.start()]
    if not _SENTENCE_START.search(before):
        return True
    word = name.casefold()
    return (
        "-" not in name
        and word not in _OPENERS
        and not _WORD_ENDINGS.search(word)
        and bool(_VERB_AFTER.match(text[match.end() : match.end() + 40]))
    )


def _title_case(name: str) -> bool:
    """`Mixture-of-Experts`: words, not a name of its own shape."""
    return all(re.fullmatch(r"[A-Z]?[a-z]+", part) for part in name.split("-") if part)


def _in_long_form(known: Vocabulary, text: str, tokens: list[re.Match[str]], place: int) -> bool:
    """Whether the token is part of a run of words that is the long form of one of the source's acronyms."""
    if _INNER_CAPITAL.search(tokens[place][0]):
        return False  # `QuickMix` is a name, not the first word of one
    for first in range(max(0, place - 5), place + 1):
        words: list[str] = []
        for n in range(first, min(first + 7, len(tokens))):
            if n > first and text[tokens[n - 1].end() : tokens[n].start()] != " ":
                break
            words += _PARTS.split(tokens[n][0])
            if n >= place and len(words) > 1 and known.expands(words):
                return True
    return False
