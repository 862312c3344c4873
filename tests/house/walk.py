"""A pytest plugin: after a run of the whole suite, every route was requested and every template rendered.

It listens to the test client, in every worker, and compares at the end; a partial run compares nothing.
Requests of browser tests go to a server of its own and do not count: a page is first of all a request.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from django.core.signals import request_started
from django.test.signals import template_rendered
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve

from tests.house.source import ROOT, files

# Pages of libraries that are mounted whole; their own tests walk them.
GIVEN = ("allauth", "django", "django_prometheus")


class Walk:
    """What the tests of this program (and of its workers) have met so far."""

    def __init__(self) -> None:
        self.routes: set[str] = set()
        self.templates: set[str] = set()

    def requested(self, environ: dict[str, Any] | None = None, **_: object) -> None:
        try:
            self.routes.add(resolve((environ or {}).get("PATH_INFO", "")).route)
        except Resolver404:
            return

    def rendered(self, template: Any = None, **_: object) -> None:
        if template is not None and template.name:
            self.templates.add(template.name.split("#", 1)[0])

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        request_started.connect(self.requested, dispatch_uid="walk")
        template_rendered.connect(self.rendered, dispatch_uid="walk")

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        routes, templates = getattr(node, "workeroutput", {}).get("walk", ((), ()))
        self.routes |= set(routes)
        self.templates |= set(templates)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput["walk"] = (sorted(self.routes), sorted(self.templates))
        elif is_whole(session.config) and exitstatus == pytest.ExitCode.OK and self.missing():
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any, config: pytest.Config) -> None:
        if is_whole(config) and (missing := self.missing()):
            terminalreporter.section("never walked by a test", red=True)
            terminalreporter.write("".join(f"{line}\n" for line in missing))

    def missing(self) -> list[str]:
        return [
            *never_met("route", own_routes(get_resolver().url_patterns), self.routes),
            *never_met("template", own_templates(), self.templates),
        ]


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Walk(), "walk-of-the-house")


def is_whole(config: pytest.Config) -> bool:
    is_narrowed = (
        config.getoption("keyword") or config.getoption("markexpr") or config.getoption("lf", default=False)
    )
    return config.args_source == pytest.Config.ArgsSource.TESTPATHS and not is_narrowed


def never_met(kind: str, existing: Iterable[str], met: set[str]) -> list[str]:
    return [f"{kind} {name}" for name in sorted(set(existing) - met)]


def own_routes(patterns: Iterable[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    for one in patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from own_routes(one.url_patterns, route)
        elif one.callback.__module__.split(".")[0] not in GIVEN:
            yield route


def own_templates() -> Iterator[str]:
    for path in files(ROOT, "yicun"):
        place, _, name = path.as_posix().partition("/templates/")
        if name and place and path.suffix == ".html":
            yield name
