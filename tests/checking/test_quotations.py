"""Quotations looked up in papers: what is there is found as the paper has it, and nothing else is found."""

from __future__ import annotations

import random
from typing import SupportsIndex

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.checking.quotations import LEAST, LONGEST_GAP, QuotationFinder
from bot.checking.skeleton import readable_with_places, skeleton_of
from bot.models.fulltext import BlockKind, FullText, SentenceRef, TextBlock, TextSection, TextSource
from tests.support.typeset import Words


def paper(*blocks: str | tuple[BlockKind, str], source: TextSource = TextSource.PDF) -> FullText:
    """Return a text with a block for each; the sentences of a block are divided by `|`."""
    made = []
    for number, block in enumerate(blocks, 1):
        kind, text = block if isinstance(block, tuple) else (BlockKind.PARAGRAPH, block)
        made.append(TextBlock(f"b{number}", kind, tuple(text.split(" | "))))
    return FullText(None, source, (TextSection("s1", "", 1, tuple(made)),))


PAPER = paper(
    "We propose a simple method for reading papers. | It is 1.87 times as fast as the baseline, at a loss of −0.5%.",
    r"On 10,000 samples the rate $10^{-4}$ of the loss $\mathcal{L}_1$ is below 5% (p < 0.05). | This isn't unusual.",
    "The method does not improve the state-of-the-art accuracy of unsupervised models. | See [1, 2] and the appendix.",
    "提案手法は、既存の手法より高い精度を達成した。 | ただし、長い文章では効果がみられなかった。",
)
FINDER = QuotationFinder(PAPER)


@pytest.mark.parametrize(
    ("quotation", "text", "sentences"),
    [
        ("We propose a simple method for reading papers.", None, ["b1/0"]),
        ("propose a SIMPLE method for read-\ning papers", "propose a simple method for reading papers.", ["b1/0"]),
        ("a simple method for reading papers", "a simple method for reading papers.", ["b1/0"]),
        ("1.87 times as fast as the baseline, at", "1.87 times as fast as the baseline, at", ["b1/1"]),
        ("at a loss of -0.5% on the", None, []),
        ("the baseline, at a loss of −0.5%", "the baseline, at a loss of −0.5%.", ["b1/1"]),
        (
            "for reading papers. It is 1.87 times as fast",
            "for reading papers. It is 1.87 times as fast",
            ["b1/0", "b1/1"],
        ),
        ("10⁻⁴ of the loss ℒ₁ is below 5%", r"$10^{-4}$ of the loss $\mathcal{L}_1$ is below 5%", ["b2/0"]),
        ("On 10000 samples the rate 10^-4", r"On 10,000 samples the rate $10^{-4}$", ["b2/0"]),
        ("improve the state of the art accuracy", "improve the state-of-the-art accuracy", ["b3/0"]),
        ("提案手法は、既存の手法より高い精度を達成した", "提案手法は、既存の手法より高い精度を達成した。", ["b4/0"]),
        ("ﬁnd", None, []),
    ],
)  # fmt: skip
def test_what_the_paper_says_is_found_in_its_own_characters(
    quotation: str, text: str | None, sentences: list[str]
) -> None:
    found = FINDER.find(quotation)

    assert (found is not None) is bool(sentences)
    if found is not None:
        assert found.text == (text or quotation)
        assert [str(ref) for ref in found.sentences] == sentences


@pytest.mark.parametrize(
    "quotation",
    [
        "We propose a complex method for reading papers.",  # a word
        "We propose a simple method for papers.",  # one left out
        "We propose a very simple method for reading papers.",  # one put in
        "It is 1.88 times as fast as the baseline",  # a digit
        "It is 18.7 times as fast as the baseline",  # the point moved
        "It is 187 times as fast as the baseline",  # or lost
        "is 87 times as fast as the baseline",  # a part of a number
        "as fast as the baseline, at a loss of 0.5%",  # the sign
        "as fast as the baseline, at a loss of -0.5 of it",
        "as fast as the baseline, at a loss of −0.",
        "the rate 10⁴ of the loss ℒ₁ is below 5%",  # the sign of an exponent
        "the rate 104 of the loss ℒ₁ is below 5%",
        "the loss ℒ₁ is below 5% (p > 0.05)",  # the other way round
        "The method does improve the state-of-the-art accuracy",  # the opposite
        "the state-of-the-art accuracy of supervised models.",
        "supervised models. See [1, 2] and the appendix",  # a part of a word
        "the state-of-the-art accuracy of unsupervised model",
        "See [12] and the appendix of this paper",
        "simple method",  # too short to tell
        "",
        "…",
        "x" * 6_000,
    ],
)
def test_what_the_paper_does_not_say_is_not_found(quotation: str) -> None:
    assert FINDER.find(quotation) is None


