"""The worker: jobs from the queue, and the sealer beside it as a program of its own, with a role of its own."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from procrastinate import App
from procrastinate.contrib.django import app

from yicun.portal.commands.deeds.children import leashed
from yicun.portal.commands.opening import program

JOBS_AT_ONCE = 4
GRACE = 20.0
RESTARTED_AFTER = 5.0


def work(*, data: Path) -> None:
    """Until SIGTERM or Ctrl-C; jobs under way are given time to end, and come back to the queue if they do not."""
    asyncio.run(_work(app.with_connector(app.connector.get_worker_connector()), data))  # type: ignore[attr-defined]


async def _work(jobs: App, data: Path) -> None:
    async with jobs.open_async(), _sealer(data):
        await jobs.run_worker_async(
            concurrency=JOBS_AT_ONCE, shutdown_graceful_timeout=GRACE, delete_jobs="successful"
        )


@contextlib.asynccontextmanager
async def _sealer(data: Path) -> AsyncIterator[None]:
    watched = asyncio.create_task(_keep_sealer(data))
    try:
        yield
    finally:
        watched.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watched


async def _keep_sealer(data: Path) -> None:
    """Started again when it dies; ended with the worker."""
    while True:
        child = await asyncio.create_subprocess_exec(
            *leashed(program("sealer", "--data", str(data))), start_new_session=True
        )
        try:
            await child.wait()
        finally:
            if child.returncode is None:
                child.terminate()
                await child.wait()
        await asyncio.sleep(RESTARTED_AFTER)
