"""Recognise what people say to the bot that is about no paper: greetings, thanks, calls for help, misplaced commands.

Pure. Only a text that consists of such words is recognised: one word more may make it the title of a paper.
"""

from __future__ import annotations

import re
import unicodedata
from enum import Enum, auto

from bot.chat.registry import COMMANDS, HELP
from bot.chat.specs import Group
from bot.papers.refs import LONGEST_TEXT


class Talk(Enum):
    """What was said: a call for help by its own word, or anything else that gets help in one line."""

    HELP = auto()
    SMALL = auto()


_LONGEST = 80  # characters of small talk
_OWN_NAMES = frozenset("paper papers digest kawaraban かわら版 瓦版".split())
_OPENERS = frozenset(
    """hello hi hey hiya yo howdy greetings morning afternoon evening night bye goodbye cheers welcome there
    thanks thank thx ty sorry please happy congrats congratulations nice great good cool awesome perfect amazing
    wonderful excellent super ok okay okey yes yeah yep no nope sure lol haha hmm wow oops test testing ping
    help who what how
    hola bonjour salut hallo danke merci gracias ciao grazie olá obrigado obrigada привет спасибо
    你好 您好 谢谢 謝謝 早上好 帮助 안녕 안녕하세요 감사합니다 고마워요 고마워 도와주세요""".split()
)
_FILLERS = frozenset(
    """a all again an and are as at bot can could day do does doing done everybody everyone folks for friend from gonna
    guys have here i i'm im in is it it's its job just know later let's lets lot lots love m many may me mean means
    might much my name need new of on one possible question re really s see so some someone something soon t tell that
    the this to today tomorrow too u up us use very want was we weekend well work working works would ya year you
    you're your youre""".split()
)
_JAPANESE = re.compile(
    "(?:こんにち[はわ]|こんばん[はわ]|おはよう|おはよ|ありがとう|有難う|有り難う|ありがと|感謝|どうも|サンキュー|はじめまして|初めまして"
    "|よろしく|宜しく|お願い|おねがい|お疲れ様|おつかれさま|お疲れさま|お疲れ|おつかれ|すみません|すいません|ごめんなさい|ごめん|了解"
    "|承知|わかりました|分かりました|なるほど|すごい|すばらしい|素晴らしい|いいね|さようなら|またね|またあした|また明日|おやすみ|ハロー"
    "|やあ|もしもし|テスト|元気|調子|お元気|はい|いいえ|うん|助けて|たすけて|ヘルプ|使い方|つかいかた|使いかた|使い道|何ができる"
    "|なにができる|何が出来る|できること|あなた|きみ|君|誰|だれ|名前|何|なに|どう|どうやって|使う|使え|教えて|おしえて|見せて"
    "|ください|下さい|ほしい|ございました|ございます|いたします|致します|します|しました|です|でした|ですか|ますか|ます|でき|きます|なさい"
    "|さん|様|さま|くん|皆さん|みなさん|みんな|今日|いつも|本当|ほんと|とても|大変|ボット"
    "|は|も|の|を|に|が|で|と|か|ね|よ|な|い|ー|〜|笑|w)+"
)
_COMMAND_MOST_WORDS = 1  # words of a bare command; more may be a title


def talk_of(text: str) -> Talk | None:
    """Return what sort of talk a text is, None for one that may name a paper."""
    plain = unicodedata.normalize("NFKC", text[:LONGEST_TEXT]).casefold()
    if not any(c.isalnum() for c in plain):
        return Talk.SMALL if any(unicodedata.category(c) == "So" for c in plain) else _asks(plain.strip())
    words = [word.strip("'") for word in re.findall(r"[\w'’-]+", plain.replace("’", "'")) if word.strip("'-")]
    if len(plain) > _LONGEST or not words:
        return None
    return _named_command(words) or (Talk.SMALL if _is_small(words) else None)


def _asks(plain: str) -> Talk | None:
    return Talk.HELP if plain and COMMANDS.named(plain) is HELP else None


def _named_command(words: list[str]) -> Talk | None:
    """`help` asks for help here; `digest help`, `subscribe` were meant for `/digest`, which is told."""
    prefixed = words[0] == "digest"
    rest = words[1:] if words[0] in _OWN_NAMES else words
    if not rest:
        return Talk.SMALL
    entry = COMMANDS.named(rest[0])
    if entry is None or (not prefixed and (isinstance(entry, Group) or len(rest) > _COMMAND_MOST_WORDS)):
        return None
    return Talk.HELP if entry is HELP and not prefixed else Talk.SMALL


def _is_small(words: list[str]) -> bool:
    """Whether every word is one of small talk, and one of them opens it or is Japanese."""
    spoken = [word in _OPENERS or bool(_JAPANESE.fullmatch(word)) for word in words]
    rest = (word in _FILLERS or word in _OWN_NAMES for word in words)
    return any(spoken) and all(known or filler for known, filler in zip(spoken, rest, strict=True))
