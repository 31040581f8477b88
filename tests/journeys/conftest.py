"""The running product on a folder of its own, and a browser in front of it. Pictures are kept in test-results/journeys/."""

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.tools import chromium

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "test-results" / "journeys"
PASSWORD = "sucharit-demo-2569"
MUST = os.environ.get("SUCHARIT_REQUIRE_ALL") == "1"


@dataclass(frozen=True)
class Product:
    """The product as `make run` serves it: its address, and its embedded database for looking behind the scenes."""

    url: str
    database: Path
    environment: Mapping[str, str]

    def query(self, sql: str, *values: object) -> list[tuple]:
        """Read the embedded database directly, as an auditor would."""
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True) as connection:
            return connection.execute(sql, values).fetchall()

    def act(self, call: str) -> None:
        """Do a call of `crowd` in a process of its own on the product's data, as the product's own commands run."""
        done = subprocess.run(
            [
                sys.executable,
                "manage.py",
                "shell",
                "--no-imports",
                "-c",
                f"from tests.journeys.crowd import *; {call}",
            ],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, f"{call}: {done.stderr[-2000:]}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(url: str, process: subprocess.Popen, seconds: float) -> None:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if process.poll() is not None:
            pytest.fail(f"the server left with {process.returncode}")
        try:
            with urlopen(f"{url}/healthz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.3)
    pytest.fail("the server did not answer in time")


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """Start the product on an empty folder, exactly as `make run` does after installing."""
    folder = tmp_path_factory.mktemp("product")
    port = _free_port()
    environment = {
        **{k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "TEST_DATABASE_URL"}},
        "DJANGO_SETTINGS_MODULE": "sucharit.settings.demo",
        "SUCHARIT_VAR": str(folder),
        "SUCHARIT_MEDIA": str(folder / "media"),
        "PORT": str(port),
    }
    log = (folder / "server.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "manage.py", "serve"],
        cwd=ROOT,
        env=environment,
        stdout=log,
        stderr=log,
        start_new_session=True,
    )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(url, process, 150)
        yield Product(url, folder / "sucharit.sqlite3", environment)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=20)
        log.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; where there is none the journeys are skipped, or fail where nothing may be skipped."""
    path = chromium.path()
    if path is None:
        (pytest.fail if MUST else pytest.skip)("Chromium is not installed")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=chromium.FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="session", autouse=True)
def fresh_pictures() -> None:
    """Pictures of this run only."""
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir(parents=True)


class Visitor:
    """Somebody at a browser. Any request that leaves the site, and any error in the console, fails the journey."""

    def __init__(self, product: Product, context: BrowserContext, name: str) -> None:
        self.product, self.context, self.name = product, context, name
        self.page: Page = context.new_page()
        self.page.set_default_timeout(15_000)
        self.faults: list[str] = []
        self.page.on("request", self._stays_home)
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.page.on("console", self._console)
        self._shots = 0

    def _stays_home(self, request: object) -> None:
        url: str = request.url  # type: ignore[attr-defined]
        if not url.startswith((self.product.url, "data:", "blob:")):
            self.faults.append(f"left the site: {url}")

    def _console(self, message: object) -> None:
        # A refused or missing page is something a journey asks for and checks; anything else is a fault of ours.
        expected = "the server responded with a status of 40" in message.text  # type: ignore[attr-defined]
        if message.type == "error" and not expected:  # type: ignore[attr-defined]
            self.faults.append(f"console: {message.text}")  # type: ignore[attr-defined]

    def open(self, path: str) -> int:
        """Go to an address of the site; returns the status."""
        answer = self.page.goto(self.product.url + path)
        assert answer is not None
        return answer.status

    def sign_in(self, account: str) -> None:
        """Sign in through the page, as people do."""
        self.page.fill("input[name=login]", f"{account}@sucharit.example")
        self.page.fill("input[name=password]", PASSWORD)
        self.page.locator("main").get_by_role("button", name="เข้าสู่ระบบ", exact=True).click()
        self.page.wait_for_load_state()

    def picture(self, title: str) -> None:
        """Keep a picture of the whole page, and check that nothing hangs over the edge."""
        self._shots += 1
        self.page.wait_for_load_state("load")
        wide = self.page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        assert wide[0] <= wide[1], f"{title}: the page is {wide[0]} px wide in a window of {wide[1]}"
        self.page.screenshot(path=PICTURES / f"{self.name}-{self._shots:02}-{title}.png", full_page=True)

    def done(self) -> None:
        """Close, and say what went wrong on the way."""
        self.context.close()
        assert not self.faults, self.faults


@pytest.fixture
def visitor(product: Product, browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """Open browsers for people: size, colour scheme and scripting as asked. The admin scrolls within its window: a tall one shows all."""
    opened: list[Visitor] = []

    def come(
        name: str, *, width: int = 1280, height: int = 800, scheme: str = "light", scripts: bool = True
    ) -> Visitor:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            locale="th-TH",
            timezone_id="Asia/Bangkok",
            java_script_enabled=scripts,
            accept_downloads=True,
        )
        opened.append(Visitor(product, context, name))
        return opened[-1]

    yield come
    for person in opened:
        person.done()
