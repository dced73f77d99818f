"""What operators deploy with names what there is: settings, routes, this version, its files."""

import configparser
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml

from gateword.setting_values import FILE_SUFFIX
from gateword.settings import PREFIX, Settings
from scripts import sizing

ROOT = Path(__file__).resolve().parents[3]
DEPLOY = ROOT / "deploy"
BASE = DEPLOY / "kubernetes" / "base"
PROBES = {"/livez", "/readyz"}
OWN_OF_COMPOSE = {"GATEWORD_IMAGE", "GATEWORD_DOMAIN", "GATEWORD_HTTPS_PORT"}


def yaml_files() -> list[Path]:
    """Return every YAML file that operators are given."""
    return sorted(DEPLOY.rglob("*.yaml"))


def compose() -> dict[str, Any]:
    """Return the compose file; merges are resolved."""
    document: dict[str, Any] = yaml.safe_load((DEPLOY / "compose" / "compose.yaml").read_text())
    return document


def pod() -> dict[str, Any]:
    """Return what the deployment makes."""
    document = yaml.safe_load((BASE / "deployment.yaml").read_text())
    spec: dict[str, Any] = document["spec"]["template"]["spec"]
    return spec


def containers() -> list[dict[str, Any]]:
    """Return the pod's containers, the first one's too that only prepares."""
    return [*pod()["initContainers"], *pod()["containers"]]


def named_in(path: Path) -> set[str]:
    """Return the variables with our prefix in a file's text."""
    return set(re.findall(rf"\b{PREFIX}[A-Z0-9_]+", path.read_text("utf-8")))


def deployed() -> Iterator[Path]:
    """Return every file that is deployed with, and the pages about it."""
    yield from (path for path in DEPLOY.rglob("*") if path.is_file())
    yield from (ROOT / "docs" / "how-to").glob("deploy-*.md")
    yield ROOT / "docs" / "how-to" / "run-with-systemd.md"


@pytest.mark.parametrize("path", yaml_files(), ids=lambda path: path.name)
def test_yaml_is_read(path: Path) -> None:
    """Every file holds one document with something in it."""
    assert yaml.safe_load(path.read_text("utf-8"))


def test_variables_are_settings() -> None:
    """A variable that no setting has would be passed over without a word."""
    known = {f"{PREFIX}{one.name.upper()}" for one in fields(Settings)}
    secret = {
        f"{PREFIX}{one.name.upper()}{FILE_SUFFIX}" for one in fields(Settings) if not one.repr
    }
    named = set[str]().union(*map(named_in, deployed()))
    assert set() == named - known - secret - OWN_OF_COMPOSE


def test_probes_are_routes() -> None:
    """What supervisors ask is there."""
    asked = {
        probe["httpGet"]["path"]
        for container in pod()["containers"]
        for name, probe in container.items()
        if name.endswith("Probe")
    }
    routes = (ROOT / "src" / "gateword" / "web" / "routes.py").read_text("utf-8")
    assert PROBES == asked
    assert all(f'"{path}"' in routes for path in PROBES)
    proxied = (DEPLOY / "compose" / "haproxy.cfg").read_text("utf-8")
    assert all(f"GET {path}\n" in proxied for path in PROBES)
    assert "'/livez'" in (DEPLOY / "container" / "Containerfile").read_text("utf-8")


def test_version_is_this_one() -> None:
    """Image, compose and manifests name the version that the package has."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    kustomization = yaml.safe_load((BASE / "kustomization.yaml").read_text("utf-8"))
    label = f'image.version="{version}"'
    assert [version] == [image["newTag"] for image in kustomization["images"]]
    assert f"${{GATEWORD_IMAGE:-gateword:{version}}}" == compose()["services"]["node1"]["image"]
    assert label in (DEPLOY / "container" / "Containerfile").read_text("utf-8")


def test_pod_has_no_right_that_it_does_not_need() -> None:
    """Nobody's root, a read-only file system, no capability, the engine's seccomp filter."""
    assert True is pod()["securityContext"]["runAsNonRoot"]
    assert {"type": "RuntimeDefault"} == pod()["securityContext"]["seccompProfile"]
    confined = {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert [confined, confined] == [one["securityContext"] for one in containers()]


def test_pod_is_not_told_the_port_of_its_service() -> None:
    """Kubernetes would set GATEWORD_PORT to tcp://…, and the server would not start."""
    assert False is pod()["enableServiceLinks"]


