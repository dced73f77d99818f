"""npm `auth0-deploy-cli`, unmodified, deploys to Gateword as it does to Auth0."""

import json
import shutil
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.compat.deploy_cli import FIXTURE, DeployCli
from tests.support import served
from tests.support.served import Served

VARIABLES = {"SHOP_HOST": "shop.example", "TEAM": "sales", "GREETING": "Hello"}
NEVER_EXPORTED = ("rulesConfigs",)
NAMED_BY = {
    "resourceServers": "identifier", "clientGrants": "audience", "scopes": "value",
    "emailTemplates": "template", "permissions": "permission_name", "supported_triggers": "id",
    "post-login": "action_name",
}  # fmt: skip


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder for what Node compiles, which is large."""
    folder = tmp_path_factory.mktemp("kept")
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def deployed(kept: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """An instance into which the tool has imported the fixture's tenant."""
    with served.running(tmp_path_factory.mktemp("deployed")) as instance:
        DeployCli(instance, kept).load(FIXTURE / "tenant.yaml")
        yield instance


@pytest.fixture(scope="module")
def dumps(
    deployed: Served, kept: Path, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, Path]:
    """The tool's exports of that instance, by layout; both at once, as it mostly waits."""
    layouts = ("yaml", "directory")
    folders = [tmp_path_factory.mktemp(layout) for layout in layouts]
    with ThreadPoolExecutor() as threads:
        made = threads.map(DeployCli(deployed, kept).dump, layouts, folders)
        return dict(zip(layouts, made, strict=True))


@pytest.fixture(scope="module")
def dumped(dumps: Mapping[str, Path]) -> Path:
    """The tool's export of that instance, as YAML."""
    return dumps["yaml"]


@pytest.fixture(scope="module")
def dumped_folder(dumps: Mapping[str, Path]) -> Path:
    """The tool's export of that instance, in its directory format."""
    return dumps["directory"]


def content(path: Path) -> dict[str, Any]:
    """Return a YAML file's content with its variables filled in and its scripts read."""
    text = path.read_text(encoding="utf-8")
    for name, value in VARIABLES.items():
        text = text.replace(f"##{name}##", value)
    document: dict[str, Any] = yaml.load(text, yaml.BaseLoader)  # noqa: S506  it makes texts of everything
    for holder, name in scripts(document):
        script = (path.parent / holder[name]).read_text(encoding="utf-8")
        holder[name] = script.replace("##TEAM##", VARIABLES["TEAM"])
    return document


def scripts(document: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """Return each member that names a file."""
    yield from ((rule, "script") for rule in document["rules"])
    yield from ((action, "code") for action in document["actions"])
    yield from ((letter, "body") for letter in document["emailTemplates"])
    for database in document["databases"]:
        found = database["options"].get("customScripts", {})
        yield from ((found, name) for name in found)


def held(wanted: Any, found: Any, section: str = "") -> Any:
    """Return what was found, cut down to the members and named items that were wanted."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        return {name: held(value, found.get(name), name) for name, value in wanted.items()}
    if isinstance(wanted, list) and all(isinstance(one, dict) for one in wanted):
        key = NAMED_BY.get(section, "name")
        known = {one.get(key): one for one in found or ()}
        return [held(one, known.get(one.get(key))) for one in wanted]
    return found


def state(instance: Served) -> Any:
    """Return the configuration that an instance has, as its own export tells it."""
    return yaml.safe_load(instance.gateword("export"))


@pytest.mark.parametrize(
    "section", sorted(set(content(FIXTURE / "tenant.yaml")) - set(NEVER_EXPORTED))
)
def test_export_equals_the_import_on_every_field(dumped: Path, section: str) -> None:
    """Whatever the tool imported comes out of its export again, member by member."""
    wanted = content(FIXTURE / "tenant.yaml")[section]
    if section == "actions":  # values of secrets never come out again
        wanted[0]["secrets"] = [{"name": "GREETING"}]

    assert wanted == held(wanted, content(dumped).get(section), section)


def test_second_import_changes_nothing(deployed: Served, kept: Path) -> None:
    """The tool sends what is there already, and everything stays as it was."""
    before = state(deployed)

    printed = DeployCli(deployed, kept).load(FIXTURE / "tenant.yaml")

    assert "Created [" not in printed
    assert before == state(deployed)


def test_import_of_an_export_changes_nothing(deployed: Served, dumped: Path, kept: Path) -> None:
    """What the tenant has only by default is written out then, and stays what it is."""
    before = state(deployed)

    DeployCli(deployed, kept).load(dumped)

    assert before == held(before, state(deployed))


def test_directory_goes_into_another_tenant(
    dumped_folder: Path, deployed: Served, kept: Path
) -> None:
    """An export in the directory format makes the same tenant elsewhere."""
    action = dumped_folder / "actions" / "Greet.json"
    document = json.loads(action.read_text(encoding="utf-8"))
    document["secrets"] = [{"name": "GREETING", "value": "Hello"}]
    action.write_text(json.dumps(document), encoding="utf-8")

    with served.running(deployed.data.parent / "elsewhere") as other:
        DeployCli(other, kept).load(dumped_folder)

        wanted = state(deployed)
        assert wanted == held(wanted, state(other))


@pytest.mark.parametrize("layout", ["dumped", "dumped_folder"])
def test_gateword_reads_what_the_tool_wrote(
    deployed: Served, layout: str, request: pytest.FixtureRequest
) -> None:
    """`gateword apply` finds in the tool's export what the tenant has already."""
    path = request.getfixturevalue(layout)

    printed = json.loads(deployed.gateword("apply", str(path), "--dry-run", "--json"))

    assert [] == [one for one in printed["changes"] if one["action"] != "unchanged"]


def test_gateword_applies_what_the_tool_imports(
    deployed: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same file, given to `gateword apply`, makes the same tenant."""
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)
    other = served.initialised(tmp_path / "other")

    other.gateword("apply", str(FIXTURE / "tenant.yaml"))

    assert held(state(other), state(deployed)) == state(other)
