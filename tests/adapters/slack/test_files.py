"""Files on Slack: an export comes once, to whoever asked alone, or else as text."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from adapters.slack import files
from adapters.slack.files import Files, Upload
from adapters.slack.workspaces import Http, Workspaces
from bot.app.dates import utc_now
from bot.errors import AmbiguousError, PermanentError
from tests.conformance.slack_world import NoInstallations
from tests.fakes.slack import Channel, Fault, Message, SlackDouble, User
from tests.support.slack_bots import Bot, read


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_LOOKS", (0.0, 0.01))


def shared(slack: SlackDouble, user: User) -> list[Message]:
    """The messages with files in the person's direct messages."""
    return [one for one in slack.messages(slack.state.dm(slack.team, user.id)) if one.files]


def everywhere(slack: SlackDouble) -> list[Message]:
    return [one for channel in slack.state.channels.values() for one in channel.messages.values() if one.files]


async def test_an_export_comes_as_files_to_whoever_asked_alone(kawaraban: Bot, ada: User, room: Channel) -> None:
    slack = kawaraban.slack
    await kawaraban.digest(room, ada)
    answer = await kawaraban.slash("/digest", "export", room, ada)
    assert "ダイレクトメッセージに送信しました" in answer
    (message,) = shared(slack, ada)
    assert everywhere(slack) == [message]
    assert "論文と票" in message.text
    by_suffix = {one.name.rpartition(".")[2]: one for one in slack.files(message)}
    assert set(by_suffix) == {"csv", "json", "bib"}
    content = by_suffix["csv"].content
    assert content
    assert len([*csv.DictReader(io.StringIO(content.decode()))]) == 2


async def test_one_form_alone_is_one_file_and_a_reference_to_copy_stays_text(
    kawaraban: Bot, ada: User, room: Channel
) -> None:
    _, card, *_ = await kawaraban.digest(room, ada)
    await kawaraban.slash("/digest", "export bibtex", room, ada)
    (message,) = shared(kawaraban.slack, ada)
    assert [one.name.rpartition(".")[2] for one in kawaraban.slack.files(message)] == ["bib"]
    before = len(kawaraban.slack.ephemerals(ada))
    await kawaraban.slack.people.click(card, "paper.cite", ada)
    assert "@" in read(await kawaraban.answer(ada, before))
    assert everywhere(kawaraban.slack) == [message]


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
async def test_files_have_the_channels_date(kawaraban: Bot, ada: User, room: Channel, zone: str) -> None:
    await kawaraban.digest(room, ada)
    await kawaraban.slash("/digest", f"time 07:00 {zone}", room, ada)
    before = utc_now()
    await kawaraban.slash("/digest", "export csv", room, ada)
    (message,) = shared(kawaraban.slack, ada)
    days = {(at.astimezone(ZoneInfo(zone))).date() for at in (before, before + timedelta(minutes=1))}
    assert kawaraban.slack.files(message)[0].name in {f"kawaraban-{day.isoformat()}.csv" for day in days}


async def test_a_personal_export_stays_where_it_was_asked(kawaraban: Bot, ada: User) -> None:
    own = kawaraban.slack.state.dm(kawaraban.slack.team, ada.id)
    await kawaraban.digest(own, ada)
    await kawaraban.slash("/digest", "export csv", own, ada)
    assert [one.channel for one in everywhere(kawaraban.slack)] == [own.id]


@pytest.mark.parametrize("fault", [Fault.LOST_AFTER, Fault.SERVER_ERROR, Fault.HTML, Fault.HALF])
async def test_a_lost_answer_never_posts_a_second_file(kawaraban: Bot, ada: User, room: Channel, fault: Fault) -> None:
    await kawaraban.digest(room, ada)
    kawaraban.slack.faults.next(fault, "files.completeUploadExternal")
    answer = await kawaraban.slash("/digest", "export csv", room, ada)
    assert "ダイレクトメッセージに送信しました" in answer
    assert len(everywhere(kawaraban.slack)) == 1
    assert len(kawaraban.slack.calls("files.completeUploadExternal")) == 1


