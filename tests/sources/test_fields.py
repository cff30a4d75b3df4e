"""Single values out of untrusted JSON: HTML in titles, names of authors."""

from __future__ import annotations

import pytest

from bot.sources import fields


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("H<sub>2</sub>O at 10<sup>-3</sup> of <i>E. coli</i>", "H₂O at 10⁻³ of E. coli"),
        ("Lamps &amp; Lanterns &lt;b&gt;now&lt;/b&gt; for O&#39;Brien", "Lamps & Lanterns now for O'Brien"),
        ("&amp;amp; once", "&amp; once"),
        ("<jats:p>One <jats:italic>two</jats:italic></jats:p>", "One two"),
        ('<span class="x">A</span><br/>B', "A B"),
        ("The <mask> token, a<b and b>c, <i>open", "The <mask> token, a<b and b>c, <i>open"),
        ("AT&T, Q&notation, R&D; x", "AT&T, Q&notation, R&D; x"),
        ("", None),
        (7, None),
    ],
)
def test_the_markup_of_publishers_is_read_once(given: object, read: str | None) -> None:
    assert fields.markup(given, 1_000) == read


@pytest.mark.parametrize("unit", ["<i>", "<i", "</i>", "<sub>a</sub>", "&amp;", "<i><b>"])
def test_endless_markup_is_read_too(unit: str) -> None:
    assert fields.markup(unit * 4_000, 50_000) is not None


def test_two_people_of_one_name_are_two_and_a_colon_is_nobody() -> None:
    given = ["OpenAI", ":", "Wei Wang", "Wei Wang", "", None, "–", "O&#39;Brien"]

    assert fields.names(given) == ("OpenAI", "Wei Wang", "Wei Wang", "O'Brien")
