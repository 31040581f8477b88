"""Count the SQL statements behind each page of a plan, in process: `python -m tests.bench.probe --plan FILE --out FILE`.

Pages are asked for twice and counted the second time, so that what a process learns once is not counted; hand-ins once.
"""

import argparse
import json
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.http import QueryDict  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

FRAME = re.compile(r"^(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|SET)\b", re.IGNORECASE)


def ask(row: Mapping[str, str], path: str) -> tuple[Any, list[str]]:
    """Ask for one page; returns the response and its SQL."""
    client = Client(headers={"Cookie": row["cookie"]} if row.get("cookie") else None)
    if row.get("cookie"):
        client.cookies.load(row["cookie"])
    with CaptureQueriesContext(connection) as caught:
        if "body" in row:
            accept = {"Accept": row["accept"]} if "accept" in row else None
            data = QueryDict(mutable=True)
            for name, value in parse_qsl(row["body"]):
                data.appendlist(name, value)
            response = client.post(
                path, data.urlencode(), content_type="application/x-www-form-urlencoded", headers=accept
            )
        else:
            response = client.get(path)
            response.getvalue() if response.streaming else response.content
    return response, [query["sql"] for query in caught.captured_queries]


def count(plan: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One line per probe: status, bytes, statements, and the tables read more than once."""
    found: list[dict[str, Any]] = []
    serial = ""
    for row in plan["probes"]:
        path = f"/verify/{serial}/" if row["path"] == "@verify" else row["path"]
        with engine_off(row.get("without") == "certificate"):
            if "body" not in row:
                ask(row, path)
            response, statements = ask(row, path)
        body = b"" if response.streaming else response.content
        if match := re.search(rb"/verify/([A-Z0-9-]+)/", body):
            serial = match[1].decode()
        work = [sql for sql in statements if not FRAME.match(sql)]
        found.append(
            {
                "name": row["name"],
                "status": response.status_code,
                "bytes": len(body),
                "sql": len(work),
                "frame": len(statements) - len(work),
                "tables": dict(Counter(_table(sql) for sql in work)),
                "statements": work,
            }
        )
    return found


class engine_off:
    """No certificate engine inside the block, where asked."""

    def __init__(self, asked: bool) -> None:
        self.asked = asked

    def __enter__(self) -> None:
        if self.asked:
            from sucharit.records import certificates

            self.module, self.engine = certificates, certificates._ENGINE
            certificates._ENGINE = None

    def __exit__(self, *_: object) -> None:
        if self.asked:
            self.module._ENGINE = self.engine


def _table(sql: str) -> str:
    match = re.search(r'(?:FROM|INTO|UPDATE)\s+"?(\w+)"?', sql)
    return f"{sql.split(' ', 1)[0].lower()} {match[1] if match else '?'}"


def main() -> None:
    """Read the plan, write the counts."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--plan", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    plan = json.loads(options.plan.read_text(encoding="utf-8"))
    options.out.write_text(json.dumps(count(plan), ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
