"""The meaning of an emoji on a message: how much it likes a paper, or which paper of the headline it picks.

Emoji are Unicode here; adapters translate their platform's names first. A name that is not a Unicode emoji (a custom
one, such as `:shipit:`) is compared unchanged, and counts only if a channel gives it a value.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

LONGEST = 64  # characters; the longest sequences of Unicode have about ten, custom names up to 32
STRONGEST = 2.0  # no emoji counts more than two thumbs up

_TABLE = {
    2.0: "❤ 🧡 💛 💚 💙 💜 🤎 🖤 🤍 💖 💗 💕 💞 😍 🥰 🤩 🔥 🎉 🥳 🏆 🥇 💯 ⭐ 🌟 🚀 🤯 ❤‍🔥 💎",
    1.0: "👍 👏 🙌 🙏 💪 👌 ✅ ✔ 💡 🧠 😮 😲 👀 📌 🔖 😄 😃 😀 😁 😊 🙂 🤓 😎 ✨ 🫶 🤝 ➕ 🆗 👆 🙆 💥 😻 🎯 🌸 💮 ⭕",
    -1.0: "👎 😴 🥱 😕 😒 🙄 😑 😐 ❌ 🚫 ➖ 💤 😞 🙅 ✖ 😬 🤨 💔 🗑",
    -2.0: "💩 🤮 🤢 😡 🤬",
}
DEFAULT: Mapping[str, float] = MappingProxyType(
    {emoji: value for value, row in _TABLE.items() for emoji in row.split()}
)

_VARIATION = "\ufe0e\ufe0f"  # text or emoji presentation: the same emoji
_SKIN = "".join(map(chr, range(0x1F3FB, 0x1F400)))
_GENDERS = ("\u200d\u2640", "\u200d\u2642")
_DROPPED = str.maketrans("", "", _VARIATION + _SKIN)
_KEYCAP = "\u20e3"
_TEN = "🔟"


def normalised(emoji: str) -> str:
    """Return the emoji for comparison and storage: no skin tone, gender, presentation or surrounding space.

    Keeps at most `LONGEST` characters. Returns "" if nothing remains.
    """
    plain = emoji.translate(_DROPPED).strip()
    for gender in _GENDERS:
        plain = plain.removesuffix(gender)
    plain = plain[:LONGEST]
    # Removing one part may have exposed another.
    return plain if plain == emoji else normalised(plain)


def value_of(emoji: str, own: Mapping[str, float]) -> float:
    """Return the value of one reaction, from `-STRONGEST` to `STRONGEST`; 0 for an emoji without meaning.

    `own` are the channel's values by normalised emoji, which override the table.
    """
    name = normalised(emoji)
    value = own.get(name, DEFAULT.get(name, 0.0))
    return max(-STRONGEST, min(STRONGEST, value))


def rank_of(emoji: str) -> int | None:
    """Return 1-10 for 1️⃣ to 🔟, the paper of the headline that it picks; None for any other emoji."""
    name = normalised(emoji)
    if name == _TEN:
        return 10
    if len(name) == 2 and name[1] == _KEYCAP and name[0] in "123456789":
        return int(name[0])
    return None
