"""Writes `head.*.sql` anew: `python -m gateword.storage.migrations.record` after each migration."""

from pathlib import Path

from gateword.storage.migrations.run import recorded_text

if __name__ == "__main__":
    for dialect in ("sqlite", "postgresql"):
        (Path(__file__).parent / f"head.{dialect}.sql").write_text(recorded_text(dialect))
