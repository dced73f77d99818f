from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from gateword.provision import written
from gateword.provision.apply import apply
from gateword.provision.export import exported
from gateword.provision.files import load, load_text
from tests.support.house import House
from tests.unit.provision.applying import RICH, applied

SECRETS = ("client_secret", "client_id", "configuration", "httpAuthorization")


async def files_of(house: House, layout: str) -> written.Files:
    """Return the export of a house as files."""
    found = await exported(house.parts)
    if layout == "directory":
        return written.as_folder(found.document)
    return written.as_yaml_files(found.document, found.left_out, "tenant.yaml")


def put(folder: Path, files: written.Files) -> None:
    """Write files below a folder."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text.encode())


def held(wanted: Any, found: Any) -> Any:
    """Return what was found, cut down to the members that were wanted."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        return {name: held(value, found.get(name)) for name, value in wanted.items()}
    if isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        return [held(one, other) for one, other in zip(wanted, found, strict=True)]
    return found


def without_secrets(value: Any) -> Any:
    """Return a value of the file without the members that no export holds."""
    if isinstance(value, dict):
        hidden = SECRETS if "scope" not in value else ()
        kept = {name: one for name, one in value.items() if name not in hidden}
        if set(kept) == {"name", "value"}:
            return {"name": kept["name"]}
        return {name: without_secrets(one) for name, one in kept.items()}
    return [without_secrets(one) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize("layout", ["yaml", "directory"])
async def test_apply_of_an_export_changes_nothing(
    house: House, tmp_path: Path, layout: str
) -> None:
    """Whatever the tenant has, its export says so as `apply` would."""
    await applied(house, RICH)
    put(tmp_path, await files_of(house, layout))

    path = tmp_path / "tenant.yaml" if layout == "yaml" else tmp_path
    done = await apply(load(path, {}).root, house.parts)

    assert [] == [change for change in done.changes if change.action != "unchanged"]
    assert {"client", "database", "rule", "action", "trigger", "guardian setting"} <= {
        change.kind for change in done.changes
    }


async def test_export_holds_what_was_applied(house: House) -> None:
    """Every member that a file set is in the export with the same value, secrets aside."""
    await applied(house, RICH)

    found = (await exported(house.parts)).document

    wanted = load_text("f.yaml", RICH, {}).root
    for section, value in wanted.items():
        if section != "rulesConfigs":
            assert without_secrets(value) == held(without_secrets(value), found[section])


async def test_export_holds_no_secret_and_no_id(house: House) -> None:
    """It may be put where everybody reads it, and applied to another tenant."""
    await applied(house, RICH)
    clients = await house.parts.stores.clients.all()
    apis = await house.parts.stores.resource_servers.all()
    secrets = [one.secret.reveal() for one in clients if one.secret]
    secrets += [one.signing_secret.reveal() for one in apis if one.signing_secret]

    text = "\n".join((await files_of(house, "directory")).values())

    assert 3 == len(secrets)
    assert [] == [one for one in (*secrets, "hush") if one in text]
    assert [] == [one.id for one in apis if one.id in text]
    assert "client_id: shop" not in text


async def test_export_names_the_secrets_that_it_lacks(house: House) -> None:
    """Beside the document, and as comments in YAML."""
    await applied(house, RICH)

    text = (await files_of(house, "yaml"))["tenant.yaml"]

    comments = [line for line in text.splitlines() if line.startswith("#   ")]
    assert [
        "#   clients: Shop: client_secret",
        "#   clients: Twin: client_secret",
        "#   databases: Customers: options.configuration.URL",
        "#   resourceServers: https://hs.example/: signing_secret",
        "#   rulesConfigs: API: value",
        "#   actions: Greet: secrets",
        "#   logStreams: Archive: secrets",
    ] == comments


async def test_clients_of_one_name_are_told_apart_by_id(house: House) -> None:
    """Then the id is needed, and stands wherever the client is meant."""
    await applied(house, "clients: [{name: A, client_id: a1}]")
    await applied(house, "clients: [{name: B, client_id: b1}]")
    stored = await house.parts.stores.clients.get("b1")
    assert stored is not None
    await house.parts.stores.clients.put(replace(stored, name="A"), house.clock.now())
    await applied(house, "databases: [{name: D, enabled_clients: [a1, b1]}]")

    found = (await exported(house.parts)).document

    assert [("A", "a1"), ("A", "b1")] == [
        (one["name"], one["client_id"]) for one in found["clients"]
    ]
    assert ["a1", "b1"] == found["databases"][0]["enabled_clients"]


async def test_names_that_no_file_may_have_are_replaced(house: House) -> None:
    """And two that come to the same are numbered."""
    await applied(house, 'clients: [{name: "a/b"}, {name: "a:b"}, {name: ".."}]')

    files = await files_of(house, "directory")

    assert ["clients/-.json", "clients/a-b-2.json", "clients/a-b.json"] == sorted(
        name for name in files if name.startswith("clients/")
    )


@pytest.mark.parametrize("text", ["yes", "012", "1e5", "0x1f", "2026-01-01", "~", "a: b", "x\ny\n"])
def test_texts_stay_texts_for_readers_of_old_and_new_yaml(text: str) -> None:
    """PyYAML reads YAML 1.1, the Deploy CLI 1.2: both must find the text that was exported."""
    written_ = written.as_yaml({"tenant": {"friendly_name": text}}, ())

    assert text == load_text("f.yaml", written_, {}).root["tenant"]["friendly_name"]
    assert text == yaml.safe_load(written_)["tenant"]["friendly_name"]


@pytest.mark.parametrize("layout", ["yaml", "directory"])
async def test_text_that_looks_like_a_variable_is_filled_by_no_environment(
    house: House, tmp_path: Path, layout: str
) -> None:
    """Whoever may name a client, or write a rule, reads nothing of the operator's environment."""
    looks = [{"name": "##HOME## @@HOME@@", "description": "##HOME##\n@@HOME@@",
              "client_metadata": {"##HOME##": "@@HOME@@"}}]  # fmt: skip
    rules = [{"name": "Peek", "script": "x('##HOME##', @@HOME@@);\n", "enabled": True}]
    await apply({"clients": looks, "rules": rules}, house.parts)
    put(tmp_path, await files_of(house, layout))

    environ = {"HOME": "a secret\n# of the operator"}
    path = tmp_path if layout == "directory" else tmp_path / "tenant.yaml"
    again = await apply(load(path, environ).root, house.parts)

    assert [] == [change for change in again.changes if change.action != "unchanged"]


def test_script_without_variables_is_still_a_file_of_its_own() -> None:
    """As the Deploy CLI writes it, a heading of Markdown included."""
    rule = {"name": "Plain", "script": "// ## A heading\nx();\n"}

    files = written.as_yaml_files({"rules": [rule]}, (), "tenant.yaml")

    assert rule["script"] == files["rules/Plain.js"]


async def test_own_section_is_exported_when_it_says_anything(house: House) -> None:
    """A file without it goes back to Auth0's tools as it is; they refuse one that has it."""
    await applied(house, "x-gateword-attack-protection: {account_cap: 100}")
    before = (await exported(house.parts)).document
    await applied(house, "x-gateword-attack-protection: {account_cap: 50}")

    after = (await exported(house.parts)).document

    assert "x-gateword-attack-protection" not in before
    section = after["x-gateword-attack-protection"]
    assert isinstance(section, dict)
    assert (50, "auth0") == (section["account_cap"], section["lockout_style"])
    assert "attack-protection/x-gateword.json" in written.as_folder(after)


async def test_settings_of_second_factors_are_exported_when_they_say_anything(
    house: House,
) -> None:
    """As the other sections of our own, in both formats."""
    before = (await exported(house.parts)).document

    await applied(house, "x-gateword-mfa: {first_enrollment: ticket}")
    after = (await exported(house.parts)).document

    assert "x-gateword-mfa" not in before
    section = after["x-gateword-mfa"]
    assert isinstance(section, dict)
    assert ("ticket", 1) == (section["first_enrollment"], section["otp_window"])
    assert "x-gateword-mfa.json" in written.as_folder(after)


async def test_settings_of_scripts_are_exported_when_they_say_anything(house: House) -> None:
    """As the other section of our own, in both formats."""
    await applied(house, "x-gateword-scripts: {allowed_hosts: [a.example]}")
    after = (await exported(house.parts)).document
    files = written.as_folder(after)
    await applied(house, "x-gateword-scripts: {allowed_hosts: null}")

    before = (await exported(house.parts)).document

    assert "x-gateword-scripts" not in before
    section = after["x-gateword-scripts"]
    assert isinstance(section, dict)
    assert (["a.example"], False) == (section["allowed_hosts"], section["mask_runtime_errors"])
    assert "x-gateword-scripts.json" in files
