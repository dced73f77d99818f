"""The demo's processes live and die together."""

import os
import signal
import sys
from pathlib import Path

import pytest

from gateword.cli.demo_children import ChildFailed, Children, Interrupted

STAYS = [sys.executable, "-c", "import time; time.sleep(60)"]
DIES = [sys.executable, "-c", "print('the reason'); raise SystemExit(3)"]


def is_running(pid: int) -> bool:
    """Say whether a process of this number exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def writes_its_pid(file: Path) -> list[str]:
    """Return a command that notes its process id and stays."""
    code = f"import os,time; open({str(file)!r},'w').write(str(os.getpid())); time.sleep(60)"
    return [sys.executable, "-c", code]


def test_children_when_one_dies_tells_its_output_and_stops_the_rest(tmp_path: Path) -> None:
    """The message names the dead child and what it printed; no other child stays behind."""
    noted = tmp_path / "pid"
    with Children(tmp_path) as children:
        children.start("login server", writes_its_pid(noted), os.environ)
        while not (noted.exists() and noted.read_text()):
            os.sched_yield()
        children.start("API", DIES, os.environ)
        with pytest.raises(ChildFailed, match=r"API ended with status 3:\nthe reason"):
            children.wait_until_stopped()

    assert not is_running(int(noted.read_text()))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_children_when_signalled_stop_without_complaint(
    tmp_path: Path, number: signal.Signals
) -> None:
    """Ctrl-C, SIGTERM and a closed terminal all end the demo as wished."""
    noted = tmp_path / "pid"
    with Children(tmp_path) as children:
        children.start("API", writes_its_pid(noted), os.environ)
        while not (noted.exists() and noted.read_text()):
            os.sched_yield()
        os.kill(os.getpid(), number)
        children.wait_until_stopped()

    assert not is_running(int(noted.read_text()))


def test_children_when_command_fails_tell_what_it_said(tmp_path: Path) -> None:
    """A step that fails stops the demo with that step's own words."""
    with Children(tmp_path) as children, pytest.raises(ChildFailed, match="the reason"):
        children.run("Seeding the tenant", DIES, os.environ)


def test_children_when_signalled_while_waiting_give_up_waiting(tmp_path: Path) -> None:
    """A signal during the start ends the start."""
    with Children(tmp_path) as children:
        children.start("API", STAYS, os.environ)
        os.kill(os.getpid(), signal.SIGINT)
        with pytest.raises(Interrupted):
            children.wait_until_answers(9)


def test_children_when_gone_give_the_signals_back(tmp_path: Path) -> None:
    """Afterwards Ctrl-C does again what it did before."""
    before = signal.getsignal(signal.SIGINT)
    with Children(tmp_path):
        pass

    assert before is signal.getsignal(signal.SIGINT)


def test_first_line_is_what_a_child_said_first(tmp_path: Path) -> None:
    """Who says where it is found does so in its first line; the rest is for its log."""
    with Children(tmp_path) as children:
        children.start("phone", ["/bin/sh", "-c", "echo here; echo more; sleep 60"], os.environ)

        assert "here" == children.first_line("phone")


def test_first_line_when_a_child_dies_before_it_tells_why(tmp_path: Path) -> None:
    """A child that ends instead ends the start."""
    with Children(tmp_path) as children:
        children.start("phone", ["/bin/sh", "-c", "printf reason >&2; exit 3"], os.environ)
        with pytest.raises(ChildFailed, match="reason"):
            children.first_line("phone")


def test_pause_when_a_child_dies_meanwhile_tells_it(tmp_path: Path) -> None:
    """A pause ends like any other wait: not quietly, when a child is gone."""
    with Children(tmp_path) as children:
        children.start("API", ["/bin/sh", "-c", "echo the reason; exit 3"], os.environ)
        with pytest.raises(ChildFailed, match="the reason"):
            children.pause(1.0)


def test_pause_when_a_signal_comes_ends_at_once(tmp_path: Path) -> None:
    """Ctrl-C is not kept waiting."""
    with Children(tmp_path) as children:
        os.kill(os.getpid(), signal.SIGINT)
        with pytest.raises(Interrupted):
            children.pause(60.0)
