"""`gateword rules`: what is printed, what programs read, and how it ends."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from gateword.cli.main import application
from tests.cli.conftest import ADD_PLAN, PASS, TENANT, CommandLine

PEOPLE = """
databases: [{name: A, strategy: auth0}, {name: B, strategy: auth0}]
x-gateword-users:
  - {connection: A, email: ann@example.com, password: Correct horse battery}
  - {connection: B, email: ann@example.com, password: Correct horse battery}
  - connection: A
    email: bob@example.com
    password: Correct horse battery
    app_metadata: {plan: gold}
"""


def gateword_alone(*arguments: str) -> Result:
    """Run a command without any installation."""
    return CliRunner().invoke(application(["rules"]), ["rules", *arguments], env={"COLUMNS": "200"})


def written(folder: Path, script: str, name: str = "mine.js") -> str:
    """Write a rule; return its path."""
    path = folder / name
    path.write_text(script, encoding="utf-8")
    return str(path)


def names(ruled: CommandLine) -> list[tuple[int, str]]:
    """Return place and name of each rule."""
    return [(one["order"], one["name"]) for one in ruled.json("rules", "list")]


def test_try_of_a_file_needs_no_installation(tmp_path: Path) -> None:
    """Changes, claims that are left out, output, what a login would change, and the answer."""
    done = gateword_alone("try", written(tmp_path, ADD_PLAN), "--config", "REGION=eu")

    assert 0 == done.exit_code, done.output
    assert 'context.idToken["https://shop.example/plan"]: (none) -> "gold"' in done.stdout
    assert "Left out of tokens" in done.stdout
    assert "    context.accessToken.sub\n" in done.stdout
    assert "    plan for eu\n" in done.stdout
    assert 'PATCH /users/auth0|5f7c8ec7c33c6c004bbafe82 {"app_metadata": {"seen": true}}' in (
        done.stdout
    )
    assert "The client is answered 200 tokens" in done.stdout
    assert "\x1b[" not in done.stdout


def test_try_takes_user_context_and_configuration_from_files(tmp_path: Path) -> None:
    """A user in whole, members of the context, values; an option wins over a file."""
    user = written(tmp_path, '{"app_metadata": {"plan": "free"}}', "u.json")
    context = written(tmp_path, '{"protocol": "oauth2-refresh-token"}', "c.json")
    values = written(tmp_path, '{"REGION": "eu", "OTHER": "x"}', "v.json")
    script = """function (user, context, callback) {
      user.read = [context.protocol, context.tenant, configuration.REGION, configuration.OTHER];
      callback(null, user, context);
    }"""
    done = gateword_alone(
        "try", written(tmp_path, script), "--user", user, "--context", context,
        "--configuration", values, "--config", "REGION=us=east", "--json",
    )  # fmt: skip

    told = json.loads(done.stdout)
    assert ["oauth2-refresh-token", "default", "us=east", "x"] == told["user"]["read"]
    assert ["user.read"] == [one["path"] for one in told["changes"]]
    assert {"ok", "rule", "answer", "ms", "logs", "would_change"} <= set(told)


@pytest.mark.parametrize(
    ("script", "status", "error", "line", "words"),
    [
        (
            "function (user, context, callback) {\n  callback(new UnauthorizedError('no'));\n}",
            401, "unauthorized", 2, "says no",
        ),
        (
            "function (user, context, callback) {\n\n  user.nothing.here();\n}",
            403, "access_denied", 3, "throws",
        ),
        (
            "function (user, context, callback) {\n  setTimeout(() => {\n    null.x;\n  });\n}",
            403, "access_denied", 3, "throws",
        ),
        (
            "function (user, context, callback) {\n  callback(null user);\n}",
            403, "access_denied", 2, "does not compile",
        ),
        ("function (user, context, callback) {}", 403, "access_denied", None, "never calls back"),
    ],
)  # fmt: skip
def test_try_that_is_refused_ends_with_one(
    tmp_path: Path, script: str, status: int, error: str, line: int | None, words: str
) -> None:
    """With the line where it happened, and what the client would be told."""
    path = written(tmp_path, script)
    done, told = (
        gateword_alone("try", path),
        json.loads(gateword_alone("try", path, "--json").stdout),
    )

    assert (1, False) == (done.exit_code, told["ok"])
    assert (status, error) == (told["answer"]["status"], told["answer"]["body"]["error"])
    assert line == told["error"]["line"]
    assert words in done.stdout
    if line is not None:
        assert f"  > {line:4} | {script.splitlines()[line - 1]}\n" in done.stdout


def test_try_says_what_a_redirect_comes_to(tmp_path: Path) -> None:
    """The rule calls back, and yet there are no tokens."""
    script = PASS.replace("callback(null", "context.redirect = {url: 'x'}; callback(null")

    done = gateword_alone("try", written(tmp_path, script))

    assert 1 == done.exit_code
    assert "The client is answered 400" in done.stdout
    assert "Redirection is not available" in done.stdout


def test_try_asks_no_host_that_is_not_allowed(tmp_path: Path) -> None:
    """The option that allows it is named; the tenant itself is not asked either."""
    script = """function (user, context, callback) {
      require("request").get(%s, (error) => callback(error, user, context));
    }"""
    other = gateword_alone("try", written(tmp_path, script % '"https://api.example/x"'))
    own = gateword_alone(
        "try", written(tmp_path, script % 'auth0.baseUrl + "/users"'), "--allow-host", "*"
    )

    assert (1, 1) == (other.exit_code, own.exit_code)
    assert "api.example:443 is not allowed; --allow-host lets a try ask it" in other.stdout
    assert "a try has no server that could answer GET /api/v2/users" in own.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nowhere.js"], "cannot be read: No such file"),
        (["mine.js", "--user", "list.json"], "must hold one JSON object"),
        (["mine.js", "--context", "mine.js"], "cannot be read"),
        (["mine.js", "--config", "REGION"], "--config is KEY=VALUE"),
        (["mine.js", "--allow-host", "https://x.example"], "--allow-host https://x.example must"),
        (
            ["mine.js", "--allow-host", "x.example", "--allow-host", "x..y"],
            "--allow-host x..y must",
        ),
        (["Mine"], "no file Mine, and no installation here to look for a rule of that name"),
        (["mine", "--data", "d"], "no file mine, and no installation in d to look for a rule"),
        (["mine.js", "--user", "ann@x.example"], "no file ann@x.example, and no installation here"),
        (["mine.js", "--user", "nobody.json"], "cannot be read"),
        (["mine.js", "--connection", "A"], "give both"),
    ],
)
def test_try_that_cannot_be_ends_with_two(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], told: str
) -> None:
    """Also for programs: the faults are JSON."""
    monkeypatch.chdir(tmp_path)
    written(tmp_path, PASS)
    written(tmp_path, "[]", "list.json")

    done = gateword_alone("try", *arguments, "--json")

    assert 2 == done.exit_code
    (fault,) = json.loads(done.stdout)["faults"]
    assert told in fault


def test_stored_rule_is_tried_with_its_configuration(ruled: CommandLine) -> None:
    """By its name or its id; nothing in the installation changes by it."""
    (id_,) = [one["id"] for one in ruled.json("rules", "list") if one["name"] == "Second"]

    by_name, by_id = (ruled.json("rules", "try", word) for word in ("Second", id_))

    assert ["plan for eu"] == by_name["logs"] == by_id["logs"]
    assert "/users/auth0|5f7c8ec7c33c6c004bbafe82" == by_name["would_change"][0]["path"]
    wrong = ruled("rules", "try", "Secnd")
    assert (2, True) == (wrong.exit_code, "did you mean Second?" in wrong.stderr)


def test_rule_is_tried_on_a_stored_user(ruled: CommandLine, tmp_path: Path) -> None:
    """By id or e-mail, as rules see them: app metadata stand at the root, too."""
    ruled.apply(PEOPLE)
    script = PASS.replace("{ ", "{ console.log(user.email, user.plan, user.password); ")
    path = written(tmp_path, script)

    by_mail = ruled.json("rules", "try", path, "--user", "bob@example.com")
    by_id = ruled.json("rules", "try", path, "--user", by_mail["user"]["user_id"])
    ann = ruled.json("rules", "try", path, "--user", "ann@example.com", "--connection", "B")
    two = ruled("rules", "try", path, "--user", "ann@example.com")
    nobody = ruled("rules", "try", path, "--user", "nobody@example.com")

    assert ["bob@example.com gold undefined"] == by_mail["logs"] == by_id["logs"]
    assert "B" == ann["user"]["identities"][0]["connection"]
    assert (2, True) == (two.exit_code, "--connection" in two.stderr)
    assert 2 == nobody.exit_code


def test_rules_are_listed_in_their_order(ruled: CommandLine) -> None:
    """With what runs and what does not."""
    assert [(1, "First"), (2, "Second"), (3, "Third")] == names(ruled)
    rows = ruled.ok("rules", "list").splitlines()
    assert ["runs", "runs", "off"] == [row.split()[2] for row in rows[1:]]


def test_rule_is_switched(ruled: CommandLine) -> None:
    """By name or id, and told whether it was so before."""
    assert "Rule Third runs now." in ruled.ok("rules", "enable", "Third")
    assert "Rule Third runs already." in ruled.ok("rules", "enable", "Third")
    assert ruled.json("rules", "disable", "First")["enabled"] is False
    assert [False, True, True] == [one["enabled"] for one in ruled.json("rules", "list")]
    assert 2 == ruled("rules", "enable", "Fourth").exit_code


def test_rule_moves_and_pushes_the_others(ruled: CommandLine) -> None:
    """Only whom it must; a place that is none is bad use."""
    moved = ruled.json("rules", "order", "Third", "1")

    assert ["Third", "First", "Second"] == [one["name"] for one in moved]
    assert [(1, "Third"), (2, "First"), (3, "Second")] == names(ruled)
    ruled.ok("rules", "order", "First", "7")
    assert [(1, "Third"), (3, "Second"), (7, "First")] == names(ruled)
    assert 2 == ruled("rules", "order", "First", "0").exit_code
    assert "no changes" not in ruled.ok("apply", str(ruled.file(TENANT)))
