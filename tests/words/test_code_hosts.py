"""Which addresses of code become buttons, and how the others are named."""

from __future__ import annotations

import pytest
from hypothesis import given

from bot.words.code_hosts import code_host, code_page
from tests.support.digests import urls


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/ada/lamp",
        "http://GitHub.com/ada/lamp",
        "https://www.github.com/a",
        "https://gitlab.com/a/b",
        "https://huggingface.co/ada/lamp",
        "https://codeberg.org/a/b",
        "https://git.sr.ht/~ada/lamp",
        "https://www.kaggle.com/x",
        "https://bitbucket.org/a",
    ],
)
def test_known_hosts_of_code_are_opened(url: str) -> None:
    assert code_page(url) == url


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://ada.github.io/lamp", "ada.github.io"),
        ("https://evil.example/github.com", "evil.example"),
        ("https://github.com.evil.example/x", "github.com.evil.example"),
        ("https://notgithub.com/x", "notgithub.com"),
        ("https://github.com@evil.example/x", "evil.example"),
        ("https://github.com:8443/x", "github.com:8443"),
        ("https://github.com./x", "github.com"),
        ("https://g\u0456thub.com/x", "xn--gthub-n2e.com"),
        ("https://xn--gthub-n4a.com/x", "xn--gthub-n4a.com"),
        ("https://ｇｉｔｈｕｂ.com/x", "github.com"),
        ("https://gıthub.com/x", "xn--gthub-n4a.com"),
        ("https://evil.example\\@github.com/x", ""),
        ("https://github.com\u202e/x", ""),
        ("https://gi\u200bthub.com/x", ""),
        ("javascript:alert(1)", ""),
        ("ftp://github.com/x", ""),
        ("https://[::1]/x", ""),
        ("https://localhost/x", ""),
        ("https://a.example:port/x", ""),
        ("https://", ""),
        ("", ""),
    ],
)
def test_any_other_is_named_and_never_opened(url: str, host: str) -> None:
    assert (code_page(url), code_host(url)) == ("", host)


@given(urls)
def test_a_host_is_ascii_without_signs(url: str) -> None:
    assert code_host(url).isascii()
    assert set(code_host(url)) <= set("abcdefghijklmnopqrstuvwxyz0123456789.-:")
