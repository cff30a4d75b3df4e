"""Text in which TeX stands, taken apart into prose and TeX; one pass, linear in the length.

The text is not a document: a percent sign starts no comment, `$5 to $10` is money, `~5` is about five, and a backslash
may belong to a path or a pattern. Whatever is not clearly TeX is prose and stays as it is, byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from bot.tex.commands import CITES, CLEAR, KEPT, LETTERS, SILENT, SWITCHES
from bot.tex.groups import Groups
from bot.tex.reading import LONGEST, Unreadable, arguments_of, is_known, read
from bot.tex.scripts import ACCENTS, accented, subscript, superscript
from bot.tex.signs import Kind, Token, dash, is_formula, is_safe, letter, tie

# What is read of one text; beyond it stands TeX that nobody looks at, and a reader of hostile text waits no longer.
_MOST_READ = 3_000
_LONGEST_TEXT = 20_000


_HINT = re.compile(r"[\\${^_~`]|--")
_CANDIDATE = re.compile(
    r"\\(?P<word>[A-Za-z]+)\*?"
    r"|\\(?P<sign>[^A-Za-z\n])"
    r"|(?P<dollar>\${1,2})"
    r"|(?P<opening>``?)"
    r"|(?P<dash>(?<!-)-{2,3}(?!-))"
    r"|(?P<tie>~)"
    r"|(?P<script>[\^_])(?=[{\d+-])"
    r"|(?P<brace>[{}])"
    r"|''|[\"']"
)
_ESCAPED = {**{c: c for c in "%$&#_{}"}, ",": " ", ";": " ", ":": " ", " ": " ", "-": "", "!": ""}
_BRACES = {"{": r"\textbraceleft{}", "}": r"\textbraceright{}"}
_WORD_BEFORE = re.compile(r"[A-Za-z0-9:\\/.]")
_NUMBER = re.compile(r"[+-]?\d{1,4}(?![\d.]*\w)")
_QUOTED = re.compile(r"`(?=\w)[^`'\n]{1,80}(?<=[\w.,!?])'(?![A-Za-z])")
_BEFORE_SCRIPT = re.compile(r"[\w)\]}]")
_PROTECTED = re.compile(r"(?=[^A-Z]*[A-Z])[\w-]{1,40}|[,.]|[^\W\d_a-z]")


@lru_cache(maxsize=1024)
def readable(text: str) -> str:
    """Return the text with its TeX written as Unicode: A²FM, 94.5%, ℓ₁. Text without TeX comes back as it is.

    Never raises. What is too long or too deep to be read, or not TeX after all, stays as it stands.
    """
    if not _HINT.search(text):
        return text
    return "".join(token.shown for token in tokens(text))


def tokens(text: str) -> list[Token]:
    """Return the pieces of the text; their `raw` joined is the text."""
    if not _HINT.search(text) or len(text) > _LONGEST_TEXT:
        return [_prose(text)] if text else []
    return [*_Reader(text).tokens()]


def _prose(text: str) -> Token:
    return Token(Kind.PROSE, text, text, text)


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._groups = Groups(text)
        self._left = _MOST_READ
        self._closing: dict[int, Token] = {}  # braces that end what was opened, by their place

    def tokens(self) -> Iterator[Token]:
        text, done, at = self._text, 0, 0
        while match := _CANDIDATE.search(text, at):
            start = match.start()
            closing = self._closing.pop(start, None)
            token = closing or self._found(match)
            if token is None:
                at = match.end()
                continue
            at = start + len(token.raw)
            before = text[done:start]
            if not (closing or token.shown or token.tex) and text[at : at + 1] in ("", *" .,;:)"):
                # What prints nothing takes the blanks before it along: `work \cite{x}.`
                before = before.rstrip(" ")
                token = Token(Kind.TEX, text[done + len(before) : at], "", "")
            if before:
                yield _prose(before)
            yield token
            done = at
        if done < len(text):
            yield _prose(text[done:])

    def _found(self, match: re.Match[str]) -> Token | None:
        """Return the TeX that begins at the match; None where it is prose."""
        start = match.start()
        if match["word"]:
            return self._command(match)
        if match["sign"]:
            return self._sign(match)
        if match["dollar"]:
            return self._dollars(start, len(match["dollar"]))
        if match["opening"]:
            return self._quotation(start, match["opening"])
        if match["dash"]:
            return dash(self._text, match)
        if match["tie"]:
            return tie(self._text, start)
        if match["script"]:
            return self._script(start)
        return self._group(start) if match["brace"] else None

    # --- commands -----------------------------------------------------------------------------

    def _command(self, match: re.Match[str]) -> Token | None:
        start, end, name = match.start(), match.end(), match["word"]
        if self._is_path(start, end, name):
            return None
        if (silent := self._silent(end, name)) is not None:
            return Token(Kind.TEX, self._text[start:silent], "", "")
        if name in CLEAR:
            return self._clear(start, end, name)
        if name in LETTERS:
            return letter(self._text, start, end, name)
        if name in ACCENTS:
            return self._accent(start, end, name)
        if name == "item":
            return Token(Kind.TEX, match[0], "•", "")
        groups = arguments_of(name)
        if is_known(name):  # a formula without its dollars: `\ell_1`, `\frac{1}{2}`
            return self._reading(start, self._scripted(self._after(end, groups)), name)
        return self._unknown(start, end, name) if len(name) > 1 else None

    def _is_path(self, start: int, end: int, name: str) -> bool:
        """Return whether the backslash is one of a path or a pattern: right after a word, and without a group."""
        before = self._text[max(start - 1, 0) : start]
        if not _WORD_BEFORE.fullmatch(before) or self._after(end, 1) > end:
            return False
        if name in LETTERS or name in ACCENTS or name in SWITCHES or SILENT.get(name) == 0:
            return False
        return not (before.isdigit() and len(name) > 2 and is_known(name))  # `1.87\times`

    def _silent(self, end: int, name: str) -> int | None:
        """Return where a command that prints nothing ends, with its groups; None for one that prints."""
        if name in SWITCHES:
            return end + (self._text[end : end + 1] == " ")  # a blank only ends the name
        groups = 1 if CITES.fullmatch(name) else SILENT.get(name)
        return None if groups is None else self._after(end, groups)

    def _after(self, at: int, groups: int) -> int:
        """Return where that many groups, and any options before them, end."""
        text = self._text
        while text[at : at + 1] == "[":
            end = text.find("]", at, at + 200)
            if end < 0:
                break
            at = end + 1
        for _ in range(groups):
            end = self._groups.end(at)
            if not end:
                break
            at = end
        return at

    def _scripted(self, at: int) -> int:
        """Return where the indices and exponents end that follow a command, or the empty group that ends its name."""
        if self._text[at : at + 2] == "{}":
            return at + 2
        while self._text[at : at + 1] in ("_", "^"):
            end = self._groups.end(at + 1) or at + 2
            if not (self._groups.end(at + 1) or self._text[at + 1 : end].isalnum()):
                break
            at = end
        return at

    def _clear(self, start: int, end: int, name: str) -> Token | None:
        """Return the opening of a command around prose, whose name and braces vanish."""
        opening = self._after(end, CLEAR[name])
        close = self._groups.end(opening)
        if not close:
            return None if CLEAR[name] else Token(Kind.TEX, self._text[start:end], "", "")
        raw = self._text[start : opening + 1]
        aside, kept = name == "footnote", name in KEPT
        self._closing[close - 1] = Token(Kind.TEX, "}", ")" if aside else "", "}" if kept else "")
        return Token(Kind.TEX, raw, " (" if aside else "", f"\\{name}{{" if kept else "")

    def _accent(self, start: int, end: int, name: str) -> Token | None:
        """Return an accent over one letter: `\\"o`, `\\v{s}`, `\\c c`, `\\'\\i`."""
        text = self._text
        if group := self._groups.end(end):
            letter, end = text[end + 1 : group - 1], group
        else:
            named = name.isalpha()
            at = end + 1 if named and text[end : end + 1] == " " else end
            if named and at == end:
                return None
            letter = text[at : at + 2] if text[at : at + 1] == "\\" else text[at : at + 1]
            end = at + len(letter)
        shown = accented(letter.replace("\\i", "ı").replace("\\j", "ȷ").strip(), name)
        if len(shown) != 1 or shown.isascii() or not shown.isalpha():
            return None
        raw = text[start:end]
        return Token(Kind.TEX, raw, shown, f"{{{raw}}}")

    def _unknown(self, start: int, end: int, name: str) -> Token:
        """Return an author's own macro as text: it mostly names a method, or marks some words."""
        close = self._groups.end(end)
        if close and close - end > 2:
            self._closing[close - 1] = Token(Kind.TEX, "}", "", "")
            return Token(Kind.TEX, self._text[start : end + 1], "", "")
        return Token(Kind.TEX, self._text[start : close or end], name, "")

    def _reading(self, start: int, end: int, name: str) -> Token | None:
        raw = self._text[start:end]
        shown = self._read(raw)
        if shown is None:
            return None
        tex = raw if name in ("textsuperscript", "textsubscript") else f"\\ensuremath{{{raw}}}"
        return Token(Kind.TEX, raw, shown, tex if is_safe(raw) else "")

    def _read(self, tex: str) -> str | None:
        if len(tex) > min(self._left, LONGEST):
            return None
        self._left -= max(len(tex), 8)
        try:
            return read(tex)
        except Unreadable:
            return None

    # --- signs --------------------------------------------------------------------------------

    def _sign(self, match: re.Match[str]) -> Token | None:
        start, end, sign = match.start(), match.end(), match["sign"]
        if sign in "([":
            close = self._text.find("\\)" if sign == "(" else "\\]", end, end + LONGEST)
            return self._formula(start, close + 2, self._text[end:close]) if close > end else None
        if sign in ACCENTS:
            return self._accent(start, end, sign)
        before, after = self._text[max(start - 1, 0) : start], self._text[end : end + 1]
        if sign == "\\":
            return Token(Kind.TEX, "\\\\", " ", " ") if before.isspace() or after.isspace() or not after else None
        shown = _ESCAPED.get(sign)
        if shown is None or (sign not in "%$&#_{}" and not (before.isalnum() or before in ("}", ")", "."))):
            return None
        return Token(Kind.TEX, match[0], shown, match[0] if sign not in "{}" else _BRACES[sign])

    def _dollars(self, start: int, width: int) -> Token | None:
        """Return the formula that the dollars open; None for money and the variables of a shell."""
        text, sign = self._text, "$" * width
        begin = start + width
        close = text.find(sign, begin, begin + LONGEST)
        while close > 0 and text[close - 1] == "\\":
            close = text.find(sign, close + 1, begin + LONGEST)
        inner = text[begin:close] if close > begin else ""
        if not inner or "\n\n" in inner:
            return None
        if width == 1 and not is_formula(inner, text[close + 1 : close + 2]):
            return None
        return self._formula(start, close + width, inner)

    def _formula(self, start: int, end: int, inner: str) -> Token | None:
        shown = self._read(inner) if Groups.balanced(inner) else None
        if shown is None or not shown.strip():
            return None
        tex = f"${inner}$" if is_safe(inner) else ""
        return Token(Kind.MATH, self._text[start:end], shown, tex, inner.strip())

    def _quotation(self, start: int, opening: str) -> Token | None:
        text = self._text
        if opening == "``":
            for ending in ("''", '"'):
                close = text.find(ending, start + 3, start + 400)
                if close > 0:
                    self._closing[close] = Token(Kind.TEX, ending, "”", "''")
                    return Token(Kind.TEX, "``", "“", "``")
            return None
        within = _QUOTED.match(text, start)
        if not within or text[max(start - 1, 0) : start].isalnum():
            return None
        self._closing[within.end() - 1] = Token(Kind.TEX, "'", "’", "'")
        return Token(Kind.TEX, "`", "‘", "`")

    def _script(self, start: int) -> Token | None:
        """Return `10^5` or `x_{t}` outside a formula. A bare underscore belongs to a name."""
        text, sign = self._text, self._text[start]
        if not _BEFORE_SCRIPT.fullmatch(text[max(start - 1, 0) : start]):
            return None
        if end := self._groups.end(start + 1):
            inner = text[start + 2 : end - 1]
        elif sign == "^" and (number := _NUMBER.match(text, start + 1)):
            inner, end = number[0], number.end()
        else:
            return None
        shown = self._read(inner) if len(inner) <= 40 else None
        if not shown or "," in shown:
            return None
        lifted = superscript(shown) if sign == "^" else subscript(shown)
        return Token(Kind.TEX, text[start:end], lifted, f"${text[start:end]}$" if is_safe(inner) else "")

    def _group(self, start: int) -> Token | None:
        """Return the opening of a group that keeps capitals (`{BERT}`) or holds a command (`{\\"o}`, `{\\bf x}`)."""
        end = self._groups.end(start)
        inner = self._text[start + 1 : end - 1] if end else ""
        commands = inner.startswith("\\") and inner[1:2] not in ("{", "}")
        if not commands and not _PROTECTED.fullmatch(inner):
            return None
        self._closing[end - 1] = Token(Kind.TEX, "}", "", "}")
        return Token(Kind.TEX, "{", "", "{")
