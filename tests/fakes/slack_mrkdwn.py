"""mrkdwn as a chat client shows it, in HTML; what Slack would not understand as meant is marked as a fault."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping

_NAMES = (
    "+1 -1 one two three four five six seven eight nine keycap_ten heart fire tada rocket eyes bulb star 100 x"
    " white_check_mark newspaper page_facing_up books warning hourglass_flowing_sand mag memo clap pray"
)
_PICTURES = "👍 👎 1️⃣ 2️⃣ 3️⃣ 4️⃣ 5️⃣ 6️⃣ 7️⃣ 8️⃣ 9️⃣ 🔟 ❤️ 🔥 🎉 🚀 👀 💡 ⭐ 💯 ❌ ✅ 📰 📄 📚 ⚠️ ⏳ 🔍 📝 👏 🙏"
GLYPHS = dict(zip(_NAMES.split(), _PICTURES.split(), strict=True))
TONES = {"2": "🏻", "3": "🏼", "4": "🏽", "5": "🏾", "6": "🏿"}

_PIECE = re.compile(r"```(?P<pre>.+?)```|`(?P<code>[^`\n]+)`|<(?P<angle>[^<>\n]*)>", re.DOTALL)
_BARE = re.compile(r"[<>]|&(?!(?:amp|lt|gt);)")
_EMOJI = re.compile(r":([a-z0-9_+'-]+(?:::skin-tone-[2-6])?):")
_EMPHASIS = {"*": "b", "_": "i", "~": "s"}
# A mark opens before a character that is no space, and closes after one; letters and digits beside it make it literal.
# Slack makes links by itself of addresses, e-mail addresses and whatever looks like a domain, known or not.
_AUTOLINK = re.compile(
    r"(?:https?://|www\.)\S+|mailto:\S+|[\w.+-]+@(?:[\w-]+\.)+[^\W\d_]{2,}"
    r"|(?<![\w@])(?:[\w-]+\.)+[^\W\d_]{2,}(?!\w)(?:[/:?#]\S*)?",
    re.IGNORECASE,
)
_MARKED = re.compile(r"(?<![\w*~])([*_~])(?=\S)(.+?)(?<=\S)\1(?![\w*~])")


def glyph(name: str) -> str:
    """The picture of an emoji, or its name between colons where this page has none."""
    base, _, tone = name.partition("::skin-tone-")
    return GLYPHS[base] + TONES.get(tone, "") if base in GLYPHS else f":{name}:"


def autolinks(text: str) -> list[str]:
    """What Slack makes links of in a mrkdwn text although nobody asked for it."""
    rest = _PIECE.sub("\n", text)
    return [match[0] for match in _AUTOLINK.finditer(html.unescape(rest))]


def mrkdwn(text: str, people: Mapping[str, str] | None = None, emoji: Callable[[str], str] = glyph) -> str:
    """HTML of a mrkdwn text; `people` are names by user id, `emoji` draws one by its name."""
    names = people or {}
    held: list[str] = []

    def hold(piece: str) -> str:
        held.append(piece)
        return f"\x00{len(held) - 1}\x01"

    def special(match: re.Match[str]) -> str:
        if (pre := match["pre"]) is not None:
            return hold(f"<pre>{_plain(pre.strip(chr(10)))}</pre>")
        if (code := match["code"]) is not None:
            return hold(f"<code>{_plain(code)}</code>")
        return _angle(match["angle"], names, hold)

    text = re.sub(r"(?m)^>+", lambda match: "&gt;" * len(match[0]), text)  # a quote, either way
    body = _PIECE.sub(special, text.replace("\x00", "").replace("\x01", ""))
    body = _AUTOLINK.sub(lambda match: hold(f'<a class="auto">{_plain(match[0])}</a>'), body)
    body = _BARE.sub(lambda match: hold(_fault(match[0])), body)
    body = _emphasised(html.escape(html.unescape(body), quote=False))
    body = _EMOJI.sub(lambda match: emoji(match[1]), body)
    lines = [_quoted(line) for line in body.split("\n")]
    shown = "<br>".join(lines).replace("</blockquote><br>", "</blockquote>")
    while "\x00" in shown:
        shown = re.sub("\x00(\\d+)\x01", lambda match: held[int(match[1])], shown)
    return shown


def _emphasised(body: str) -> str:
    """Marks inside marks too: `*_both_*`."""
    for _ in range(3):
        body = _MARKED.sub(lambda match: f"<{_EMPHASIS[match[1]]}>{match[2]}</{_EMPHASIS[match[1]]}>", body)
    return body


def _quoted(line: str) -> str:
    return f"<blockquote>{line.removeprefix('&gt;').lstrip()}</blockquote>" if line.startswith("&gt;") else line


def _angle(inside: str, names: Mapping[str, str], hold: Callable[[str], str]) -> str:
    """What stands in angle brackets. A link's label is never read for marks, only for its characters."""
    address, _, label = inside.partition("|")
    if re.match(r"(https?://|mailto:)\S+$", address):
        target = html.escape(html.unescape(address))
        return hold(f'<a href="{target}">{_plain(label or address)}</a>')
    if address.startswith("!date^"):
        return hold(_plain(label))
    if address.startswith(("!", "@", "#")):
        name = names.get(address[1:], label or address[1:])
        return hold(f'<span class="mention">{html.escape(address[0].replace("!", "@") + name)}</span>')
    return hold(_fault(f"<{inside}>"))


def _plain(text: str) -> str:
    """The characters themselves, whatever they are, as HTML."""
    return html.escape(html.unescape(text), quote=False)


def _fault(what: str) -> str:
    return f'<mark class="fault" title="not escaped">{html.escape(what)}</mark>'
