from pathlib import Path
from typing import Any

import pytest

from gateword.delivery.log_file import LogFile
from gateword.domain.log_event import StoredLogEvent
from gateword.ports.log_sink import Destination, NotTaken


def an_event(number: int) -> StoredLogEvent:
    """Return an event whose document holds a number."""
    return StoredLogEvent(position=number, log_id=str(number), document={"n": number})


def to(name: Any = "events.jsonl", tenant: str = "default") -> Destination:
    """Return the end of a stream into a file."""
    return Destination(tenant=tenant, sink={"fileName": name})


async def test_events_are_lines_at_the_end_of_the_tenants_file(tmp_path: Path) -> None:
    """One JSON object a line; the owner alone reads it, and tenants share no file."""
    sink = LogFile(tmp_path / "log-streams")

    await sink.deliver(to(), [an_event(1), an_event(2)])
    await sink.deliver(to(), [an_event(3)])
    await sink.deliver(to(tenant="other"), [an_event(4)])

    file = tmp_path / "log-streams" / "default" / "events.jsonl"
    assert '{"n":1}\n{"n":2}\n{"n":3}\n' == file.read_text()
    assert '{"n":4}\n' == (tmp_path / "log-streams" / "other" / "events.jsonl").read_text()
    assert (0o600, 0o700) == (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777)


async def test_torn_line_is_ended_before_the_next_one(tmp_path: Path) -> None:
    """After a crash in the middle of a line the events behind it can be read."""
    sink = LogFile(tmp_path)
    (tmp_path / "default").mkdir()
    file = tmp_path / "default" / "events.jsonl"
    file.write_text('{"n":1}\n{"n"')

    await sink.deliver(to(), [an_event(2)])

    assert ['{"n":1}', '{"n"', '{"n":2}'] == file.read_text().splitlines()


async def test_file_that_was_moved_away_begins_anew(tmp_path: Path) -> None:
    """Log rotation needs no signal."""
    sink = LogFile(tmp_path)
    await sink.deliver(to(), [an_event(1)])
    file = tmp_path / "default" / "events.jsonl"
    file.rename(tmp_path / "old")

    await sink.deliver(to(), [an_event(2)])

    assert '{"n":2}\n' == file.read_text()


@pytest.mark.parametrize("name", ["../events", "/etc/passwd", "..", ".hidden", "", "a/b"])
async def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    """Whatever is stored, nothing is written beside the tenant's folder."""
    with pytest.raises(NotTaken, match="out of its folder"):
        await LogFile(tmp_path / "streams").deliver(to(name), [an_event(1)])

    assert [] == list(tmp_path.iterdir())


async def test_link_is_not_followed(tmp_path: Path) -> None:
    """A link in the folder may lead anywhere, so it takes no events."""
    (tmp_path / "default").mkdir()
    (tmp_path / "default" / "events.jsonl").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(NotTaken, match="cannot be written"):
        await LogFile(tmp_path).deliver(to(), [an_event(1)])

    assert not (tmp_path / "elsewhere").exists()