def test_never_by_its_beginning() -> None:
    beginning = "We propose a simple method for reading papers. It is 1.87 times as fast as the baseline"

    assert FINDER.find(beginning)
    assert FINDER.find(f"{beginning}, and it costs nothing") is None


def test_an_ellipsis_divides_a_quotation() -> None:
    found = FINDER.find("We propose a simple method … 1.87 times as fast as the baseline")

    assert found is not None
    assert found.text == "We propose a simple method … 1.87 times as fast as the baseline"
    assert [str(ref) for ref in found.sentences] == ["b1/0", "b1/1"]


@pytest.mark.parametrize(
    "quotation",
    [
        "1.87 times as fast as the baseline … We propose a simple method",  # the wrong way round
        "We propose a simple method … no",  # a piece too short to tell
        "We propose a simple method … 1.87 times as slow as the baseline",
    ],
)
def test_an_ellipsis_hides_nothing(quotation: str) -> None:
    assert FINDER.find(quotation) is None


def test_parts_far_from_each_other_are_not_one_quotation() -> None:
    far = paper("The first part of the quotation is here.", "word " * LONGEST_GAP, "And its second part is over there.")

    assert QuotationFinder(far).find("The first part of the quotation … its second part is over there") is None


NOTE = (BlockKind.NOTE, "A note that stands at the foot of the page.")
FIRST, SECOND = "The sentence begins in this column and it would go", "on in the next one, behind a note of the page."


def test_a_sentence_goes_on_behind_what_interrupts_it() -> None:
    found = QuotationFinder(paper(FIRST, NOTE, SECOND)).find(f"{FIRST} {SECOND}")

    assert found is not None
    assert found.text == f"{FIRST} … {SECOND}"
    assert found.sentences == (SentenceRef("b1", 0), SentenceRef("b3", 0))


@pytest.mark.parametrize(
    ("text", "quotation"),
    [
        (paper(FIRST, NOTE, SECOND, source=TextSource.HTML), f"{FIRST} {SECOND}"),  # HTML has its notes elsewhere
        (paper(f"{FIRST} not {SECOND}"), f"{FIRST} {SECOND}"),  # a word left out is no interruption
        (paper(f"{FIRST} not", NOTE, SECOND), f"{FIRST} {SECOND}"),
        (paper(FIRST, NOTE, f"not {SECOND}"), f"{FIRST} {SECOND}"),
        (paper(f"{FIRST}.", "It is not done.", SECOND), f"{FIRST}. {SECOND}"),  # what is skipped says something
        (paper(FIRST, (BlockKind.NOTE, "note " * LONGEST_GAP), SECOND), f"{FIRST} {SECOND}"),
        (paper(FIRST, NOTE, SECOND, NOTE, f"of {FIRST}"), f"{FIRST} {SECOND} of {FIRST}"),  # once is enough
        (paper("Too short", NOTE, SECOND), f"Too short {SECOND}"),
    ],
)  # fmt: skip
def test_only_whole_blocks_may_interrupt(text: FullText, quotation: str) -> None:
    assert QuotationFinder(text).find(quotation) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A²FM’s “naïve” baﬄe", "a2fms naïve baffle"),
        ("$x_i^2$", "xᵢ²"),
        (r"$\hat{x}$", "x"),
        ("10,000", "10000"),
        ("Ｆｕｌｌ width", "fullwidth"),
        (r"$\leq 5$", "≤5"),
    ],
)
def test_what_reads_the_same_is_the_same(one: str, other: str) -> None:
    assert skeleton_of(readable_with_places(one)[0]).letters == skeleton_of(readable_with_places(other)[0]).letters


@pytest.mark.parametrize(
    ("one", "other"),
    [("1.87", "187"), ("1,5", "15"), ("[1, 2]", "12"), ("10⁴", "104"), ("x₁2", "x12"), ("-3", "3"), ("5%", "5"),
     ("かき", "がき"), ("<3", ">3"), ("3 12", "31 2")],
)  # fmt: skip
def test_what_reads_otherwise_is_not(one: str, other: str) -> None:
    assert skeleton_of(one).letters != skeleton_of(other).letters


