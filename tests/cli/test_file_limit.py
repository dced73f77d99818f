"""How many connections a server may hold."""

import resource
import subprocess
import sys

from gateword.cli.file_limit import MOST

LIFTED = """
import resource
from gateword.cli import file_limit
_, most = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (256, most))
file_limit.lift()
print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""


def test_open_files_are_as_many_as_the_system_lets_a_process_have() -> None:
    """A thousand idle connections, the usual limit, would keep everybody else out."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    told = subprocess.run(
        [sys.executable, "-c", LIFTED], capture_output=True, text=True, check=True
    ).stdout

    expected = MOST if most == resource.RLIM_INFINITY else min(MOST, most)
    assert expected == int(told)
