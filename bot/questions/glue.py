"""Words of an answer that need no proof because they claim nothing: connectives, and whose statement follows.

A closed list: whatever is not built of these phrases is a statement. None of them has a number or a name, denies
anything, or says what follows from what (`therefore`, `because`): that would be a claim of its own.
"""

from __future__ import annotations

import re

LONGEST = 90  # characters

_SPEAKER = (
    r"(?:(?:the|this|its)\s(?:(?:present\s)?(?:paper|study|work|article|text|document|abstract)|authors?)|they|it)"
)
_SAYS = (
    r"(?:say|state|report|note|write|describe|explain|find|observe|argue|show|add|mention|claim|conclude|suggest"
    r"|indicate|point out|present)"
)
_SAID = (
    r"(?:said|stated|reported|noted|wrote|described|explained|found|observed|argued|showed|added|mentioned|claimed"
    r"|concluded|suggested|indicated|pointed out|presented)"
)
_ENGLISH = (
    r"and|but|or|also|too|while|whereas|meanwhile|however|still|then|next|here|namely|overall|similarly|likewise|conversely"
    r"|as well(?:\sas)?|in\saddition|additionally|moreover|furthermore|further|besides|nevertheless|nonetheless"
    r"|by\scontrast|in\scontrast|on\sthe\s(?:one|other)\shand|at\sthe\ssame\stime"
    r"|first(?:ly)?|second(?:ly)?|third(?:ly)?|finally|lastly|to\sbegin\swith"
    r"|in\s(?:short|summary|brief|sum|other\swords|particular|detail|general)|to\ssum\sup|to\ssummari[sz]e"
    r"|for\s(?:example|instance)|(?:more\s)?specifically|concretely"
    rf"|according\sto\s{_SPEAKER}|in\s{_SPEAKER}"
    rf"|as\s{_SPEAKER}\s(?:also\s)?(?:{_SAYS}s?|{_SAID})|as\s(?:{_SAID}|shown|given|written)\s(?:in|by)\s{_SPEAKER}"
    rf"|{_SPEAKER}\s(?:(?:also|further|then|additionally|explicitly)\s)?(?:{_SAYS}s?|{_SAID})(?:\s(?:that|the\sfollowing))?"
    r"|(?:the|a)\s(?:short\s)?(?:answer|reason|reasons|result|results|details)\s(?:is|are)(?:\s(?:as\sfollows|the\sfollowing|that))?"
    r"|(?:as\sfollows|the\sfollowing)|for\s(?:the\sfollowing|these)\sreasons"
)
_JAPANESE = (
    r"また|さらに|加えて|そして|および|一方で?|他方(?:で)?|しかし(?:ながら)?|ただし|なお|まず|次に|続いて|最後に|第[一二三]に"
    r"|つまり|すなわち|要するに|要約すると|まとめると|具体的には|より具体的には|例えば|たとえば|特に|とりわけ|同様に|同時に|対して|これに対して"
    r"|(?:この|本)?(?:論文|研究|要旨|本文|文書)(?:によると|によれば|では|においては|は|には|の中では)|著者(?:ら|たち)?(?:によると|によれば|は)"
    r"|(?:理由|答え|結果|詳細)は|(?:以下|次)の(?:とおり|通り|ように)|以下に示す|であると|だと|と"
    r"|(?:述べ|報告し|説明し|記し|記述し|示し|指摘し|主張し|結論(?:し|づけ)|書い)(?:ている|ています|て(?:い|お)ます|た|ました|ており)"
    r"|(?:述べ|報告さ|説明さ|記述さ|示さ)(?:られ|れ)(?:ている|ています|た|ました)"
    r"|とのこと|とされ(?:ている|ています|る|ます)|という|こと|である|です|だ"
)
_BETWEEN = r"[\s,.:;、。，：・\-–—]{0,6}"
_GLUE = re.compile(rf"{_BETWEEN}(?:(?:{_ENGLISH})(?![a-z]){_BETWEEN}){{1,5}}", re.IGNORECASE)
_GLUE_JA = re.compile(rf"{_BETWEEN}(?:(?:{_JAPANESE}){_BETWEEN}){{1,6}}")


def is_glue(text: str) -> bool:
    """Return whether a piece of an answer claims nothing, in English or Japanese. Marks and space alone do not."""
    if not any(map(str.isalnum, text)):
        return True
    if len(text) > LONGEST:
        return False
    line = " ".join(text.split())
    return bool(_GLUE.fullmatch(line) or _GLUE_JA.fullmatch(line))
