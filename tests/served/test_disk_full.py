"""The disk takes nothing more (promise D6)."""

import resource
import sqlite3
from contextlib import closing
from pathlib import Path

import httpx

from gateword.settings import DATABASE_FILE
from tests.served.asks import KEY_SET, TOKEN, login, machine, refresh, wait_until
from tests.served.house import CHEAP_HASHES, STEADY, serving
from tests.support.served import Served

BACK_WITHIN_S = 10


def test_writes_when_the_disk_is_full_are_told_to_come_again(tmp_path: Path) -> None:
    """Keys stay up meanwhile, nothing is spoilt, and everything goes on when there is room."""
    with (
        serving(tmp_path / "data", settings=CHEAP_HASHES) as served,
        served.client() as client,
    ):
        token = client.post(TOKEN, data=login(STEADY)).json()["refresh_token"]
        forms = [login(STEADY), refresh(STEADY, token), machine(STEADY)]

        _let_files_grow(served, 0)
        full = [client.post(TOKEN, data=form) for form in forms]
        read = [client.get(path).status_code for path in (KEY_SET, "/livez", "/readyz")]
        _let_files_grow(served, resource.RLIM_INFINITY)

        wait_until(lambda: _status(client, forms[0]) == 200, BACK_WITHIN_S)
        assert [503] * len(forms) == [one.status_code for one in full]
        assert {"1"} == {one.headers["retry-after"] for one in full}
        assert [200, 200, 200] == read
        assert [200] * len(forms) == [_status(client, form) for form in forms]
        with closing(sqlite3.connect(served.data / DATABASE_FILE)) as file:
            assert [("ok",)] == file.execute("PRAGMA integrity_check").fetchall()


def _let_files_grow(served: Served, most_bytes: int) -> None:
    """Bound the length of files; what lies beyond is refused as by a full disk."""
    _, hard = resource.prlimit(served.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(served.pid, resource.RLIMIT_FSIZE, (most_bytes, hard))


def _status(client: httpx.Client, form: dict[str, str]) -> int:
    return client.post(TOKEN, data=form).status_code
