import subprocess
import sys

LOADED = """
import sys
import gateword.app
print(*{name.partition(".")[0] for name in sys.modules} & {"prometheus_client", "opentelemetry"})
"""


def test_server_that_nobody_watches_loads_no_library_for_it() -> None:
    """Prometheus's client is loaded by the first scrape, OpenTelemetry where it is switched on."""
    ran = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, check=True, timeout=60
    )

    assert ran.stdout.strip() == ""
