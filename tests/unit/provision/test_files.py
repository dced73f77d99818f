import json
from pathlib import Path

import pytest

from gateword.provision.files import load, load_text
from gateword.provision.variables import BadFile

SCRIPT = "function login(email, password, callback) {\n  callback(null);\n}\n"


def put(folder: Path, files: dict[str, object]) -> Path:
    """Write files by path below a folder; what is no text is written as JSON."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = content if isinstance(content, str) else json.dumps(content, indent=2)
        path.write_text(text, encoding="utf-8")
    return folder


def faults_of(path: Path, **environ: str) -> list[str]:
    """Return the faults of a file or folder, without the folder's own name."""
    with pytest.raises(BadFile) as bad:
        load(path, environ)
    folder = path if path.is_dir() else path.parent
    return [line.replace(f"{folder}/", "") for line in bad.value.lines]


def test_scripts_beside_a_yaml_file_are_read(tmp_path: Path) -> None:
    """A member that names a file becomes its content, with variables filled in."""
    put(tmp_path, {
        "tenant.yaml": (
            "rules: [{name: A, script: ./rules/A.js}]\n"
            "databases: [{name: D, options: {customScripts: {login: ./databases/D/login.js}}}]\n"
            "actions: [{name: G, code: ./actions/G/code.js}]\n"
            "clients: [{name: C, custom_login_page: ./C_page.html}]\n"
        ),
        "rules/A.js": 'const key = "##KEY##", list = @@LIST@@;',
        "databases/D/login.js": SCRIPT,
        "actions/G/code.js": "exports.x = 1;\r\n",
        "clients/C_page.html": "<h1>Hello</h1>",
    })  # fmt: skip

    root = load(tmp_path / "tenant.yaml", {"KEY": "k", "LIST": "[1]"}).root

    assert {
        "rules": [{"name": "A", "script": 'const key = "k", list = [1];'}],
        "databases": [{"name": "D", "options": {"customScripts": {"login": SCRIPT}}}],
        "actions": [{"name": "G", "code": "exports.x = 1;\r\n"}],
        "clients": [{"name": "C", "custom_login_page": "<h1>Hello</h1>"}],
    } == root


def test_script_may_stand_in_the_file_itself() -> None:
    """Only one line that ends like a file's name is one."""
    text = "rules:\n- name: A\n  script: |\n    // see ./rules/A.js\n    x();\n"

    root = load_text("f.yaml", text, {}).root

    assert {"rules": [{"name": "A", "script": "// see ./rules/A.js\nx();\n"}]} == root


@pytest.mark.parametrize("reference", ["../secret.js", "/etc/secret.js", "rules/../../secret.js"])
def test_nothing_outside_the_folder_is_read(tmp_path: Path, reference: str) -> None:
    """A file from a stranger cannot fetch others from the machine."""
    folder = put(tmp_path / "config", {"t.yaml": f"rules: [{{name: A, script: {reference}}}]"})
    put(tmp_path, {"secret.js": "hush"})

    assert [f"t.yaml:1: rules[0].script: {reference} is outside the folder of this file"] == (
        faults_of(folder / "t.yaml")
    )


def test_link_that_leads_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    """Nor is a symbolic link a way out."""
    folder = put(tmp_path / "config", {"t.yaml": "rules: [{name: A, script: ./A.js}]"})
    put(tmp_path, {"secret.js": "hush"})
    (folder / "A.js").symlink_to(tmp_path / "secret.js")

    assert ["t.yaml:1: rules[0].script: ./A.js is outside the folder of this file"] == (
        faults_of(folder / "t.yaml")
    )


def test_standard_input_has_no_folder() -> None:
    """A text that came from nowhere names no files."""
    with pytest.raises(BadFile) as bad:
        load_text("<stdin>", "rules: [{name: A, script: ./rules/A.js}]", {})

    assert "is outside the folder" in str(bad.value)


def test_all_faults_of_scripts_are_told_at_once(tmp_path: Path) -> None:
    """A missing file, and a variable that is not set, each with its place."""
    put(tmp_path, {
        "t.yaml": "rules:\n- {name: A, script: ./A.js}\n- {name: B, script: ./B.js}\n",
        "B.js": "x();\ny('##KEY##');\n",
    })  # fmt: skip

    assert [
        "t.yaml:2: rules[0].script: ./A.js is no file",
        "B.js:2: the environment variable KEY is not set",
    ] == faults_of(tmp_path / "t.yaml")


