"""Records goldens anew: what the server answers today becomes what it must answer tomorrow.

The diff is for a person to read; nothing here knows whether an answer is right.
"""

import asyncio
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.house import FILE, a_house
from tests.wire.play import played
from tests.wire.world import furnish

GOLDENS = Path(__file__).parent / "golden"


async def _record(paths: list[Path]) -> int:
    changed = 0
    with TemporaryDirectory() as folder:
        async with a_house(Path(folder)) as house:
            await furnish(house)
        for path in paths:
            before = path.read_text(encoding="utf-8")
            with TemporaryDirectory() as room:
                text = await played(before, Path(room), Path(folder) / FILE)
            if text != before:
                path.write_text(text, encoding="utf-8")
                sys.stdout.write(f"recorded {path.stem}\n")
                changed += 1
    return changed


def main() -> None:
    """Record the goldens whose names begin as the arguments do; all without arguments."""
    begins = tuple(sys.argv[1:]) or ("",)
    paths = [path for path in sorted(GOLDENS.glob("*.http")) if path.name.startswith(begins)]
    changed = asyncio.run(_record(paths))
    sys.stdout.write(f"{len(paths)} played, {changed} changed\n")


if __name__ == "__main__":
    main()
