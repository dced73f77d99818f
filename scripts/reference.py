"""Writes the pages of `docs/reference/` that are made from the code, or says which are stale."""

import argparse
import dataclasses
import inspect
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from gateword.cli.main import application
from gateword.domain.account_refusal import AccountRefusal
from gateword.domain.log_event import LogCode
from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.mfa_refusal import MfaRefusal
from gateword.domain.refusal import Refusal
from gateword.domain.refused import OWN_FAILURE, RefusalTable
from gateword.setting_values import FILE_SUFFIX
from gateword.settings import PREFIX, Settings
from scripts import reference_api, reference_modules
from scripts.reference_logs import LOG_MEANING

REFERENCE: Final = Path(__file__).resolve().parent.parent / "docs" / "reference"

TABLES: Final[tuple[type[RefusalTable], ...]] = (
    Refusal,
    MfaRefusal,
    ManagementRefusal,
    AccountRefusal,
)

MADE: Final = "<!-- Made by scripts/docs from the code; edit the code instead. -->\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(_cell(cell) for cell in line)} |\n" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def errors() -> str:
    """Return the table of refusals."""
    return (
        "# Errors\n\n"
        "Every way in which Gateword says no. `{name}` stands for what was asked.\n"
        "`own` in the last column is the failure code of the grant that was asked.\n\n"
        "## OAuth endpoints\n\n"
        'The body is `{"error": …, "error_description": …}`.\n\n'
        + _refusals(Refusal, "`error`", "`error_description`")
        + "\n## Second factors\n\n"
        "Of the token endpoint and of `/mfa/…`; the body is as above.\n\n"
        + _refusals(MfaRefusal, "`error`", "`error_description`")
        + "\n## Management API\n\n"
        'The body is `{"statusCode": …, "error": …, "message": …, "errorCode": …}`, where `error` '
        "is the status in words; without an `errorCode` the member is not there.\n\n"
        + _refusals(ManagementRefusal, "`errorCode`", "`message`")
        + "\n## Sign-up and change password\n\n"
        'The body of `/dbconnections/…` is `{"name": …, "code": …, "description": …, '
        '"statusCode": …}`, with further members where the row has them.\n\n'
        + _refusals(AccountRefusal, "`code`", "`description`")
    )


def _refusals(table: type[RefusalTable], code: str, text: str) -> str:
    return _table(
        ("Name", "Status", code, text, "Log"),
        (
            (
                refusal.name,
                str(refusal.row.status),
                _code(refusal.row.error),
                refusal.row.description,
                ", ".join(_log(log) for log in refusal.row.log),
            )
            for refusal in table
        ),
    )


def _log(code: LogCode | str) -> str:
    return OWN_FAILURE if isinstance(code, str) else _code(code.value)


def log_codes() -> str:
    """Return the table of log codes, with the refusals that write each."""
    return (
        "# Log codes\n\nValues of `type` in the tenant log (`gateword logs`). They are Auth0's.\n\n"
    ) + _table(
        ("Code", "Meaning", "Written for"),
        (
            (
                _code(code.value),
                LOG_MEANING[code],
                ", ".join(row.name for table in TABLES for row in table if code in row.row.log),
            )
            for code in LogCode
        ),
    )


def commands() -> str:
    """Return every command with its arguments and options."""
    return "# Commands\n\n" + "\n".join(_command(typer.main.get_command(application()), "gateword"))


def _command(command: object, name: str) -> Iterable[str]:
    if isinstance(command, TyperGroup):
        for child, sub in command.commands.items():
            yield from _command(sub, f"{name} {child}")
    elif isinstance(command, TyperCommand) and not command.hidden:
        yield f"## `{name}`\n\n{inspect.cleandoc(command.help or '')}\n"
        rows = [
            _parameter(parameter)
            for parameter in command.params
            if isinstance(parameter, TyperArgument | TyperOption) and not parameter.hidden
        ]
        if rows:
            yield _table(("Argument or option", "Meaning", "Default", "Environment"), rows)


def _parameter(parameter: TyperArgument | TyperOption) -> Sequence[str]:
    shown = value = parameter.metavar or (parameter.name or "").upper()
    if isinstance(parameter, TyperOption):
        names = ", ".join((*parameter.opts, *parameter.secondary_opts))
        shown = names if parameter.is_flag else f"{names} {value}"
    has_default = parameter.default not in (None, False, ()) and not callable(parameter.default)
    variables = parameter.envvar or ""
    return (
        _code(shown),
        parameter.help or "",
        _code(str(parameter.default)) if has_default else "",
        _code(variables if isinstance(variables, str) else ", ".join(variables)),
    )


def settings() -> str:
    """Return the table of settings, with where each comes from."""
    hidden = [field.name for field in dataclasses.fields(Settings) if not field.repr]
    secrets = ", ".join(_code(f"{PREFIX}{name.upper()}{FILE_SUFFIX}") for name in hidden)
    return (
        "# Settings\n\n"
        "What a process can be told, from its environment or from `gateword.toml` in the data "
        "folder; an option of a command wins over both.\nSwitches of a tenant are data, not "
        "settings: they are set with `gateword apply`.\n\n"
        f"A secret may lie in a file: {secrets} name one each, whose text without its last line "
        "break is the value.\n\n"
    ) + _table(
        ("Environment", "In `gateword.toml`", "Default", "Unit", "Meaning"),
        (
            (
                _code(f"{PREFIX}{field.name.upper()}"),
                _code(field.name),
                _code(str(field.default)),
                field.metadata["unit"],
                field.metadata["doc"],
            )
            for field in dataclasses.fields(Settings)
        ),
    )


def management_api() -> str:
    """Return the calls of the Management API."""
    return reference_api.page(_table)


def script_modules() -> str:
    """Return the npm modules that scripts find."""
    return reference_modules.page(_table)


PAGES: Final[Mapping[str, Callable[[], str]]] = {
    "commands.md": commands,
    "errors.md": errors,
    "log-codes.md": log_codes,
    "management-api.md": management_api,
    "script-modules.md": script_modules,
    "settings.md": settings,
}


def main() -> int:
    """Write the pages; with `--check`, print the stale ones and return 1 if there are any."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, name stale pages")
    is_check = parser.parse_args().check
    stale = 0
    for name, page in PAGES.items():
        path = REFERENCE / name
        text = MADE + page()
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale += 1
        if is_check:
            print(f"docs/reference/{name} is stale; run scripts/docs")
        else:
            REFERENCE.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(f"wrote docs/reference/{name}")
    return 1 if is_check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
