"""A real server on a database of the test's own, and a real browser before it.

Playwright runs an event loop, and Django guards its queries against those: everything is stored before the
browser starts, and the server is a program of its own.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.databases import ROOT, Clone
from tests.matters.conftest import Loop, loop
from yicun.base.models import Account

__all__ = ["loop"]

PASSWORD = "guard-the-village-2026"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PATIENCE = 60.0


@dataclass(frozen=True)
class Site:
    url: str
    browser: Browser

    def visit(
        self, username: str, *, width: int, height: int = 844, is_scripted: bool = True, is_kept: bool = False
    ) -> Page:
        """A signed-in page on a screen of this width; `is_kept`: with the service worker that keeps pages."""
        context = self.browser.new_context(
            viewport={"width": width, "height": height},
            java_script_enabled=is_scripted,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            has_touch=width < 900,
            service_workers="allow" if is_kept else "block",
        )
        page = context.new_page()
        self.sign_in(page, username)
        return page

    def sign_in(self, page: Page, username: str) -> None:
        page.goto(f"{self.url}/sign-in/")
        page.fill("input[name=login]", username)
        page.fill("input[name=password]", PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_url(f"{self.url}/")


@pytest.fixture
def machine(own_database: Clone, loop: Loop, tmp_path: Path) -> Iterator["Machine"]:
    """Everybody of the cast may sign in; the reference data is loaded."""
    for account in Account.objects.all():
        account.set_password(PASSWORD)
        account.needs_second_factor = False
        account.save()
    port = _free_port()
    environment = own_database.environment() | {"YICUN_DATA": str(tmp_path), "YICUN_ROLE": "app"}
    static = collected(environment, tmp_path / "static")
    words = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--no-ws"]
    with (tmp_path / "server.log").open("wb") as log:
        machine = Machine(port, [*words, *static, "yicun.config.wsgi:application"], environment, log)
        try:
            machine.start()
            yield machine
        finally:
            machine.stop()


def collected(environment: dict[str, str], folder: Path) -> list[str]:
    """The built files under the names that pages of a county use."""
    words = [sys.executable, "-m", "django", "collectstatic", "--no-input", "--verbosity", "0"]
    subprocess.run(
        words, cwd=ROOT, env={**environment, "DJANGO_SETTINGS_MODULE": "yicun.config.settings"}, check=True
    )
    return ["--static-path-route", "/static", "--static-path-mount", str(folder)]


@dataclass
class Machine:
    """The server as a program: it may fall and come back under the same address."""

    port: int
    words: list[str]
    environment: dict[str, str]
    log: BinaryIO
    program: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.program = subprocess.Popen(
            self.words, cwd=ROOT, env=self.environment, stdout=self.log, stderr=self.log
        )
        _wait_for(f"{self.url}/healthz", self.program)

    def stop(self) -> None:
        if self.program is not None:
            self.program.terminate()
            self.program.wait(timeout=20)
            self.program = None


@pytest.fixture
def server(machine: Machine) -> str:
    return machine.url


@pytest.fixture
def site(server: str) -> Iterator[Site]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        flags = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield Site(server, browser)
        browser.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _wait_for(url: str, program: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and program.poll() is None:
        try:
            with urlopen(url, timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError("the server did not answer")
