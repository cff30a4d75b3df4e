"""Every sentence that a person reads, in Japanese and English."""

from bot.words.plain import one_line, plain, web_link, without_bold
from bot.words.words import Words, words_for

__all__ = ["Words", "one_line", "plain", "web_link", "without_bold", "words_for"]
