"""A web application as a process of its own, which ends with whoever started it."""

from __future__ import annotations

import asyncio
import json
import os

from aiohttp import web


async def serve(app: web.Application, port: int) -> None:
    """Listen on 127.0.0.1 (port 0: any free one), print the address as JSON, and serve until the parent is gone."""
    runner = web.AppRunner(app, handler_cancellation=True, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    print(json.dumps({"url": f"http://127.0.0.1:{runner.addresses[0][1]}"}), flush=True)  # noqa: T201 - it is read
    parent = os.getppid()
    while os.getppid() == parent:  # noqa: ASYNC110 - whoever started it may be killed, and nothing tells
        await asyncio.sleep(1)
