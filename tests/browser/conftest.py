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

    def visit(self, username: str, *, width: int, height: int = 844, is_scripted: bool = True) -> Page:
        """A signed-in page on a screen of this width."""
        context = self.browser.new_context(
            viewport={"width": width, "height": height},
            java_script_enabled=is_scripted,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            has_touch=width < 900,
            service_workers="block",
        )
        page = context.new_page()
        page.goto(f"{self.url}/sign-in/")
        page.fill("input[name=login]", username)
        page.fill("input[name=password]", PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_url(f"{self.url}/")
        return page


@pytest.fixture
def server(own_database: Clone, loop: Loop, tmp_path: Path) -> Iterator[str]:
    """Everybody of the cast may sign in; the reference data is loaded."""
    for account in Account.objects.all():
        account.set_password(PASSWORD)
        account.needs_second_factor = False
        account.save()
    port = _free_port()
    environment = own_database.environment() | {"YICUN_DATA": str(tmp_path), "YICUN_ROLE": "app"}
    mount = [f"--static-path-{part}" for part in ("route", "mount")]
    words = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--no-ws"]
    static = [mount[0], "/static", mount[1], str(ROOT / "yicun" / "base" / "static")]
    with (tmp_path / "server.log").open("wb") as log:
        program = subprocess.Popen(
            [*words, *static, "yicun.config.wsgi:application"],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
        )
        try:
            _wait_for(f"http://127.0.0.1:{port}/healthz", program)
            yield f"http://127.0.0.1:{port}"
        finally:
            program.terminate()
            program.wait(timeout=20)


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