def test_pod_hashes_on_the_cores_it_asked_for() -> None:
    """The machine's cores are not the pod's, and each thread keeps 19 MiB."""
    env = {one["name"]: one for one in pod()["containers"][0]["env"]}
    asked = env["GATEWORD_HASH_THREADS"]["valueFrom"]["resourceFieldRef"]["resource"]
    assert "requests.cpu" == asked
    assert "cpu" not in pod()["containers"][0]["resources"]["limits"]


def test_compose_has_no_password() -> None:
    """Secrets come from files that make-secrets makes, each of them; none has a default."""
    document = compose()
    made = (DEPLOY / "compose" / "make-secrets").read_text("utf-8")
    files = [Path(one["file"]).name for one in document["secrets"].values()]
    assert all(f"keep {name}" in made for name in files)
    assert not re.search(r"password:|PASSWORD:|requirepass", str(document))


def test_compose_nodes_are_confined() -> None:
    """Nodes and what prepares them: read-only, without capabilities, reached by the proxy alone."""
    services: Mapping[str, Any] = compose()["services"]
    nodes = [services[name] for name in ("init", "node1", "node2")]
    assert [True] * 3 == [one["read_only"] for one in nodes]
    assert [["ALL"]] * 3 == [one["cap_drop"] for one in nodes]
    assert ["haproxy"] == [name for name, one in services.items() if "ports" in one]


def test_proxy_is_trusted_in_compose() -> None:
    """The network that HAProxy speaks from is the one whose addresses are believed."""
    document = compose()
    (edge,) = document["networks"]["edge"]["ipam"]["config"]
    assert (
        edge["subnet"] == document["services"]["node1"]["environment"]["GATEWORD_TRUSTED_PROXIES"]
    )


def test_manifests_trust_no_proxy_by_themselves() -> None:
    """Whose X-Forwarded-For is believed is said by who knows the cluster; the example does."""
    trusting = {
        path.parent.name for path in BASE.parent.rglob("*") if path.is_file()
        and "GATEWORD_TRUSTED_PROXIES" in named_in(path)
    }  # fmt: skip
    assert {"example"} == trusting


def test_image_is_made_of_what_there_is() -> None:
    """The list of what gets in names files of the checkout, and starts from nothing."""
    lines = (DEPLOY / "container" / "Containerfile.dockerignore").read_text("utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    missing = [rule for rule in rules if rule.startswith("!") and not [*ROOT.glob(rule[1:])]]
    assert "*" == rules[0]
    assert [] == missing


def test_image_installs_the_extras_of_a_server() -> None:
    """Valkey and traces can be used from the image."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    text = (DEPLOY / "container" / "Containerfile").read_text("utf-8")
    wanted = extras["optional-dependencies"].keys() - {"demo"}
    assert wanted == set(re.findall(r"--extra (\w+)", text))


def test_unit_is_confined() -> None:
    """The service gains no right, and writes nothing but its own folder."""
    service = _unit()["Service"]
    wanted = {"NoNewPrivileges": "yes", "ProtectSystem": "strict", "CapabilityBoundingSet": ""}
    assert wanted == {name: service[name] for name in wanted}


def test_unit_comes_back_however_it_ended() -> None:
    """A signal that ends it in good order, from nobody's hand, does not leave it ended."""
    assert "always" == _unit()["Service"]["Restart"]


def test_sizing_page_shows_what_the_figures_come_to() -> None:
    """The tables of the page are those of scripts/sizing."""
    page = (ROOT / "docs" / "explanation" / "sizing.md").read_text("utf-8")
    assert sizing.table(sizing.Figures()) in page
    assert sizing.limits(sizing.Figures()) in page


def test_sizing_grows_with_the_rate() -> None:
    """Ten times the logins need ten times the cores, and one node more than that is a spare."""
    told = sizing.Figures()
    assert sizing.node_cores(1_000, told) == pytest.approx(10 * sizing.node_cores(100, told))
    assert 2 == sizing.nodes(10, told)
    assert {"commits": 1, "log counters": 1, "cores": 1} == sizing.databases(100, told)


def _unit() -> configparser.RawConfigParser:
    """Return the systemd unit."""
    unit = configparser.RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # how the library is told so
    unit.read(DEPLOY / "systemd" / "gateword.service", "utf-8")
    return unit
