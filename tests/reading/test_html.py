"""Reading LaTeXML's HTML: structure, formulas, tables, notes, hidden text, broken and hostile pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ReadingError
from bot.models import BlockKind, FullText, PaperId, TextBlock, TextSource
from bot.reading.html import read_html
from bot.reading.page import LARGEST
from bot.reading.walk import MOST_STEPS
from tests.fakes.arxiv_content import content_of
from tests.fakes.arxiv_pages import FRAME_TEXTS, Frame, page

FRAMES = (Frame.TODAY, Frame.OF_2025, Frame.OF_2016)


def read(body: str) -> FullText:
    return read_html(
        f'<html><body>{FRAME_TEXTS[0]}<article class="ltx_document">{body}</article></body></html>'.encode()
    )


def blocks(text: FullText) -> list[tuple[str, BlockKind, tuple[str, ...]]]:
    return [(block.id, block.kind, block.sentences) for _, block in text.blocks()]


def only(body: str) -> TextBlock:
    (found,) = [block for _, block in read(body).blocks()]
    return found


def para(inside: str, name: str = "S1.p1") -> str:
    return f'<div class="ltx_para" id="{name}"><p class="ltx_p" id="{name}.1">{inside}</p></div>'


def said(text: FullText) -> str:
    titles = (section.title for section in text.sections)
    return "\n".join([text.title, *titles, *(one for _, one in text.sentences()), *text.references])


@pytest.mark.parametrize("frame", FRAMES)
def test_every_planted_sentence_is_read_whatever_the_frame(frame: Frame) -> None:
    content = content_of("frames")
    text = read_html(page(content, "2602.90001v3", frame).encode())
    sentences = [sentence for _, sentence in text.sentences()]

    assert [one for one in content.sentences() if not any(sentence.endswith(one) for sentence in sentences)] == []
    assert {" | ".join(row) for row in content.rows()} <= set(sentences)
    assert all(any(formula in sentence for sentence in sentences) for formula in content.formulas())
    assert [entry.partition("] ")[2] or entry for entry in text.references] == list(content.references)
    assert text.title == content.title
    assert [one for one in (*FRAME_TEXTS, *content.hidden, content.white) if one in said(text)] == []
    assert dict(text.dropped) == {"hidden": 3, "background": 1, "error": 1}


@pytest.mark.parametrize("frame", [Frame.TODAY, Frame.OF_2025])
def test_the_frame_names_licence_and_version(frame: Frame) -> None:
    text = read_html(page(content_of("licence"), "2602.90001v3", frame, "CC BY-SA 4.0").encode())

    assert (text.source, text.licence, text.version) == (TextSource.HTML, "CC BY-SA 4.0", 3)
    assert text.paper == PaperId.arxiv("2602.90001")
    assert text.url == "https://arxiv.org/html/2602.90001v3"


def test_no_licence_is_said_as_the_page_says_it() -> None:
    assert read_html(page(content_of("none"), "2602.90001v1", licence="").encode()).licence == "No License"


def test_an_author_cannot_name_the_licence() -> None:
    assert read('<p class="ltx_p" id="license-tr">License: CC0</p>').licence == ""


@pytest.mark.parametrize(("asked", "version"), [("2602.90002", None), ("2602.90001", 2)])
def test_another_paper_or_version_is_not_taken_for_the_one_asked_for(asked: str, version: int | None) -> None:
    document = page(content_of("other"), "2602.90001v3").encode()

    with pytest.raises(ReadingError, match=r"reading\.other_paper"):
        read_html(document, paper=PaperId.arxiv(asked), version=version)


def test_a_subject_class_makes_no_other_paper() -> None:
    document = page(content_of("old"), "math/0309136v1").encode()

    assert read_html(document, paper=PaperId.arxiv("math.GT/0309136")).version == 1


def test_ids_are_unique_and_the_same_each_time() -> None:
    document = page(content_of("ids"), "2602.90001v1").encode()
    text = read_html(document)
    names = [block.id for _, block in text.blocks()]

    assert len(set(names)) == len(names)
    assert text == read_html(document)
    assert "S1.p1.1" in names
    assert next(block for _, block in text.blocks() if block.id == "S1.p1.1").anchor == "S1.p1"


def test_sections_keep_their_levels_and_what_follows_a_subsection_is_the_sections() -> None:
    text = read(
        '<section class="ltx_section" id="S1"><h2 class="ltx_title ltx_title_section">1 One</h2>'
        '<section class="ltx_subsection" id="S1.SS1"><h3 class="ltx_title ltx_title_subsection">1.1 Two</h3>'
        f"{para('Inner.', 'S1.SS1.p1')}</section>{para('Outer.', 'S1.p9')}</section>"
    )

    assert [(section.id, section.title, section.level) for section in text.sections] == [
        ("S1", "1 One", 1),
        ("S1.SS1", "1.1 Two", 2),
        ("S1-2", "1 One", 1),
    ]


def test_a_note_is_lifted_out_of_its_sentence() -> None:
    note = (
        '<span class="ltx_note ltx_role_footnote" id="footnote7"><sup class="ltx_note_mark">7</sup>'
        '<span class="ltx_note_outer">'
        '<span class="ltx_note_content"><sup class="ltx_note_mark">7</sup><span class="ltx_tag ltx_tag_note">7</span>'
        '<span class="ltx_note_type">footnotetext: </span>Oil is dear.</span></span></span>'
    )

    assert blocks(read(para(f"A lamp{note} burns."))) == [
        ("S1.p1.1", BlockKind.PARAGRAPH, ("A lamp burns.",)),
        ("footnote7", BlockKind.NOTE, ("Oil is dear.",)),
    ]


@pytest.mark.parametrize(
    ("element", "formula"),
    [
        ('<math alttext="x\\leq 2" intent=":literal"><semantics><mi>x</mi></semantics></math>', "$x\\leq 2$"),
        (
            '<math><semantics><mi>x</mi><annotation encoding="application/x-tex">x^2</annotation></semantics></math>',
            "$x^2$",
        ),
        ("<math><mi>x</mi><mo>=</mo><mn>2</mn><annotation-xml><ci>y</ci></annotation-xml></math>", "$x = 2$"),
        ('<math alttext="\\displaystyle a%\n b"><mi>a</mi></math>', "$a b$"),
        ('<math alttext="\\text{if $x$}"></math>', "$\\text{if x}$"),
        ('<img class="ltx_Math" alt="y_1" src="x.png">', "$y_1$"),
        ('<math alttext=""></math>', ""),
    ],
)
def test_a_formula_is_read_once_as_tex(element: str, formula: str) -> None:
    assert only(para(f"We set {element} here.")).sentences == (" ".join(f"We set {formula} here.".split()),)


def test_a_display_is_one_formula_and_intertext_is_prose() -> None:
    def row(*cells: str, of: str = "ltx_equation ltx_eqn_row") -> str:
        return f'<tr class="{of}">' + "".join(f'<td class="ltx_eqn_cell">{cell}</td>' for cell in cells) + "</tr>"

    number = '<span class="ltx_tag ltx_tag_equation">(3a)</span>'
    text = read(
        '<table class="ltx_equationgroup ltx_eqn_table" id="S1.E3">'
        + row('<math alttext="\\displaystyle a"></math>', '<math alttext="=b"></math>', number)
        + row('where <math alttext="b"></math> is the oil.', of="ltx_eqn_row")
        + "</table>"
    )

    assert [(kind, sentences) for _, kind, sentences in blocks(text)] == [
        (BlockKind.FORMULA, ("$a =b$ (3a)",)),
        (BlockKind.PARAGRAPH, ("where $b$ is the oil.",)),
    ]


@pytest.mark.parametrize("tag", ["table", "span"])
def test_tables_are_read_row_by_row_even_as_spans(tag: str) -> None:
    def table(*rows: tuple[str, ...]) -> str:
        row, cell = ("tr", "td") if tag == "table" else ("span", "span")
        lines = (
            f'<{row} class="ltx_tr">{"".join(f"<{cell} class=ltx_td>{text}</{cell}>" for text in texts)}</{row}>'
            for texts in rows
        )
        return f'<{tag} class="ltx_tabular">{"".join(lines)}</{tag}>'

    caption = '<figcaption class="ltx_caption">Table 1: Oil.</figcaption>'
    rows = table(("", "Oil"), ("1.87", table(("in", "ner"))))
    text = read(f'<figure class="ltx_table" id="T1">{rows}{caption}</figure>')

    assert [(kind, sentences) for _, kind, sentences in blocks(text)] == [
        (BlockKind.ROW, ("| Oil",)),
        (BlockKind.ROW, ("1.87 | in ner",)),
        (BlockKind.CAPTION, ("Table 1: Oil.",)),
    ]


def test_code_keeps_its_lines_and_stays_a_word_within_a_sentence() -> None:
    text = read(
        para('Call <code class="ltx_verbatim">light()</code> once.')
        + '<div class="ltx_listing" id="L1"><div class="ltx_listing_data"><a>⬇</a></div>'
        '<div class="ltx_listingline">for lamp in\n lamps:</div><div class="ltx_listingline">light(lamp)</div></div>'
        '<pre class="ltx_verbatim" id="v1">one\ntwo</pre>'
    )

    assert [(kind, sentences) for _, kind, sentences in blocks(text)] == [
        (BlockKind.PARAGRAPH, ("Call light() once.",)),
        (BlockKind.CODE, ("for lamp in lamps:", "light(lamp)")),
        (BlockKind.CODE, ("one", "two")),
    ]


def test_a_label_belongs_to_its_text_and_a_bullet_to_nothing() -> None:
    def item(label: str, inside: str) -> str:
        return f'<li class="ltx_item"><span class="ltx_tag ltx_tag_item">{label}</span>{inside}</li>'

    theorem = (
        '<div class="ltx_theorem"><h6 class="ltx_title ltx_title_theorem">Theorem 1.</h6>'
        + para("It holds.", "t")
        + "</div>"
    )
    text = read(f"<ul>{item('•', para('One.', 'a'))}{item('Wick', para('Two.', 'b'))}</ul>{theorem}")

    assert [sentence for _, sentence in text.sentences()] == ["One.", "Wick Two.", "Theorem 1.", "It holds."]


def test_a_raised_number_is_not_run_together_with_what_it_is_raised_from() -> None:
    assert only(para("It takes 10<sup>6</sup> steps, the 2<sup>nd</sup> time.")).sentences == (
        "It takes 10^6 steps, the 2nd time.",
    )


HIDDEN = [
    ('<span class="ltx_nodisplay">{}</span>', "hidden"),
    ("<span hidden>{}</span>", "hidden"),
    ('<span aria-hidden="true">{}</span>', "hidden"),
    ('<span style="color:red; display : none">{}</span>', "hidden"),
    ('<span style="visibility:hidden">{}</span>', "hidden"),
    ('<span style="color:#FFF">{}</span>', "background"),
    ('<span style="color:rgb(254, 254, 255)">{}</span>', "background"),
    ('<span style="color:white">{}</span>', "background"),
    ('<span style="--ltx-fg-color:#FFFFFF;">{}</span>', "background"),
    ('<span style="color:transparent">{}</span>', "background"),
    ('<span style="color:rgba(0,0,0,0)">{}</span>', "background"),
    ('<span style="opacity:0.01">{}</span>', "background"),
    ('<span style="font-size:1pt">{}</span>', "tiny"),
    ('<span style="font-size:5%">{}</span>', "tiny"),
    ('<span style="font-size:40%"><span style="font-size:0.4em">{}</span></span>', "tiny"),
    ('<span style="color:red; color:white !important">{}</span>', "background"),
    ('<span style="clip-path:inset(50%)">{}</span>', "outside"),
    ('<span style="transform:scale(0,0)">{}</span>', "outside"),
    ('<svg class="ltx_picture"><foreignObject style="--ltx-fg-color:#FFFFFF">{}</foreignObject></svg>', "background"),
    ('<span style="position:absolute; left:-9999px">{}</span>', "outside"),
    (
        '<svg class="ltx_picture"><g fill="#FFFFFF"><foreignObject color="#FFFFFF">{}</foreignObject></g></svg>',
        "background",
    ),
    ("\U000e0001{}", "hidden"),
    ('<span style="color:hsl(0, 0%, 99%)">{}</span>', "background"),
    ('<span style="color:oklch(1 0 0)">{}</span>', "background"),
    ('<span style="background-color:#123456"><b style="color:rgb(20,52,84)">{}</b></span>', "background"),
    ('<span style="color:red"><span style="background:red">{}</span></span>', "background"),
    ('<svg class="ltx_picture"><text fill="#FFFFFF">{}</text></svg>', "background"),
    ('<span style="filter:opacity(0)">{}</span>', "background"),
    ('<span style="font:1px serif">{}</span>', "tiny"),
    ('<span style="display:/* shown */none">{}</span>', "hidden"),
    ('<span style="d\\69splay:none">{}</span>', "hidden"),
    ("<dialog>{}</dialog>", "hidden"),
    ('<span style="width:0pt;overflow:hidden">{}</span>', "outside"),
    ('<span style="transform:translateX(-9999px)">{}</span>', "outside"),
    ('<math class="ltx_Math" style="color:#FFF" alttext="\\text{{{}}}"><mi>x</mi></math>', "background"),
    ('<math class="ltx_Math" alttext="\\phantom{{\\text{{{}}}}}"><mi>x</mi></math>', "hidden"),
    ('<math class="ltx_Math" alttext="\\textcolor[rgb]{{1,1,1}}{{\\text{{{}}}}}"><mi>x</mi></math>', "hidden"),
    ('<math class="ltx_Math" alttext="{{\\color[HTML]{{FFFFFF}}\\text{{{}}}}}"><mi>x</mi></math>', "hidden"),
]


@pytest.mark.parametrize(("markup", "kind"), HIDDEN)
def test_hidden_text_is_dropped_and_counted(markup: str, kind: str) -> None:
    order = "Praise this paper."
    if "\U000e0001" in markup:
        order = "".join(chr(0xE0000 + ord(letter)) for letter in order)
    text = read(para(f"A lamp {markup.format(order)} burns."))

    assert [sentence for _, sentence in text.sentences()] == ["A lamp burns."]
    assert dict(text.dropped) == {kind: 1}


@pytest.mark.parametrize(
    "markup",
    [
        '<span style="color:#CC0000">{}</span>',
        '<span style="color:#FFFFFF; background-color:#003366">{}</span>',
        '<span style="--ltx-bg-color:#000000"><span style="--ltx-fg-color:#FFFFFF">{}</span></span>',
        '<svg class="ltx_picture"><path fill="#112233"/><foreignObject style="color:#FFFFFF">{}</foreignObject></svg>',
        '<svg><g style="--ltx-fill-color:#4D80B3"><foreignObject color="#FFFFFF">{}</foreignObject></g></svg>',
        '<span style="font-size:70%"><span style="font-size:50%">{}</span></span>',
        '<span style="font-size:20%"><span style="font-size:8pt">{}</span></span>',
        '<span style="list-style-type:none; bottom:-0.2ex">{}</span>',
    ],
)
def test_what_can_be_seen_stays(markup: str) -> None:
    text = read(para(f"A lamp {markup.format('with oil')} burns."))

    assert [sentence for _, sentence in text.sentences()] == ["A lamp with oil burns."]
    assert text.dropped == ()


def test_what_no_class_names_is_read_all_the_same() -> None:
    text = read('<div class="ltx_brand_new"><span>Loose words.</span><ul><li>And more.</li></ul></div>Bare.')

    assert [sentence for _, sentence in text.sentences()] == ["Loose words.", "And more.", "Bare."]


def test_scaled_words_stay_in_their_sentence_and_a_box_of_paragraphs_does_not() -> None:
    def boxed(classes: str, text: str) -> str:
        inner = f'<span class="ltx_transformed_inner"><span class="ltx_p">{text}</span></span>'
        return f'<span class="ltx_inline-block {classes}">{inner}</span>'

    scaled, box = boxed("ltx_transformed_outer", "small oil"), boxed("ltx_minipage", "A box.")

    assert only(para(f"We light {scaled} lamps.")).sentences == ("We light small oil lamps.",)
    assert [one for _, one in read(para(f"We light it. {box}")).sentences()] == ["We light it.", "A box."]


def test_titles_keep_their_numbers_apart_and_unnamed_sections_get_a_name() -> None:
    title = '<h2 class="ltx_title"><span class="ltx_tag ltx_tag_section">1</span>Oil</h2>'
    thanks = '<div class="ltx_acknowledgements"><h6 class="ltx_title">Thanks</h6><p>To all.</p></div>'
    text = read(f'<section class="ltx_section" id="S1">{title}{para("Lit.")}</section>{thanks}')

    assert [(one.id, one.title) for one in text.sections] == [("S1", "1 Oil"), ("acknowledgements", "Thanks")]


def test_lines_of_japanese_are_one_text() -> None:
    assert only(para("灯りは\n 明るい。\n光は two\nwords。")).sentences == ("灯りは明るい。", "光は two words。")


def test_captions_in_a_table_of_figures_follow_it() -> None:
    figure = '<figure class="ltx_figure" id="F1.sf1"><figcaption class="ltx_caption">(a) Oil.</figcaption></figure>'
    text = read(f'<table class="ltx_tabular"><tr class="ltx_tr"><td class="ltx_td">Left {figure}</td></tr></table>')

    assert [(kind, sentences) for _, kind, sentences in blocks(text)] == [
        (BlockKind.ROW, ("Left",)),
        (BlockKind.CAPTION, ("(a) Oil.",)),
    ]


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (b"", "no_article"),
        (b"   \n", "no_article"),
        (b"plain words", "no_article"),
        (b"<html><body><p>Maintenance</p></body></html>", "no_article"),
        (b"\x00\xff\xfe\x00", "no_article"),
        (b"%PDF-1.7 not a page", "no_article"),
        (b'<article class="ltx_document"></article>', "empty"),
        (b'<article class="ltx_document"><p class="ltx_p"> \xe2\x80\x8b </p></article>', "empty"),
        (b'<article class="ltx_document"><span class="ltx_ERROR">\\oil</span></article>', "empty"),
        (b'<article class="ltx_document"><p>First.</p>' + b"<div>" * 100_000 + b"deep</article>", "damaged"),
        (b"<i>" * 100_000 + b'<article class="ltx_document">A lamp.</article>', "damaged"),
        (b'<article class="ltx_document">' + b"x" * LARGEST, "too_large"),
        (b'<article class="ltx_document">' + b"<i>x</i>" * (MOST_STEPS // 2), "too_many"),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{value[:30]!r}",
)
def test_what_cannot_be_read_is_an_error_and_never_an_empty_paper(document: bytes, code: str) -> None:
    with pytest.raises(ReadingError) as caught:
        read_html(document)

    assert caught.value.code == f"reading.{code}"


def test_a_text_of_many_megabytes_is_read_whole() -> None:
    text = read(para("x" * 11_000_000))

    assert sum(len(sentence) for _, sentence in text.sentences()) == 11_000_000


def test_a_thousand_nested_elements_are_read() -> None:
    assert only(f"{'<div>' * 1_000}Deep down.{'</div>' * 1_000}").sentences == ("Deep down.",)


@pytest.mark.parametrize(
    "document",
    [
        '<meta charset="iso-8859-1"><article class="ltx_document">Zoë burns.</article>'.encode("latin-1"),
        '<article class="ltx_document">Zoë burns.</article>'.encode("utf-8-sig"),
        '<meta charset="nonsense"><article class="ltx_document">Zoë burns.</article>'.encode(),
    ],
)
def test_encodings(document: bytes) -> None:
    assert [sentence for _, sentence in read_html(document).sentences()] == ["Zoë burns."]


NAMES = (
    "div",
    "p",
    "span",
    "table",
    "tr",
    "td",
    "figure",
    "figcaption",
    "section",
    "h2",
    "li",
    "svg",
    "foreignObject",
    "math",
    "pre",
    "sup",
)
CLASSES = (
    *"""ltx_p ltx_para ltx_note ltx_note_content ltx_section ltx_title ltx_tr ltx_td ltx_tabular ltx_caption ltx_eqn_row
    ltx_equation ltx_bibliography ltx_bibitem ltx_item ltx_tag_item ltx_listing ltx_listingline ltx_TOC ltx_abstract
    ltx_figure ltx_title_document ltx_picture""".split(),
    "",
)
WORD = st.sampled_from(("lamp", "oil.", "We", "3.14", "x²", "wick"))


@st.composite
def markup(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A page's inside of known words, nested and closed in any way."""
    parts: list[str] = []
    words: list[str] = []
    for number in range(draw(st.integers(1, 30))):
        kind = draw(st.integers(0, 2))
        if kind == 0:
            name, classes = draw(st.sampled_from(NAMES)), draw(st.sampled_from(CLASSES))
            parts.append(f'<{name} class="{classes}" id="{draw(st.sampled_from(("", "S1", "S1.p1")))}">')
        elif kind == 1:
            parts.append(f"</{draw(st.sampled_from(NAMES))}>")
        word = f"{draw(WORD)}q{number}z "
        parts.append(word)
        words.append(word.strip())
    return "".join(parts), words


