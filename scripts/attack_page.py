"""Plays `gateword attack` and writes what it printed into its how-to page."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "how-to" / "rehearse-an-attack.md"
BEGIN: Final = "<!-- What `gateword attack` printed; written by scripts/attack_page.py. -->\n"
END: Final = "<!-- End of what it printed. -->\n"
COLUMNS: Final = 118
_BETWEEN: Final = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)


def printed(page: str) -> str:
    """Return what the page says that the command printed."""
    found = _BETWEEN.search(page)
    return found[0].removeprefix(BEGIN).removesuffix(END) if found else ""


def with_printed(page: str, text: str) -> str:
    """Return the page with another text in that place."""
    lines = [line.rstrip() for line in text.strip("\n").splitlines()]
    block = "\n".join(["```text", *lines, "```", ""])
    return _BETWEEN.sub(lambda _: f"{BEGIN}{block}{END}", page)


def main() -> int:
    """Rehearse the settings of a new tenant; the page changes only when every shield held."""
    unset = {name: text for name, text in os.environ.items() if not name.startswith("GATEWORD_")}
    played = subprocess.run(
        [str(Path(sys.executable).with_name("gateword")), "attack"],
        env=unset | {"COLUMNS": str(COLUMNS)},
        cwd=PAGE.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    sys.stdout.write(played.stdout)
    sys.stderr.write(played.stderr)
    if played.returncode == 0:
        PAGE.write_text(with_printed(PAGE.read_text("utf-8"), played.stdout), "utf-8")
    return played.returncode


if __name__ == "__main__":
    sys.exit(main())
