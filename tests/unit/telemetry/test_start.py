import subprocess
import sys

LOADED = """
import sys
import gateword.app
optional = {"prometheus_client", "opentelemetry", "maxminddb"}
print(*{name.partition(".")[0] for name in sys.modules} & optional)
"""


def test_server_loads_no_library_that_it_was_not_told_to_use() -> None:
    """Prometheus's client is loaded by the first scrape, OpenTelemetry and geo databases if set."""
    ran = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, check=True, timeout=60
    )

    assert ran.stdout.strip() == ""
