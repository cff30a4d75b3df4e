"""Which answers may be unpacked, and to which hosts a redirect may lead."""

from __future__ import annotations

import pytest

from bot.common.wire import is_safely_packed, is_same_site


@pytest.mark.parametrize("coding", ["", "gzip", " GZip ", "deflate", "identity"])
def test_one_known_packing_is_safe(coding: str) -> None:
    assert is_safely_packed(coding)


@pytest.mark.parametrize("coding", ["gzip, gzip", "gzip,deflate", "br", "zstd", "compress", "gzip, identity"])
def test_several_and_unknown_ones_are_not(coding: str) -> None:
    assert not is_safely_packed(coding)


@pytest.mark.parametrize(
    ("url", "other"),
    [
        ("https://export.arxiv.org/api", "https://arxiv.org/api"),
        ("http://arxiv.org", "https://arxiv.org/"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000/x"),
        ("https://huggingface.co", "https://HuggingFace.co/api"),
    ],
)
def test_one_site(url: str, other: str) -> None:
    assert is_same_site(url, other)


@pytest.mark.parametrize(
    ("url", "other"),
    [
        ("https://arxiv.org", "http://arxiv.org"),
        ("https://arxiv.org", "https://arxiv.org.evil.example"),
        ("https://arxiv.org", "https://evilarxiv.org"),
        ("https://arxiv.org", "https://arxiv.org@evil.example"),
        ("https://arxiv.org", "https://arxiv.org:8443"),
        ("https://arxiv.org", "https://export.arxiv.org:22"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:9000"),
        ("http://10.1.0.1", "http://10.2.0.1"),
        ("https://localhost", "https://other"),
        ("https://arxiv.org", "file://arxiv.org/etc/passwd"),
        ("https://arxiv.org", "https://[::1"),
        ("https://arxiv.org", "/relative"),
    ],
)
def test_other_sites(url: str, other: str) -> None:
    assert not is_same_site(url, other)
