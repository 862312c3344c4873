"""Clock ticks of the plumbing."""

from django.utils import timezone
from procrastinate import JobContext
from procrastinate.contrib.django import app

from yicun.base import vault


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="retry_stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int) -> None:
    """Jobs whose worker died are given back to the queue; without this they would never run again."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs():
        await manager.retry_job(job)


@app.periodic(cron="17 * * * *")
@app.task(queueing_lock="forget_aside")
def forget_aside(timestamp: int) -> None:
    """Files that were only looked at, such as a table before its import, do not stay."""
    vault.forget_aside(timezone.now())


@app.periodic(cron="20 3 * * *")
@app.task(queueing_lock="sweep_uploads")
def sweep_uploads(timestamp: int) -> None:
    """What phones began to upload and left, every night."""
    vault.sweep_uploads(now=timezone.now())
