"""Read what people write to the bot about papers: a reference alone asks for a look-up, a question for an answer.

Pure. One reader for `/paper`, mentions, direct messages and threads, so that the same words mean the same everywhere.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from bot.chat.commands import Ask, Help, LookUp, PaperCommand
from bot.chat.registry import COMMANDS, HELP
from bot.chat.talk import talk_of
from bot.errors import InputError
from bot.models import PaperRef, RefKind
from bot.papers.refs import LONGEST_TEXT, RefPlace, parse_ref, placed_in
from bot.words.plain import one_line

# Words in which a question begins, or that ask for something, in the languages that people write in most.
_ASKING = frozenset(
    """why how what what's which who whom whose when where is are was were do does did can could would should will has
    have had explain describe compare contrast clarify elaborate define list name give tell
    warum wieso wie was welche welcher welches wer wann wo erkläre
    pourquoi comment quel quelle quels quelles combien où qui que explique
    qué cómo cuál cuáles cuánto cuántos dónde quién explica perché come quale quali quanto quanti
    porque como qual quais quantos onde quem explique
    почему как какой какая какие сколько что где кто зачем объясни
    왜 어떻게 무엇 뭐 몇 얼마나 어떤 어디 누가""".split()
)
_ASKING_JA = re.compile(
    r"なぜ|何故|どう|どの|どれ|どこ|どんな|どちら|どっち|いつ|いくつ|いくら|誰|だれ|何|なに"
    r"|(?:か|の|とは|って|かな|でしょう)[。．!！]*$|教えて|説明して|比較して|比べて|(?:違い|理由|方法|手法|条件)(?:は|を)"
    r"|为什么|为何|怎么|如何|什么|哪|多少|几个|吗[。]*$"
)
# A question of one word, which goes on with a conversation.
_FOLLOWING = re.compile(r"(?:why|how so|how come|なぜ|何故|どうして|なんで)(?![^\W\d_a-z])", re.IGNORECASE)
_MARKS = re.compile(r"[?？؟\u037e]")
# Words around a reference that only ask for the paper itself, or say something about it.
_AROUND = frozenset(
    """summary summaries summarise summarize summarising tldr tl dr abstract overview details paper papers article
    preprint pdf html link arxiv version read reading look looks see seen check out show find found get add send share
    shared via from by of on in at to with and or but about for the a an this that these those it its it's is was be
    will here there new nice great good cool neat awesome amazing excellent fantastic wonderful impressive important
    relevant useful interesting exciting fun very really quite pretty so super just please pls thanks thank you thx hey
    hi hello can could would one me my our your us we i i'd like love need want interested today yesterday morning also
    too again now fyi btw worth ok okay yes re what's what think thoughts everyone all team folks""".split()
)
_AROUND_JA = re.compile(
    r"(?:要約|概要|まとめ|詳細|論文|文献|この|これ|こちら|その|それ|次の|以下|新しい|新着|面白い|面白そう|おもしろい|興味深い|良い|いい|すごい|すごく"
    r"|とても|重要|注目|読んで|読みたい|読みました|読んだ|見て|見た|みて|調べて|探して|教えて|紹介|共有|送って|出して|欲しい|ほしい|について|を|に|が|は|の|も|と|で"
    r"|して|した|します|しました|する|です|でした|ます|だ|ね|よ|な|さん|様|ください|下さい|お願い|おねがい|いたします|致します|願います|みんな|皆さん"
    r"|よろしく|ありがとう|ございます|どうぞ|表示|検索|内容|簡単|日本語|英語|ー|〜|！|!|。|、|,|\.)+"
)
_COMPARING = re.compile(
    r"\b(?:compar\w*|contrast\w*|than|versus|vs|both|differ\w*|similar\w*|same|instead|alternative\w*|better|worse)\b"
    r"|比[べ較]|違[いうっ]|より|同じ|両方|異な|差|共通|優れ|劣",
    re.IGNORECASE,
)
_POINTING = re.compile(
    r"\b(?:it|its|this|that|these|they|their|them)\b|これ|それ|この|その|前の|さっき|先ほど|ここ", re.IGNORECASE
)
_QUOTED = re.compile(r"“([^“”]{3,300})”|\"([^\"]{3,300})\"|「([^「」]{3,300})」|『([^『』]{3,300})』|«([^«»]{3,300})»")
_SEPARATORS = " \t:：,，、。.;；-–—|/・「」『』“”\"'()（）[]<>"
_BESIDE = re.compile(r"[\s:：,，、;；|()（）\[\]<>\"“”「」『』–—-]")  # may stand between a reference and a question
_JOINING = re.compile(
    r"\s*(?:[,，、;；&＆+/]|and|or|vs\.?|versus|と|や|および|及び|&amp;)?\s*", re.IGNORECASE
)  # between two references
_SHORT_NOTE = 80  # characters behind a reference that may ask without looking like a question


