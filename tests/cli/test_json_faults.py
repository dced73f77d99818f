"""With `--json` standard output is JSON also when a command cannot do what it was asked."""

import json

from tests.cli.conftest import CommandLine

DEFAULT = "Username-Password-Authentication"


def test_faults_of_an_import_are_json_for_scripts(gateword: CommandLine) -> None:
    """A file that is no JSON, one that is not there, a database that is not: each is named."""
    broken, good = str(gateword.file("[{", "a.json")), str(gateword.file("[]", "b.json"))
    calls = [(broken, DEFAULT), ("nothing.json", DEFAULT), (good, "Nowhere")]

    done = [
        gateword("users", "import", file, "--connection", name, "--json") for file, name in calls
    ]

    faults = [json.loads(one.stdout)["faults"][0] for one in done]
    assert [2, 2, 2] == [one.exit_code for one in done]
    assert "must hold a JSON array" in faults[0]
    assert "nothing.json cannot be read" in faults[1]
    assert "Nowhere" in faults[2]
