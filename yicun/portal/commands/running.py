"""`yicun demo | serve | worker | sealer`: programs that go on until they are told to stop."""

import errno
import socket
from typing import Annotated

import typer

from yicun.base.cluster.files import locked_if_free
from yicun.kernel.refusals import Refused
from yicun.portal.commands import terms
from yicun.portal.commands.frame import DataOption, JsonOption, spoken
from yicun.portal.commands.opening import opened

PORT = 8000
DEMO_LOCK = ".demo.lock"
METRICS_ABOVE = 1_000
PortOption = Annotated[int, typer.Option("--port", min=1, max=65_535, help=terms.HELP["port"])]


def declare(app: typer.Typer) -> None:
    app.command("demo", help=terms.HELP["demo"])(demo)
    app.command("serve", help=terms.HELP["serve"])(serve)
    app.command("worker", help=terms.HELP["worker"])(worker)
    app.command("sealer", help=terms.HELP["sealer"], hidden=True)(sealer)


def demo(
    context: typer.Context, data: DataOption = None, port: PortOption = PORT, *, json: JsonOption = False
) -> None:
    with spoken(context, data, json=json) as wishes:
        check_free("127.0.0.1", port)
        with (
            opened(wishes.data, "app", needs_tables=False, may_create=True) as load,
            locked_if_free(wishes.data / DEMO_LOCK) as is_first,
        ):
            if not is_first:
                raise Refused("demo.running", data=str(wishes.data))
            load("demo").run(data=wishes.data.absolute(), port=port, say=wishes.say)


def serve(
    context: typer.Context,
    data: DataOption = None,
    port: PortOption = PORT,
    address: Annotated[str, typer.Option("--address", help=terms.HELP["address"])] = "127.0.0.1",
    metrics_port: Annotated[
        int, typer.Option("--metrics-port", min=0, max=65_535, help=terms.HELP["metrics port"])
    ] = 0,
    workers: Annotated[int, typer.Option("--workers", min=1, help=terms.HELP["workers"])] = 2,
    threads: Annotated[int, typer.Option("--threads", min=1, help=terms.HELP["threads"])] = 4,
    *,
    json: JsonOption = False,
) -> None:
    with spoken(context, data, json=json) as wishes:
        metrics = metrics_port or _metrics_port(port)
        check_free(address, port)
        check_free("127.0.0.1", metrics)
        with opened(wishes.data, "app") as load:
            said = {"address": address, "port": port, "metrics": metrics}
            wishes.say(said, [terms.SERVING.format(**said)])
            load("commands.deeds.serving").serve(
                data=wishes.data.absolute(),
                address=address,
                port=port,
                metrics_port=metrics,
                workers=workers,
                threads=threads,
            )


def worker(context: typer.Context, data: DataOption = None, *, json: JsonOption = False) -> None:
    with spoken(context, data, json=json) as wishes, opened(wishes.data, "jobs") as load:
        wishes.say({"worker": "started"}, [terms.WORKING])
        load("commands.deeds.working").work(data=wishes.data.absolute())


def sealer(context: typer.Context, data: DataOption = None) -> None:
    with spoken(context, data) as wishes, opened(wishes.data, "sealer") as load:
        load("commands.deeds.sealing").keep_sealing()


def check_free(address: str, port: int) -> None:
    """Said before anything is started. What a server let go of a moment ago counts as free."""
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((address, port))
        except PermissionError as closed:
            raise Refused("command.port_closed", port=port) from closed
        except OSError as taken:
            if isinstance(taken, socket.gaierror) or taken.errno == errno.EADDRNOTAVAIL:
                raise Refused("command.address_unknown", address=address) from taken
            raise Refused("command.port_taken", port=port) from taken


def _metrics_port(port: int) -> int:
    return port + METRICS_ABOVE if port + METRICS_ABOVE <= 65_535 else port - METRICS_ABOVE
