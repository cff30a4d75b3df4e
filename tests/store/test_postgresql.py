"""PostgreSQL: what a server may answer instead of doing its work, restarts, and replicas that meet."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import StoreError
from bot.models import PaperId, Style, Window
from bot.store import tables
from bot.store.location import postgresql_url as parts_of
from bot.store.migrate import REVISIONS
from bot.store.postgresql import PostgresqlDatabase
from bot.store.statements import insert
from bot.store.store import Store, upgrade
from tests.support.postgresql import TEMPLATE, USER, Server
from tests.support.stores import NOW, digest, graph_paper, listed, paper, start, summary

pytestmark = pytest.mark.needs("postgresql")


@pytest.fixture
async def database(postgresql_url: str) -> AsyncIterator[PostgresqlDatabase]:
    """An open database whose locks nobody waits for long."""
    url = parts_of(postgresql_url)
    assert url
    opened = PostgresqlDatabase(url, 2.0, lambda: NOW)
    yield opened
    await opened.close()


async def problem(url: str) -> StoreError:
    with pytest.raises(StoreError) as failed:
        async with asyncio.timeout(300), Store.open(url, busy_seconds=0.2) as store:
            await store.papers.save([paper(1)])
    return failed.value


async def put_rate(connection: AsyncConnection, key: str, at: datetime = NOW) -> None:
    await connection.execute(insert(connection, tables.rates).values(key=key, next_at=at))


async def rate(database: PostgresqlDatabase, key: str) -> datetime | None:
    async with database.reading() as connection:
        found = await connection.scalars(select(tables.rates.c.next_at).where(tables.rates.c.key == key))
        return found.one_or_none()


# Opening


async def test_the_location_tells_no_password(postgresql_server: Server) -> None:
    with postgresql_server.database() as url:
        address = url.replace(f"{USER}@", f"{USER}:hush@") + "?sslmode=prefer"
        async with Store.open(address) as store:
            assert store.location == url.replace("+asyncpg", "").replace(f"{USER}@", f"{USER}:***@")


async def test_a_server_that_is_not_there() -> None:
    gone = await problem("postgresql+asyncpg://kawaraban@127.0.0.1:1/x")
    assert gone.code == "store.unreachable"
    assert gone.arguments["path"] == "postgresql://kawaraban@127.0.0.1:1/x"


@pytest.mark.parametrize(
    ("user", "name", "code"), [(USER, "nowhere", "store.refused"), ("nobody", TEMPLATE, "store.refused")]
)
async def test_a_server_that_lets_us_not_in(postgresql_server: Server, user: str, name: str, code: str) -> None:
    assert (await problem(postgresql_server.url(name, user))).code == code


async def test_a_user_without_rights(postgresql_server: Server) -> None:
    postgresql_server.do("CREATE ROLE guest LOGIN")
    with postgresql_server.database() as url:
        refused = await problem(url.replace(f"{USER}@", "guest@"))
    assert refused.code == "store.refused"
    assert "permission denied" in str(refused.arguments["problem"])


async def test_an_address_that_the_driver_cannot_read(postgresql_server: Server) -> None:
    assert (await problem(postgresql_server.url(TEMPLATE) + "?sslmode=perhaps")).code == "store.url"


async def test_a_port_that_is_no_number_tells_no_password() -> None:
    wrong = await problem("postgresql+asyncpg://user:hush@host:port/name")
    assert wrong.code == "store.url"
    assert "hush" not in str(wrong)


async def test_an_encoding_without_japanese(postgresql_server: Server) -> None:
    with postgresql_server.database("TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'") as url:
        poor = await problem(url)
    assert poor.code == "store.encoding"
    assert poor.arguments["encoding"] == "LATIN1"


async def test_another_programs_database(postgresql_server: Server) -> None:
    with postgresql_server.database() as url:
        name = url.rpartition("/")[2]
        postgresql_server.do("CREATE TABLE recipes (name text)", name)
        assert (await problem(url)).code == "store.foreign"
        assert "papers" not in postgresql_server.do("SELECT relname FROM pg_class", name)


async def test_a_newer_database(postgresql_server: Server, postgresql_url: str) -> None:
    postgresql_server.do("UPDATE alembic_version SET version_num = '9999'", postgresql_url.rpartition("/")[2])
    newer = await problem(postgresql_url)
    assert newer.code == "store.newer"
    assert newer.arguments["revision"] == "9999"


async def test_a_database_that_lost_a_table(postgresql_server: Server, postgresql_url: str) -> None:
    postgresql_server.do("DROP TABLE signals", postgresql_url.rpartition("/")[2])
    assert (await problem(postgresql_url)).code == "store.broken"


async def test_a_read_only_server(postgresql_server: Server, postgresql_url: str) -> None:
    name = postgresql_url.rpartition("/")[2]
    postgresql_server.do(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    assert (await problem(postgresql_url)).code == "store.readonly"


async def test_without_the_driver(postgresql_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.store.postgresql.find_spec", lambda _: None)
    assert (await problem(postgresql_url)).code == "store.driver"


async def test_a_backup_is_the_servers_business(postgresql_store: Store, tmp_path: Path) -> None:
    with pytest.raises(StoreError) as refused:
        await postgresql_store.backup(tmp_path / "copy")
    assert refused.value.code == "store.backup_sqlite_only"
    assert list(tmp_path.iterdir()) == []


async def test_several_may_run(postgresql_url: str) -> None:
    async with Store.open(postgresql_url) as one, Store.open(postgresql_url) as other:
        with one.hold_run(), other.hold_run():
            pass


async def test_replicas_that_start_at_once_migrate_once(postgresql_server: Server) -> None:
    with postgresql_server.database() as url:
        outcomes = await asyncio.gather(*(upgrade(url) for _ in range(4)))
    assert sorted(outcomes, key=str) == [(REVISIONS[-1], REVISIONS[-1])] * 3 + [(None, REVISIONS[-1])]


async def test_the_types_of_the_columns(postgresql_server: Server, postgresql_url: str) -> None:
    query = "SELECT json_object_agg(table_name || '.' || column_name, data_type) FROM information_schema.columns"
    types = json.loads(postgresql_server.do(query, postgresql_url.rpartition("/")[2]))
    assert types["papers.published"] == "timestamp with time zone"
    assert types["papers.record"] == "json"
    assert types["vectors.floats"] == "bytea"
    assert types["digests.date"] == "date"


# Transactions


async def test_the_connection_says_who_it_is(database: PostgresqlDatabase) -> None:
    async with database.reading() as connection:
        for name, value in (("application_name", "kawaraban"), ("lock_timeout", "2s")):
            assert (await connection.execute(text(f"SHOW {name}"))).scalar_one() == value


async def test_reading_sees_one_state_and_writes_nothing(database: PostgresqlDatabase) -> None:
    async with database.reading() as connection:
        await connection.execute(select(tables.rates))
        async with database.writing() as other:
            await put_rate(other, "late")
        assert (await connection.execute(select(tables.rates))).all() == []
    with pytest.raises(StoreError) as refused:
        async with database.reading() as connection:
            await put_rate(connection, "x")
    assert refused.value.code == "store.readonly"


async def test_one_writer_at_a_time(postgresql_url: str, database: PostgresqlDatabase) -> None:
    async with Store.open(postgresql_url, busy_seconds=0.2) as other:
        async with database.writing():
            with pytest.raises(StoreError) as failed:
                await other.papers.save([paper(1)])
        await other.papers.save([paper(1)])
    assert failed.value.code == "store.locked"


async def test_work_runs_beside_a_writer(database: PostgresqlDatabase) -> None:
    async def work(connection: AsyncConnection) -> str:
        await put_rate(connection, "beside")
        return "done"

    async with database.writing():
        assert await database.run(work) == "done"
    assert await rate(database, "beside") == NOW


async def test_work_that_fails_leaves_nothing(database: PostgresqlDatabase) -> None:
    async def work(connection: AsyncConnection) -> None:
        await put_rate(connection, "half")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await database.run(work)
    assert await rate(database, "half") is None


async def test_a_deadlock_is_made_good(database: PostgresqlDatabase) -> None:
    tries = count()

    async def crossing(*keys: str) -> None:
        async def work(connection: AsyncConnection) -> None:
            next(tries)
            for key in keys:
                later = text("UPDATE rates SET next_at = next_at + interval '1 hour' WHERE key = :key")
                await connection.execute(later, {"key": key})
                await asyncio.sleep(0.1)

        await database.run(work)

    async with database.writing() as connection:
        await put_rate(connection, "a")
        await put_rate(connection, "b")
    await asyncio.gather(crossing("a", "b"), crossing("b", "a"))
    assert next(tries) > 2
    assert await rate(database, "a") == await rate(database, "b") == NOW + timedelta(hours=2)


async def test_a_failed_serialisation_is_made_good(database: PostgresqlDatabase) -> None:
    tries = count()

    async def later(connection: AsyncConnection, days: int) -> None:
        changed = update(tables.rates).where(tables.rates.c.key == "x").values(next_at=NOW + timedelta(days))
        await connection.execute(changed)

    async def work(connection: AsyncConnection) -> None:
        await connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        await connection.execute(select(tables.rates))
        if next(tries) == 0:
            async with database.writing() as other:  # after our first look, before our change
                await later(other, 1)
        await later(connection, 2)

    async with database.writing() as connection:
        await put_rate(connection, "x")
    await database.run(work)
    assert next(tries) == 2
    assert await rate(database, "x") == NOW + timedelta(2)


async def test_a_deadlock_without_end(database: PostgresqlDatabase) -> None:
    async def work(connection: AsyncConnection) -> None:
        await connection.execute(text("DO $$ BEGIN RAISE EXCEPTION 'as said' USING ERRCODE = '40P01'; END $$"))

    with pytest.raises(StoreError) as failed:
        await database.run(work)
    assert failed.value.code == "store.locked"


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("53100", "store.full"),
        ("53300", "store.unreachable"),
        ("57014", "store.locked"),
        ("58030", "store.unreachable"),
        ("XX001", "store.broken"),
    ],
)
async def test_what_a_server_says(database: PostgresqlDatabase, state: str, code: str) -> None:
    with pytest.raises(StoreError) as failed:
        async with database.writing() as connection:
            await connection.execute(text(f"DO $$ BEGIN RAISE EXCEPTION 'as said' USING ERRCODE = '{state}'; END $$"))
    assert failed.value.code == code
    assert "as said" in str(failed.value.arguments["problem"])


@pytest.mark.parametrize("statement", ["SELECT CAST(:value AS integer)", "SELECT 1 / (0 * length(:value))"])
async def test_a_mistake_of_ours_stays_what_it_is(database: PostgresqlDatabase, statement: str) -> None:
    with pytest.raises(Exception, match=r"invalid input|division by zero"):
        async with database.writing() as connection:
            await connection.execute(text(statement), {"value": "text"})


async def test_a_statement_that_takes_for_ever(postgresql_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.store.postgresql._engine.__kwdefaults__", {"statement_seconds": 0.2})
    url = parts_of(postgresql_url)
    assert url
    database = PostgresqlDatabase(url, 0.1, lambda: NOW)
    with pytest.raises(StoreError) as failed:
        async with database.reading() as connection:
            await connection.execute(text("SELECT pg_sleep(30)"))
    assert failed.value.code == "store.unreachable"
    await database.close()


async def test_a_cancelled_statement_ends_first(database: PostgresqlDatabase) -> None:
    async def work(connection: AsyncConnection) -> None:
        await connection.execute(text("SELECT pg_sleep(2)"))
        await put_rate(connection, "x")

    task = asyncio.create_task(database.run(work))
    await asyncio.sleep(0.15)
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()  # as impatient people do
    with pytest.raises(asyncio.CancelledError):
        await task
    async with database.reading() as connection:
        busy = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle'")
        assert (await connection.execute(busy)).scalar_one() == 1  # who asks
    assert await rate(database, "x") is None


async def test_the_servers_time(database: PostgresqlDatabase) -> None:
    async with database.writing() as connection:
        before = await database.server_now(connection)
        after = await database.server_now(connection)
    assert before < after
    assert abs(after - datetime.now(UTC)) < timedelta(minutes=1)
    assert after.tzinfo is UTC
    assert database.now() == NOW


# The same on both


async def test_the_order_of_ids_is_that_of_their_bytes(postgresql_server: Server) -> None:
    with postgresql_server.database("TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en'") as url:
        async with Store.open(url) as store:
            some = [replace(graph_paper(name, title=f"A title of {name}"), doi=None) for name in ("b", "B", "a", "A")]
            await store.papers.save(some)
            found = await store.papers.listed(Window(NOW - timedelta(1), NOW + timedelta(1)))
    assert [one.id.value for one in found] == ["A", "B", "a", "b"]


async def test_titles_are_found_whatever_their_case(store: Store) -> None:
    some = [paper(1, title="Ｔransformer LANTERNS: Über 100%"), paper(2, title="Other paper lanterns"), paper(3)]
    await store.papers.save(some)
    for words in ("über lanterns", "ÜBER LANTERNS", "transFORMER 100"):
        assert await store.papers.search(words, 10) == (some[0],)
    assert await store.papers.search("100% 50_", 10) == ()


# A server that goes away


async def test_a_restart_in_the_middle_loses_nothing(own_server: Server, fleeting_url: str) -> None:
    stored: list[int] = []
    failures: set[str] = set()
    restarted = asyncio.Event()

    async def save(store: Store, numbers: range) -> None:
        for number in numbers:
            while True:
                try:
                    await store.papers.save([paper(number), paper(number + 50_000)])
                    break
                except StoreError as error:  # in the middle of a transaction
                    failures.add(error.code)
            stored.append(number)
            if restarted.is_set():
                return

    async with Store.open(fleeting_url) as store:
        tasks = [asyncio.create_task(save(store, range(first, first + 10_000))) for first in (0, 20_000)]
        await asyncio.sleep(0.3)
        own_server.stop("immediate")
        await asyncio.to_thread(own_server.start)
        before = len(stored)
        restarted.set()
        async with asyncio.timeout(300):
            await asyncio.gather(*tasks)

        assert len(stored) > before
        assert failures <= {"store.unreachable"}
        assert set(await store.papers.get_many(paper(n).id for n in stored)) == {paper(n).id for n in stored}
        assert (await store.counts()).papers % 2 == 0  # no half of a transaction


async def test_work_that_a_restart_cut_off_is_made_again(own_server: Server, fleeting_url: str) -> None:
    url = parts_of(fleeting_url)
    assert url
    database = PostgresqlDatabase(url, 20.0, lambda: NOW)
    await database.migrate()
    tries = count()

    async def work(connection: AsyncConnection) -> int:
        attempt = next(tries)
        await put_rate(connection, f"try{attempt}")
        if attempt == 0:
            await asyncio.to_thread(own_server.stop, "immediate")
            await asyncio.to_thread(own_server.start)
        await put_rate(connection, "x")
        return attempt

    assert await database.run(work) == 1
    assert await rate(database, "try0") is None
    assert await rate(database, "x") == NOW
    await database.close()


async def test_a_server_that_stays_away_is_named(own_server: Server, fleeting_url: str) -> None:
    url = parts_of(fleeting_url)
    assert url
    database = PostgresqlDatabase(url, 0.3, lambda: NOW)
    await database.migrate()
    own_server.stop()
    for _ in range(2):
        with pytest.raises(StoreError) as failed:
            await rate(database, "x")
        assert failed.value.code == "store.unreachable"
    own_server.start()
    assert await rate(database, "x") is None
    await database.close()


async def test_a_connection_that_dies_while_committing_is_not_tried_again(
    database: PostgresqlDatabase, postgresql_server: Server
) -> None:
    # What the server does when it commits: end the very connection.
    async with database.writing() as connection:
        await connection.execute(
            text(
                "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS"
                " $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$"
            )
        )
        trigger = "CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON rates DEFERRABLE INITIALLY DEFERRED"
        await connection.execute(text(f"{trigger} FOR EACH ROW EXECUTE FUNCTION die()"))
    tries = count()

    async def work(connection: AsyncConnection) -> None:
        next(tries)
        await put_rate(connection, "x")

    with pytest.raises(StoreError) as failed:
        await database.run(work)
    assert failed.value.code == "store.unreachable"
    assert next(tries) == 1


async def test_a_killed_process_holds_nobody_up(postgresql_url: str) -> None:
    script = """
import asyncio, sys
from bot.store.store import Store
async def main():
    async with Store.open(sys.argv[1]) as store, store._database.writing():
        print("writing", flush=True)
        await asyncio.sleep(60)
asyncio.run(main())
"""
    process = start(script, postgresql_url)
    assert process.stdout
    assert await asyncio.to_thread(process.stdout.readline) == "writing\n"
    process.kill()
    process.communicate(timeout=300)
    async with asyncio.timeout(300), Store.open(postgresql_url) as store:
        await store.papers.save([paper(1, listed())])
        await store.digests.save(digest(paper(1)))
        await store.summaries.put(paper(1).id, summary())
        assert await store.summaries.get([PaperId.arxiv("3105.00001")], "ja", Style.BRIEF)
