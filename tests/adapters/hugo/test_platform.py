"""Page bundles on disk: written whole, in each language, never over somebody else's."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.hugo.parse import parse
from adapters.hugo.platform import LARGEST_POST, HugoPlatform, read_posts, write
from adapters.hugo.post import Post
from adapters.hugo.render import render
from bot.errors import InputError, OutputError, PermanentError, TransientError
from bot.models import Absent, ChannelKey, DeliveryKey, EmptyReason, Notice, Page, Place
from bot.summaries.excerpt import excerpt
from bot.words import words_for
from tests.support.hugo_site import digest, entry, every_kind

BUNDLE = "2026-02-27-llm-papers-daily"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_digest_becomes_a_page_bundle(tmp_path: Path) -> None:
    path = write(every_kind("ja"), tmp_path / "content" / "post")
    assert path == tmp_path / "content" / "post" / BUNDLE / "index.md"
    assert path.read_bytes().decode() == render(every_kind("ja"), words_for("ja"))
    assert names(path.parent) == ["index.md"]
    assert path.stat().st_mode & 0o777 == 0o644


def test_the_same_digest_again_touches_nothing(tmp_path: Path) -> None:
    path = write(every_kind("ja"), tmp_path)
    os.utime(path, (1, 1))
    assert write(every_kind("ja"), tmp_path) == path
    assert path.stat().st_mtime == 1


def test_a_summary_that_came_later_replaces_the_page(tmp_path: Path) -> None:
    late = entry(3)
    failed = every_kind("ja").entries[2]
    write(digest(entry(1), replace(failed, paper=late.paper, excerpt=excerpt(late.paper))), tmp_path)
    path = write(digest(entry(1), late), tmp_path)
    assert late.summary is not None
    assert parse(path.read_text(encoding="utf-8")).entries[1].summary == late.summary.text


@pytest.mark.parametrize(("first", "second", "name"), [("ja", "en", "index.en.md"), ("en", "ja", "index.ja.md")])
def test_another_language_stands_beside_the_first(tmp_path: Path, first: str, second: str, name: str) -> None:
    main = write(every_kind(first), tmp_path)
    before = main.read_bytes()
    beside = write(every_kind(second), tmp_path)
    assert (main.name, beside.name) == ("index.md", name)
    assert write(every_kind(second), tmp_path) == beside
    assert write(every_kind(first), tmp_path) == main
    assert main.read_bytes() == before


def test_a_language_without_words_has_its_own_page(tmp_path: Path) -> None:
    write(every_kind("en"), tmp_path)
    path = write(digest(*every_kind("en").entries, language="pt-BR"), tmp_path)
    assert path.name == "index.pt-br.md"
    assert write(digest(*every_kind("en").entries, language="pt-BR"), tmp_path) == path


@pytest.mark.parametrize(
    "content",
    [
        b"# My own page\n",
        b"",
        b"\xff\xfe",
        render(digest(entry(7)), words_for("ja")).encode(),
        render(digest(entry(1), entry(2)), words_for("ja")).encode(),
        render(replace(digest(entry(1)), date=digest().date.replace(year=2025)), words_for("ja")).encode(),
    ],
    ids=["page", "empty", "binary", "other paper", "more papers", "other date"],
)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_somebody_elses_page_is_never_overwritten(tmp_path: Path, content: bytes, language: str) -> None:
    page = tmp_path / BUNDLE / "index.md"
    page.parent.mkdir()
    page.write_bytes(content)
    with pytest.raises(OutputError) as caught:
        write(digest(entry(1, language), language=language), tmp_path)
    assert caught.value.code == "output.foreign"
    assert caught.value.arguments == {"path": str(page)}
    assert page.read_bytes() == content
    assert names(page.parent) == ["index.md"]


def test_nor_is_somebody_elses_translation(tmp_path: Path) -> None:
    page = write(every_kind("ja"), tmp_path).with_name("index.en.md")
    page.write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match=r"output\.foreign"):
        write(every_kind("en"), tmp_path)
    assert page.read_text(encoding="utf-8") == "mine"


def test_a_folder_that_is_a_file_is_unwritable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(OutputError) as caught:
        write(every_kind("ja"), tmp_path / "file")
    assert caught.value.code == "output.unwritable"
    assert caught.value.arguments["problem"] == os.strerror(errno.ENOTDIR)
    assert str(tmp_path / "file") in str(caught.value.arguments["path"])


def test_a_pipe_in_the_place_of_a_page_holds_nothing_up(tmp_path: Path) -> None:
    page = write(every_kind("ja"), tmp_path)
    page.unlink()
    os.mkfifo(page)

    with pytest.raises(OutputError, match=r"output\.unwritable"):
        write(every_kind("ja"), tmp_path)


def test_a_full_disk_leaves_the_old_page_and_no_piece_of_the_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = entry(1)
    failed = replace(every_kind("ja").entries[2], rank=1, paper=late.paper, excerpt=None)
    path = write(digest(failed), tmp_path)
    before = path.read_bytes()

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError) as caught:
        write(digest(late), tmp_path)
    assert caught.value.code == "output.unwritable"
    assert caught.value.arguments["problem"] == os.strerror(errno.ENOSPC)
    assert path.read_bytes() == before
    assert names(path.parent) == ["index.md"]


def test_a_day_without_papers_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(OutputError) as caught:
        write(replace(digest(), empty=EmptyReason.WEEKEND), tmp_path)
    assert caught.value.code == "digest.no_papers"
    assert "週末" in words_for("ja").error(caught.value)
    assert names(tmp_path) == []


@pytest.mark.parametrize("language", ["../../x", "", "klingon"])
def test_a_language_that_is_none_names_no_file(tmp_path: Path, language: str) -> None:
    with pytest.raises(InputError, match=r"input\.language"):
        write(digest(entry(), language=language), tmp_path)
    assert names(tmp_path) == []


def test_posts_are_read_from_bundles_and_single_files(tmp_path: Path) -> None:
    write(every_kind("ja"), tmp_path / "blog")
    write(every_kind("en"), tmp_path / "blog")
    files = {
        "about.md": b"---\ndate: 2026-02-27\n---\n\nAbout us\n",
        "latin.md": "---\ndate: 2026-02-27\n\xe9".encode("latin-1"),
        "large.md": b"-" * (LARGEST_POST + 1),
        "notes.txt": b"no Markdown",
        "old-post.md": render(digest(entry(7)), words_for("ja")).encode(),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "folder.md").mkdir()
    (tmp_path / "gone.md").symlink_to(tmp_path / "nowhere")
    found = {path.relative_to(tmp_path).as_posix(): post for path, post in read_posts(tmp_path)}
    assert list(found) == [
        "about.md",
        f"blog/{BUNDLE}/index.en.md",
        f"blog/{BUNDLE}/index.md",
        "large.md",
        "latin.md",
        "old-post.md",
    ]
    read = {name: len(post.entries) for name, post in found.items() if isinstance(post, Post)}
    refused = {name: post.arguments for name, post in found.items() if isinstance(post, InputError)}
    assert read == {f"blog/{BUNDLE}/index.en.md": 5, f"blog/{BUNDLE}/index.md": 5, "old-post.md": 1}
    assert {name: (found["line"], found["reason"]) for name, found in refused.items()} == {
        "about.md": (4, "hugo.entries"),
        "large.md": (1, "hugo.size"),
        "latin.md": (3, "hugo.encoding"),
    }
    assert refused["about.md"]["path"] == str(tmp_path / "about.md")


def test_one_file_can_be_read_by_its_name(tmp_path: Path) -> None:
    path = write(every_kind("ja"), tmp_path)
    assert [found for found, _ in read_posts(path)] == [path]


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(every_kind("ja"), tmp_path)

    def refused(*_: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    monkeypatch.setattr(Path, "open", refused)
    [(_, error)] = read_posts(tmp_path)
    assert isinstance(error, InputError)
    assert error.code == "input.file"
    assert error.arguments == {"path": str(path), "reason": os.strerror(errno.EACCES)}


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        list(read_posts(tmp_path / "gone"))
    assert caught.value.code == "input.file"
    for language in ("ja", "en"):
        assert "hugo." not in words_for(language).error(caught.value)


def place_in(directory: Path) -> Place:
    return Place(ChannelKey("hugo", str(directory)))


KEY = DeliveryKey("0123456789abcdefghij")


async def test_a_page_that_is_delivered_is_written_and_edited_in_place(tmp_path: Path) -> None:
    platform = HugoPlatform()
    page = every_kind("ja")

    ref = await platform.post(place_in(tmp_path), Page(page), KEY)
    written = Path(ref.value).read_text()
    await platform.edit(ref, Page(page))

    assert ref.platform == "hugo"
    assert written == render(page, words_for("ja"))
    assert Path(ref.value).read_text() == written
    assert await platform.find(place_in(tmp_path), KEY, page.due_at) == Absent()


async def test_what_is_no_page_has_no_place_in_a_blog(tmp_path: Path) -> None:
    with pytest.raises(PermanentError) as caught:
        await HugoPlatform().post(place_in(tmp_path), Notice("digest.empty.weekend", "ja"), KEY)

    assert not caught.value.whole_channel
    assert list(tmp_path.iterdir()) == []


async def test_a_directory_that_cannot_be_written_is_tried_again_later(tmp_path: Path) -> None:
    (tmp_path / "blog").write_text("a file in its place")
    page = every_kind("ja")

    with pytest.raises(TransientError) as caught:
        await HugoPlatform().post(place_in(tmp_path / "blog"), Page(page), KEY)

    assert caught.value.seconds > 0


async def test_somebody_elses_page_stops_only_this_one(tmp_path: Path) -> None:
    page = every_kind("ja")
    bundle = tmp_path / f"{page.date}-llm-papers-daily"
    bundle.mkdir()
    (bundle / "index.md").write_text("somebody else's")

    with pytest.raises(PermanentError) as caught:
        await HugoPlatform().post(place_in(tmp_path), Page(page), KEY)

    assert not caught.value.whole_channel
    assert (bundle / "index.md").read_text() == "somebody else's"