def parse_paper(text: str, *, inside: bool = False) -> PaperCommand | Ask:
    """Read the text after `/paper`, of a mention without its mention, or of a direct message.

    `inside` says that it stands in the thread of a paper: there everything but small talk is a question. A question
    without a reference has no `papers`, and is about those of the conversation, if there are any.
    """
    plain, places = placed_in(text)
    if not plain or COMMANDS.named(plain) is HELP:
        return Help()
    if places:
        return _naming(plain, places, inside=inside)
    if talk_of(plain) and not (_FOLLOWING.match(plain) or (inside and _MARKS.search(plain))):
        return LookUp(plain)
    line = one_line(text[:LONGEST_TEXT])  # with quotation marks at its ends, which may belong to one title
    if not inside and (asked := _about_title(line)):
        return asked
    return Ask((), text.strip(), plain) if inside or asks(plain) else LookUp(plain)


def asks(text: str) -> bool:
    """Return whether a text asks something, as far as its words and marks tell."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    words = re.findall(r"[\w'’]+", folded)
    return bool(_MARKS.search(text) or _ASKING_JA.search(folded) or (words and words[0].replace("’", "'") in _ASKING))


def _naming(plain: str, places: Sequence[RefPlace], *, inside: bool) -> LookUp | Ask:
    """Read a text that names papers."""
    refs = tuple({(place.ref.kind, place.ref.value): place.ref for place in places}.values())
    question, leading = _question_beside(plain, places)
    if not question or _says_nothing(question):
        return LookUp(plain)
    if not asks(question) and not (leading and len(question) <= _SHORT_NOTE):
        return LookUp(plain)
    compares = not leading and len(refs) == 1 and bool(_COMPARING.search(question))
    beside = compares and (inside or bool(_POINTING.search(question)))
    return Ask(refs, question, plain, beside=beside)


def _question_beside(plain: str, places: Sequence[RefPlace]) -> tuple[str, bool]:
    """Return the text without the references at its ends, and whether it begins with one.

    References within a sentence stay, and so does one that a word is joined to, as in `2602.21548はなぜ速いのか`.
    """
    start, end = 0, len(plain)
    remaining = list(places)
    while remaining and not plain[start : remaining[0].start].strip(_SEPARATORS):
        after = plain[remaining[0].end :]
        if after and not _BESIDE.match(after):
            break
        start = remaining.pop(0).end
        if remaining and (joined := _JOINING.match(plain, start)) and joined.end() == remaining[0].start:
            start = joined.end()
    leading = start > 0
    while remaining and not plain[remaining[-1].end : end].strip(_SEPARATORS):
        before = plain[start : remaining[-1].start]
        if not re.search(r"(?:^|[:：\n。.?？!！\]」』”\"(（<]|-)\s*$", before):
            break  # "… than 2602.21548?" is part of the sentence
        end = remaining.pop().start
    return plain[start:end].lstrip(_SEPARATORS).rstrip(' \t:：,，、-–—|<([（「“"'), leading


def _says_nothing(text: str) -> bool:
    """Return whether a text beside a reference only asks for the paper, or remarks on it."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    if _MARKS.search(folded) and not re.search(r"\b(?:summar\w+|abstract|tl;?dr)\b|要約|概要|まとめ", folded):
        return False
    if talk_of(text):
        return True
    words = re.findall(r"[\w']+", folded)
    return all(word in _AROUND or bool(_AROUND_JA.fullmatch(word)) for word in words)


def _about_title(line: str) -> Ask | None:
    """Return the question around a title in quotation marks, None if the text is none."""
    for match in _QUOTED.finditer(line):
        before, after = line[: match.start()].strip(_SEPARATORS), line[match.end() :]
        # `「…」はなぜ速い？` is one sentence, `"…" Why is it fast?` is not.
        apart = not before and bool(_BESIDE.match(after))
        question = after.strip(_SEPARATORS) if apart else line
        around = f"{before} {after.strip(_SEPARATORS)}"
        if around.strip() and not _says_nothing(around) and asks(around) and (ref := _title(match)):
            return Ask((ref,), question, line)
    return None


def _title(quoted: re.Match[str]) -> PaperRef | None:
    """Return words in quotation marks as those of a title, if they are enough for one."""
    text = next(filter(None, quoted.groups()))
    if len(text.split()) < 2 and (text.isascii() or len(text) < 6):  # `what is "attention"?`
        return None
    try:
        ref = parse_ref(text)
    except InputError:
        return None
    return ref if ref.kind is RefKind.TITLE else None