# --- properties -------------------------------------------------------------------------------------------------------

INVENTED = Words(3)
SENTENCES = [INVENTED.sentence() for _ in range(120)]
BIG = QuotationFinder(paper(*(" | ".join(SENTENCES[n : n + 6]) for n in range(0, 120, 6))))


@given(st.sampled_from(SENTENCES), st.randoms(use_true_random=False))
def test_no_sentence_with_one_word_changed_is_accepted(sentence: str, chance: random.Random) -> None:
    words = sentence.split()
    place = chance.randrange(1, len(words) - 1)
    change = chance.choice(["replaced", "left out", "put in", "exchanged"])
    if change == "replaced":
        words[place] = chance.choice(chance.choice(SENTENCES).split())
    elif change == "left out":
        del words[place]
    elif change == "put in":
        words.insert(place, "not")
    else:
        words[place - 1], words[place] = words[place], words[place - 1]
    altered = " ".join(words)
    assume(skeleton_of(altered).letters != skeleton_of(sentence).letters)

    assert BIG.find(sentence) is not None
    assert BIG.find(altered) is None


@given(st.sampled_from([one for one in SENTENCES if "%" in one]), st.randoms(use_true_random=False))
def test_no_sentence_with_one_digit_changed_or_the_point_moved_is_accepted(
    sentence: str, chance: random.Random
) -> None:
    digits = [place for place, char in enumerate(sentence) if char.isdigit()]
    place = chance.choice(digits)
    altered = sentence[:place] + str((int(sentence[place]) + chance.randint(1, 9)) % 10) + sentence[place + 1 :]
    point = next(
        place for place, char in enumerate(sentence) if char == "." and sentence[place + 1 : place + 2].isdigit()
    )
    moved = f"{sentence[:point]}{sentence[point + 1]}.{sentence[point + 2 :]}"
    lost = sentence[:point] + sentence[point + 1 :]

    assert not any(BIG.find(one) for one in (altered, moved, lost))


@given(st.sampled_from(SENTENCES), st.integers(0, 40), st.integers(0, 40))
def test_what_is_found_is_the_papers_own_text(sentence: str, left: int, right: int) -> None:
    words = sentence.split()
    quotation = " ".join(words[left % len(words) : len(words) - right % len(words)])
    assume(len(skeleton_of(quotation).letters) >= LEAST)
    found = BIG.find(quotation.upper())

    assert found is not None
    # The same letters may stand in another sentence too, with other marks between them.
    assert skeleton_of(found.text).letters == skeleton_of(quotation.upper()).letters
    assert any(found.text in one for one in SENTENCES)


@given(st.text(max_size=300), st.lists(st.text(max_size=200), max_size=6))
def test_nothing_breaks_it(quotation: str, texts: list[str]) -> None:
    sections = (
        TextSection(
            "s", "", 1, tuple(TextBlock(f"b{n}", BlockKind.PARAGRAPH, (text,)) for n, text in enumerate(texts))
        ),
    )
    finder = QuotationFinder(FullText(None, TextSource.PDF, sections))
    for one in (quotation, *texts):
        found = finder.find(one)

        assert found is None or found.sentences


@given(st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Z", "M", "S")), min_size=40, max_size=200))
def test_every_sentence_is_found_in_its_own_paper(sentence: str) -> None:
    assume(len(skeleton_of(readable_with_places(sentence)[0]).letters) >= LEAST)

    assert QuotationFinder(paper("Before it.", sentence.replace(" | ", " "), "After it.")).find(
        sentence.replace(" | ", " ")
    )


def test_a_hostile_text_takes_no_longer_than_an_honest_one() -> None:
    """Beginnings that stand everywhere are tried a bounded number of times."""
    repeated = QuotationFinder(paper(*["the same words again and again and again, "] * 3_000))
    places = 0

    class Counting(str):
        __slots__ = ()

        def find(self, letters: str, start: SupportsIndex | None = None, end: SupportsIndex | None = None, /) -> int:
            nonlocal places
            places += 1
            return super().find(letters, start, end)

    paper_text = repeated._paper
    repeated._paper = type(paper_text)(Counting(paper_text.letters), paper_text.places, paper_text.shown)

    assert repeated.find("the same words again and again and again, but for these at its very end") is None
    assert places < 300