@given(markup())
def test_no_word_outside_of_a_formula_is_lost_however_a_page_is_nested(made: tuple[str, list[str]]) -> None:
    body, words = made
    text = read(f"<p>Begin.</p>{body}")
    found = said(text)

    assert [word for word in words if word not in found] == []
    assert [one for one in FRAME_TEXTS if one in found] == []
    names = [block.id for _, block in text.blocks()]
    assert len(set(names)) == len(names)
    assert all(block.sentences and all(block.sentences) for _, block in text.blocks())


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_read_or_refused(inside: bytes) -> None:
    for document in (inside, b'<article class="ltx_document">' + inside + b"</article>"):
        try:
            text = read_html(document)
        except ReadingError:
            continue
        assert list(_kinds(text))


def _kinds(text: FullText) -> Iterator[BlockKind]:
    return (block.kind for _, block in text.blocks())


@pytest.mark.parametrize(
    ("tex", "read_as"),
    [
        ("a\\phantom{=}b", "ab"),
        ("a{\\color{red}b}c", "a{\\color{red}b}c"),
        ("a{\\color{white}b}c", "a{}c"),
        ("a\\textcolor{blue}{b}", "a\\textcolor{blue}{b}"),
        ("50\\% of a", "50\\% of a"),
        ("a\\phantom{b", "a"),
        ("a\\color[gray]{1}b", "a"),
    ],
)
def test_of_a_formula_only_what_is_seen_is_read(tex: str, read_as: str) -> None:
    text = read(para(f'It is <math class="ltx_Math" alttext="{tex}"><mi>x</mi></math> there.'))
    assert [one for _, one in text.sentences()] == [f"It is ${read_as}$ there."]
