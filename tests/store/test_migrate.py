"""Migrations: they lead to the very tables of `bot.store.tables`, wholly or not at all."""

from datetime import timedelta

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, delete, inspect, update

from bot.models import DeliveryState, NewDelivery, Notice, PaperId, PlannedRun, RunState
from bot.store import migrate
from bot.store.engine import utc_now
from bot.store.runs import MadeDigest
from bot.store.store import Store, upgrade
from bot.store.tables import deliveries, metadata, paper_keys, papers
from tests.support.ledger import DAY, channel, joined
from tests.support.stores import paper, went_back


def test_every_revision_is_named_in_order() -> None:
    config = Config()
    config.set_main_option("script_location", "bot.store:migrations")
    config.set_main_option("path_separator", "os")
    script = ScriptDirectory.from_config(config)
    assert tuple(revision.revision for revision in script.walk_revisions())[::-1] == migrate.REVISIONS


async def test_the_migrated_tables_are_those_of_the_program(store: Store) -> None:
    await assert_tables_are_the_programs(store)


def is_ours(name: str | None, kind: str, parents: object) -> bool:
    """The indexes of the archive are made by a migration: each database has its own."""
    return not (name or "").startswith(("archive_words", "ix_archive_words"))


async def assert_tables_are_the_programs(store: Store) -> None:
    def differences(connection: Connection) -> list[object]:
        options = {"compare_type": True, "compare_server_default": True, "include_name": is_ours}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))

    def shape(connection: Connection) -> dict[str, object]:
        found = inspect(connection)
        return {
            name: (
                [(c["name"], str(c["type"]), c["nullable"]) for c in found.get_columns(name)],
                found.get_pk_constraint(name),
                found.get_foreign_keys(name),
                found.get_table_options(name),
            )
            for name in metadata.tables
        }

    async with store._database.reading() as connection:
        assert await connection.run_sync(differences) == []
        migrated = await connection.run_sync(shape)
    async with store._database.writing() as connection:
        await connection.run_sync(metadata.drop_all)
        await connection.run_sync(metadata.create_all)
        assert await connection.run_sync(shape) == migrated


async def test_a_migration_that_fails_leaves_nothing_behind(new_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    work = command.upgrade

    def fail(config: Config, revision: str) -> None:
        work(config, revision)
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "upgrade", fail)
    with pytest.raises(KeyboardInterrupt):
        await upgrade(new_database)
    monkeypatch.undo()

    assert await upgrade(new_database) == (None, migrate.REVISIONS[-1])
    assert await upgrade(new_database) == (migrate.REVISIONS[-1], migrate.REVISIONS[-1])


@pytest.mark.parametrize("revision", migrate.REVISIONS)
async def test_every_earlier_revision_leads_there(
    new_database: str, monkeypatch: pytest.MonkeyPatch, revision: str
) -> None:
    work = command.upgrade
    monkeypatch.setattr(command, "upgrade", lambda config, _: work(config, revision))
    await upgrade(new_database)
    monkeypatch.undo()

    assert await upgrade(new_database) == (revision, migrate.REVISIONS[-1])
    async with Store.open(new_database) as store:
        await assert_tables_are_the_programs(store)


async def test_stored_titles_with_tex_meet_those_without(new_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    typed = paper(1, title=r"A\textsuperscript{2}FM: Lanterns at 94.5\%")
    async with Store.open(new_database) as store:
        await store.papers.save([typed, paper(2, title="Plain lanterns and more")])
        async with store._database.writing() as connection:
            # As the program stored it before it read TeX.
            await connection.execute(update(papers).values(title_key="atextsuperscript2fm"))
            await connection.execute(delete(paper_keys).where(paper_keys.c.key == str(PaperId.title(typed.title))))
        await went_back(store, "0006")

    assert (await upgrade(new_database))[0] == "0006"

    async with Store.open(new_database) as store:
        same = str(PaperId.title("A²FM: Lanterns at 94.5%"))
        assert {key: one.id for key, one in (await store.papers.matching([same])).items()} == {same: typed.id}
        assert [one.id for one in await store.papers.search("A²FM 94.5%", 5)] == [typed.id]
        assert [one.id for one in await store.papers.search("plain", 5)] == [paper(2).id]


@pytest.mark.parametrize("part", ["headline", "page"])
async def test_a_digest_that_an_earlier_version_could_not_post_is_told_and_may_come_again(
    new_database: str, part: str
) -> None:
    arrived, refused = channel("arrived"), channel("refused")
    planned = PlannedRun(DAY, utc_now(), utc_now() + timedelta(hours=9))
    async with Store.open(new_database) as store:
        owner = await joined(store)
        for key in (arrived, refused):
            await store.runs.request(key, planned)
            (run,) = await store.runs.claim(owner, utc_now(), 1)
            opening = NewDelivery(part, Notice("digest.title", "ja"))
            await store.runs.finish(owner, run, utc_now(), MadeDigest(3, (opening,), "fake"))
        async with store._database.writing() as connection:
            # As the program left them before it looked at what became of the first message.
            sent, dead = ({"state": state, "due_at": None} for state in (DeliveryState.SENT, DeliveryState.DEAD))
            await connection.execute(update(deliveries).where(deliveries.c.channel == arrived).values(sent))
            error = {"error": "platform.rejected"}
            await connection.execute(update(deliveries).where(deliveries.c.channel == refused).values(dead | error))
        await went_back(store, "0007")

    async with Store.open(new_database) as store:
        runs = {run.channel: run for run in await store.runs.latest(5)}
        assert runs[arrived].state is RunState.DONE
        assert (runs[refused].state, runs[refused].problem) == (RunState.FAILED, "platform.rejected")
        assert await store.runs.request(refused, planned) is RunState.FAILED
        assert [run.channel for run in await store.runs.claim(owner, utc_now(), 5)] == [refused]