async def test_where_nobody_can_tell_the_text_is_shown_and_nothing_is_shared_again(
    kawaraban: Bot, ada: User, room: Channel
) -> None:
    await kawaraban.digest(room, ada)
    kawaraban.slack.faults.next(Fault.LOST_BEFORE, "files.completeUploadExternal")
    answer = await kawaraban.slash("/digest", "export csv", room, ada)
    assert "確認できませんでした" in answer
    assert "shown_at" in answer
    assert len(kawaraban.slack.calls("files.completeUploadExternal")) == 1
    assert everywhere(kawaraban.slack) == []


@pytest.mark.parametrize(
    "fault",
    [
        (Fault.LIMITED, "files.*"),
        (Fault.LOST_AFTER, "files.getUploadURLExternal"),
        (Fault.UNAVAILABLE, "upload"),
        (Fault.LOST_AFTER, "upload"),
        (Fault.LOST_BEFORE, "upload"),
    ],
)
async def test_trouble_before_anything_is_shared_is_overcome(
    kawaraban: Bot, ada: User, room: Channel, fault: tuple[Fault, str]
) -> None:
    await kawaraban.digest(room, ada)
    kawaraban.slack.faults.next(fault[0], fault[1], seconds=0)
    assert "ダイレクトメッセージに送信しました" in await kawaraban.slash("/digest", "export csv", room, ada)
    assert len(everywhere(kawaraban.slack)) == 1


async def test_an_app_from_before_files_says_so_and_shows_the_text(kawaraban: Bot, ada: User, room: Channel) -> None:
    await kawaraban.digest(room, ada)
    kawaraban.slack.team.scopes.discard("files:write")
    answer = await kawaraban.slash("/digest", "export csv", room, ada)
    assert "ファイルを送信できなかった" in answer
    assert "files:write" in answer
    assert "shown_at" in answer


@pytest.mark.parametrize("error", ["file_uploads_disabled", "storage_limit_reached", "channel_not_found"])
async def test_a_workspace_that_takes_no_files_gets_the_text(
    kawaraban: Bot, ada: User, room: Channel, error: str
) -> None:
    await kawaraban.digest(room, ada)
    kawaraban.slack.faults.always(error, "files.*")
    answer = await kawaraban.slash("/digest", "export csv", room, ada)
    assert "ファイルを送信できなかった" in answer
    assert "shown_at" in answer


async def test_several_pictures_are_one_message_in_a_thread(slack: SlackDouble, room: Channel) -> None:
    http = Http(slack.url)
    workspaces = Workspaces(http, slack.token, NoInstallations())
    uploads = [Upload(f"figure-{n}.png", bytes([137, n]), f"Figure {n}", "a curve that falls") for n in (1, 2)]
    try:
        answer = await workspaces.ask(slack.team.id, lambda c: c.chat_postMessage(channel=room.id, text="above"))
        parent = str(answer["ts"])
        slack.faults.next(Fault.LOST_AFTER, "files.completeUploadExternal")
        await Files(workspaces).post(slack.team.id, room.id, uploads, comment="See cs.AI <!channel>", thread=parent)
        (message,) = slack.thread(room, parent)
        assert [one.title for one in slack.files(message)] == ["Figure 1", "Figure 2"]
        assert [one.content for one in slack.files(message)] == [one.content for one in uploads]
        assert "&lt;!channel&gt;" in message.text
        with pytest.raises(PermanentError):
            await Files(workspaces).post(slack.team.id, "C_GONE", uploads)
        slack.faults.next(Fault.LOST_BEFORE, "files.completeUploadExternal")
        with pytest.raises(AmbiguousError):
            await Files(workspaces).post(slack.team.id, room.id, uploads)
    finally:
        await http.close()
    assert slack.findings == []