def test_folder_is_read_as_the_deploy_cli_writes_it(tmp_path: Path) -> None:
    """Each file stands for an item or an object, with variables filled in."""
    put(tmp_path, {
        "tenant.json": {"friendly_name": "Shop"},
        "clients/Shop.json": {"name": "##NAME##", "callbacks": "@@URLS@@"},
        "resource-servers/Orders.json": {"identifier": "https://o.example/"},
        "grants/Shop-Orders.json": {"client_id": "Shop", "audience": "https://o.example/"},
        "roles/Clerk.json": {"name": "Clerk"},
        "rules-configs/KEY.json": {"key": "KEY", "value": "v"},
        "triggers/triggers.json": {"post-login": [{"action_name": "G"}]},
        "attack-protection/brute-force-protection.json": {"enabled": True},
        "attack-protection/captcha.json": {},
        "attack-protection/x-gateword.json": {"account_cap": 50},
        "x-gateword-scripts.json": {"allowed_hosts": ["a.example"]},
        "x-gateword-mfa.json": {"first_enrollment": "ticket"},
        "guardian/factors/otp.json": {"name": "otp", "enabled": True},
        "guardian/policies.json": {"policies": []},
        "log-streams/S.json": {"name": "S", "type": "file"},
    })  # fmt: skip

    root = load(tmp_path, {"NAME": "Shop", "URLS": '["https://s.example/"]'}).root

    assert {
        "tenant": {"friendly_name": "Shop"},
        "clients": [{"name": "Shop", "callbacks": ["https://s.example/"]}],
        "resourceServers": [{"identifier": "https://o.example/"}],
        "clientGrants": [{"client_id": "Shop", "audience": "https://o.example/"}],
        "roles": [{"name": "Clerk"}],
        "rulesConfigs": [{"key": "KEY", "value": "v"}],
        "triggers": {"post-login": [{"action_name": "G"}]},
        "attackProtection": {"bruteForceProtection": {"enabled": True}, "captcha": {}},
        "x-gateword-attack-protection": {"account_cap": 50},
        "x-gateword-scripts": {"allowed_hosts": ["a.example"]},
        "x-gateword-mfa": {"first_enrollment": "ticket"},
        "guardianFactors": [{"name": "otp", "enabled": True}],
        "guardianPolicies": {"policies": []},
        "logStreams": [{"name": "S", "type": "file"}],
    } == root


def test_scripts_of_a_folder_lie_where_the_deploy_cli_puts_them(tmp_path: Path) -> None:
    """Beside the file that names them; those of Actions are named from the top."""
    put(tmp_path, {
        "database-connections/D/database.json": {
            "name": "D", "options": {"customScripts": {"login": "./login.js"}}
        },
        "database-connections/D/login.js": SCRIPT,
        "rules/A.json": {"name": "A", "script": "./A.js"},
        "rules/A.js": "x();",
        "actions/G.json": {"name": "G", "code": "./actions/G/code.js"},
        "actions/G/code.js": "y();",
        "emails/reset_email.json": {"template": "reset_email", "body": "./reset_email.html"},
        "emails/reset_email.html": "<p>Hello</p>",
        "emails/provider.json": {},
    })  # fmt: skip

    assert {
        "databases": [{"name": "D", "options": {"customScripts": {"login": SCRIPT}}}],
        "rules": [{"name": "A", "script": "x();"}],
        "actions": [{"name": "G", "code": "y();"}],
        "emailTemplates": [{"template": "reset_email", "body": "<p>Hello</p>"}],
        "emailProvider": [{}],
    } == load(tmp_path, {}).root


def test_unsupported_files_of_a_folder_keep_their_section(tmp_path: Path) -> None:
    """So that they can be named, or seen to be empty."""
    put(tmp_path, {
        "branding/branding.json": {"logo_url": "x"},
        "hooks/h.json": {"name": "h"},
        "prompts/prompts.json": {},
        "custom-domains/custom-domains.json": [],
    })  # fmt: skip

    source = load(tmp_path, {})

    assert {
        "branding": [{"logo_url": "x"}], "hooks": [{"name": "h"}], "prompts": [{}],
        "customDomains": [[]],
    } == source.root  # fmt: skip
    assert f"{tmp_path}/hooks:1" == source.place(("hooks",))


def test_place_in_a_folder_is_file_and_line(tmp_path: Path) -> None:
    """Lines are counted in each file by itself."""
    put(tmp_path, {"clients/A.json": {"name": "A"}, "clients/B.json": {"name": "B", "x": 1}})

    source = load(tmp_path, {})

    assert f"{tmp_path}/clients/B.json:3" == source.place(("clients", 1, "x"))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{", "1: no JSON: Expecting property name enclosed in double quotes"),
        ('{\n  "name": "A"\n  "b": 1\n}', "3: no JSON: Expecting ',' delimiter"),
        ('{"name": "A", "name": "B"}', "1: name stands twice"),
        ('{"name": "A\\u0000"}', "1: holds a character that cannot be stored"),
        ("[" * 100 + "]" * 100, "1: no JSON, too large a number, or over 32 levels"),
    ],
)
def test_malformed_json_names_the_line(tmp_path: Path, text: str, fault: str) -> None:
    """In the words of the reader, without the text around it."""
    put(tmp_path, {"clients/A.json": text})

    assert [f"clients/A.json:{fault}"] == faults_of(tmp_path)


def test_json_holds_every_character_that_json_may(tmp_path: Path) -> None:
    """Line separators, DEL and pairs of surrogates are no trouble."""
    put(tmp_path, {"clients/A.json": '{\t"name": "a\u2028b\x7fc\\ud83d\\ude00"}'})

    assert {"clients": [{"name": "a\u2028b\x7fc\U0001f600"}]} == load(tmp_path, {}).root


def test_folder_without_any_file_of_the_format_is_refused(tmp_path: Path) -> None:
    """A mistyped path must not look like a tenant with nothing to do."""
    assert "holds no file of the Deploy CLI's directory format" in faults_of(tmp_path)[0]
