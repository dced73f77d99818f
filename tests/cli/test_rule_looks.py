"""`gateword rules lint` and `report`, and what `doctor` says of rules."""

import json
from pathlib import Path
from typing import Any

from tests.cli.conftest import ADD_PLAN, PASS, TENANT, CommandLine
from tests.cli.test_rules import gateword_alone, written


def test_lint_names_file_and_line(tmp_path: Path) -> None:
    """An error ends with 1; what is only to be known does not."""
    bad = written(tmp_path, "function (user, context, callback) {\n  mongo('x');\n}", "bad.js")
    broken = written(tmp_path, "\nfunction (a b) {}", "broken.js")
    warns = written(tmp_path, PASS.replace("{ ", "{ context.redirect = {}; "), "warns.js")

    done = gateword_alone("lint", bad, broken, warns)
    told = json.loads(gateword_alone("lint", warns, "--json").stdout)

    assert 1 == done.exit_code
    assert "error   bad.js:2: uses mongo, which is not there" in done.stdout
    assert "error   bad.js:1: never mentions callback" in done.stdout
    assert "error   broken.js:2: is not one function: SyntaxError" in done.stdout
    assert "warning warns.js:1: may redirect" in done.stdout
    assert "3 rules: 3 with notes, 0 without" in done.stdout
    assert (True, ["redirect"]) == (told["ok"], [one["code"] for one in told["rules"][0]["notes"]])
    alone = gateword_alone("lint", written(tmp_path, PASS, "good.js"))
    assert "1 rule: 0 with notes, 1 without\n" == alone.stdout
    assert 2 == gateword_alone("lint").exit_code


def test_lint_of_all_knows_the_tenant(ruled: CommandLine) -> None:
    """Hosts and values are held against what it has."""
    script = "function (u, c, cb) { fetch('https://%s/x'); configuration.%s; cb(null, u, c); }"
    ruled.file(script % ("api.example", "REGION"), "first.js")
    ruled.file(script % ("other.example", "NOWHERE"), "second.js")
    ruled.apply(TENANT)

    told: Any = ruled.json("rules", "lint", "--all")

    found = {one["rule"]: [note["code"] for note in one["notes"]] for one in told["rules"]}
    assert {"First": [], "Second": ["host", "configuration"], "Third": []} == found


def test_report_says_what_an_action_would_be(tmp_path: Path, ruled: CommandLine) -> None:
    """As a table, as Markdown with a draft, and for programs."""
    path = written(tmp_path, ADD_PLAN)

    table = gateword_alone("report", path).stdout
    markdown = gateword_alone("report", path, "--markdown").stdout
    told = ruled.json("rules", "report", "--all")

    assert "api.user.setAppMetadata(name, value)" in table
    assert "## mine.js" in markdown
    assert '| 4 | `console.log("plan for", configuration.REGION);` | `event.secrets` |' in markdown
    assert "exports.onExecutePostLogin = async (event, api) => {" in markdown
    assert ["First", "Second", "Third"] == [one["rule"] for one in told["rules"]]
    assert {"line", "code", "becomes", "remark"} == set(told["rules"][0]["uses"][0])


def test_doctor_looks_through_rules(ruled: CommandLine) -> None:
    """What the lint says of rules that run."""
    ruled.file(
        PASS.replace("{ ", "{ context.redirect = {}; fetch('https://b.example/'); "), "first.js"
    )
    ruled.apply(TENANT)

    told = [one for one in ruled.json("doctor")["findings"] if one["about"] == "rule First"]

    assert ["may redirect", "asks b.example"] == [
        " ".join(one["text"].split()[2:4]).rstrip(":,") for one in told
    ]
