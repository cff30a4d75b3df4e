"""PostgreSQL as hosts give it: behind PgBouncer in transaction mode, and with options of other clients in its URL."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from bot.errors import StoreError
from bot.store.location import postgresql_url
from bot.store.options import read_options
from bot.store.postgresql import PostgresqlDatabase
from bot.store.store import Store
from tests.support.needs import pgbouncer
from tests.support.postgresql import USER, Server
from tests.support.stores import NOW, paper

BASE = "postgresql+asyncpg://u:p@db.example.com/papers"


@contextmanager
def bouncer(server: Server) -> Iterator[int]:
    """Run PgBouncer in transaction mode before the server, with few connections so that they are shared; its port."""
    program = pgbouncer()
    assert program
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    folder = Path(tempfile.mkdtemp(prefix="kawaraban-pgb-", dir="/tmp"))
    config = folder / "pgbouncer.ini"
    config.write_text(
        f"[databases]\n* = host=127.0.0.1 port={server.port} user={USER}\n[pgbouncer]\nlisten_addr = 127.0.0.1\n"
        f"listen_port = {port}\nunix_socket_dir =\nauth_type = any\npool_mode = transaction\ndefault_pool_size = 3\n"
    )
    user = None
    if os.geteuid() == 0:  # whom it refuses to serve
        user = pwd.getpwnam("nobody").pw_uid
        os.chown(folder, user, -1)
    process = subprocess.Popen([program, "-q", str(config)], stderr=subprocess.DEVNULL, cwd="/", user=user)
    try:
        yield port
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(folder)


async def reachable(port: int) -> None:
    async with asyncio.timeout(120):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                await writer.wait_closed()
                return


@pytest.mark.needs("postgresql", "pgbouncer")
@pytest.mark.parametrize("option", ["", "?pgbouncer=true&connection_limit=1&connect_timeout=15"])
async def test_the_store_works_behind_pgbouncer(option: str, postgresql_server: Server) -> None:
    with postgresql_server.database() as url, bouncer(postgresql_server) as port:
        await reachable(port)
        pooled = make_url(url).set(port=port).render_as_string(hide_password=False) + option
        async with Store.open(pooled) as store, Store.open(pooled) as other:

            async def work(one: Store, number: int) -> None:
                await one.papers.save([paper(number)])
                assert (await one.counts()).papers

            await asyncio.gather(*(work(one, n) for n in range(1, 21) for one in (store, other)))
            assert (await store.counts()).papers == 20


@pytest.mark.needs("postgresql", "pgbouncer")
async def test_waits_are_bounded_behind_pgbouncer_too(postgresql_server: Server) -> None:
    with postgresql_server.database() as url, bouncer(postgresql_server) as port:
        await reachable(port)
        address = postgresql_url(make_url(url).set(port=port).render_as_string(hide_password=False))
        assert address
        database = PostgresqlDatabase(address, 2.5, lambda: NOW)
        try:
            await database.migrate()
            async with database.writing() as connection:
                assert (await connection.execute(text("SHOW lock_timeout"))).scalar_one() == "2500ms"
        finally:
            await database.close()


@pytest.mark.needs("postgresql")
async def test_a_schema_is_where_the_tables_go(postgresql_server: Server) -> None:
    with postgresql_server.database() as url:
        name = make_url(url).database or ""
        postgresql_server.do("CREATE SCHEMA paper", name)
        given = "?schema=paper&channel_binding=prefer&ssl=false&application_name=mine&target_session_attrs=any"
        async with Store.open(url + given) as store:
            await store.papers.save([paper(1)])
        assert postgresql_server.do("SELECT count(*) FROM paper.papers", name).strip() == "1"


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("sslmode=require&channel_binding=require", {"sslmode": "require"}),
        ("ssl=true", {"sslmode": "require"}),
        ("ssl=false", {"sslmode": "disable"}),
        ("ssl=verify-full", {"sslmode": "verify-full"}),
        ("target_session_attrs=read-write", {"target_session_attrs": "read-write"}),
        ("connection_limit=1&pool_timeout=0&pgbouncer=true", {}),
    ],
)
def test_options_are_understood(query: str, kept: dict[str, str]) -> None:
    assert dict(read_options(make_url(f"{BASE}?{query}")).url.query) == kept


def test_options_of_the_session_and_of_connecting() -> None:
    options = read_options(make_url(f"{BASE}?connect_timeout=7&schema=s&options=-c%20geqo%3Doff&application_name=a"))

    assert options.connect_seconds == 7.0
    assert options.settings == {"search_path": "s", "options": "-c geqo=off", "application_name": "a"}
    assert not options.pooled
    assert read_options(make_url(f"{BASE}?pgbouncer=true")).pooled


@pytest.mark.parametrize("query", ["sslmod=require", "connect_timeout=soon"])
def test_an_option_that_nobody_knows_is_named(query: str) -> None:
    with pytest.raises(StoreError) as refused:
        read_options(make_url(f"{BASE}?{query}"))

    assert (refused.value.code, refused.value.arguments["option"]) == ("store.option", query.partition("=")[0])
