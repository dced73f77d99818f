"""The demo's three rules, each alone in an engine, on any day and from any address."""

import json
from pathlib import Path
from typing import Any

import pytest
import quickjs

RULES = Path(__file__).parents[2] / "demo" / "rules"
CLAIM = "https://pine.example/department"
TUESDAY, SATURDAY = "2026-11-17T12:00:00Z", "2026-11-21T12:00:00Z"
OUTCOME = """
globalThis.console = { log() {} };
globalThis.UnauthorizedError = class extends Error {};
const RealDate = Date;
globalThis.Date = class extends RealDate { constructor() { super(given.now); } };
globalThis.configuration = given.configuration;
let answer;
rule(given.user, given.context, (error, user, context) => {
  answer = error ? { denied: error.message } : context;
});
JSON.stringify(answer);
"""


def outcome(
    rule: str,
    *,
    realm: str = "Employees",
    ip: str = "203.0.113.9",
    now: str = TUESDAY,
    protocol: str = "oauth2-password",
    methods: tuple[str, ...] = ("pwd",),
    app_metadata: dict[str, str] | None = None,
    **configuration: str,
) -> dict[str, Any]:
    """Run one rule; return the context it left, or `denied` with its words."""
    context = {
        "connection": realm,
        "protocol": protocol,
        "request": {"ip": ip},
        "authentication": {"methods": [{"name": name} for name in methods]},
        "accessToken": {},
        "idToken": {},
    }
    user: dict[str, object] = {"email": "ann@pine.example"}
    if app_metadata is not None:
        user["app_metadata"] = app_metadata
    given = {"user": user, "context": context, "configuration": configuration, "now": now}
    script = (RULES / f"{rule}.js").read_text()
    engine = quickjs.Context()
    engine.eval(f"globalThis.given = {json.dumps(given)}; globalThis.rule = (\n{script}\n);")
    answer: dict[str, Any] = json.loads(engine.eval(OUTCOME))
    return answer


def test_department_when_employee_comes_from_app_metadata() -> None:
    """Both tokens carry the department that the employee's app_metadata names."""
    left = outcome("add-the-department", app_metadata={"department": "Joinery"})

    assert {CLAIM: "Joinery"} == left["accessToken"] == left["idToken"]


def test_department_when_customer_is_customer_care() -> None:
    """A customer, who has no app_metadata at all, belongs to those who look after customers."""
    left = outcome("add-the-department", realm="Customers")

    assert {CLAIM: "Customer care"} == left["accessToken"]


def test_department_when_unknown_adds_nothing() -> None:
    """An employee without a department gets no claim rather than an empty one."""
    assert {} == outcome("add-the-department", app_metadata={})["accessToken"]


@pytest.mark.parametrize(
    ("closed", "now", "denied"),
    [
        ("none", SATURDAY, False),
        ("Saturday, Sunday", SATURDAY, True),
        ("Saturday,Sunday", SATURDAY, True),
        ("Saturday, Sunday", TUESDAY, False),
        ("Saturday, Sunday, Tuesday", TUESDAY, True),
    ],
)
def test_weekend_when_configured_denies_employees(closed: str, now: str, *, denied: bool) -> None:
    """Employees are denied on the days that are configured, and on no other."""
    left = outcome("closed-at-weekends", now=now, CLOSED_DAYS=closed)

    assert denied == ("denied" in left)


def test_weekend_without_configuration_lets_everybody_in() -> None:
    """A tenant that forgot the value is open."""
    assert "denied" not in outcome("closed-at-weekends", now=SATURDAY)


def test_weekend_never_denies_customers() -> None:
    """Customers look at their orders on any day."""
    left = outcome(
        "closed-at-weekends", realm="Customers", now=SATURDAY, CLOSED_DAYS="Saturday, Sunday"
    )

    assert "denied" not in left


def test_weekend_when_denying_names_the_day() -> None:
    """The text that the person reads names the day."""
    left = outcome("closed-at-weekends", now=SATURDAY, CLOSED_DAYS="Saturday")

    assert "The workshop is closed on Saturday. Enjoy your day off!" == left["denied"]


@pytest.mark.parametrize(
    ("networks", "ip", "inside"),
    [
        ("127.0.0.0/8, ::1", "127.0.0.1", True),
        ("127.0.0.0/8, ::1", "::1", True),
        ("127.0.0.0/8, ::1", "128.0.0.1", False),
        ("127.0.0.0/8, ::1", "2001:db8::7", False),
        ("203.0.113.0/25", "203.0.113.127", True),
        ("203.0.113.0/25", "203.0.113.128", False),
        ("203.0.113.9", "203.0.113.9", True),
        ("", "203.0.113.9", False),
        ("office", "203.0.113.9", False),
        ("office/8", "2001:db8::7", False),
    ],
)
def test_office_decides_who_needs_a_second_factor(networks: str, ip: str, *, inside: bool) -> None:
    """Whoever is in none of the networks needs more; what cannot be read holds nobody."""
    left = outcome("second-factor-outside-the-office", ip=ip, OFFICE_NETWORKS=networks)

    assert inside == ("multifactor" not in left)


@pytest.mark.parametrize(
    "spared",
    [
        {"protocol": "oauth2-refresh-token"},
        {"methods": ("pwd", "mfa")},
        {"realm": "Customers"},
    ],
    ids=["renewal", "factor given", "customer"],
)
def test_office_when_nothing_can_be_asked_asks_nothing(spared: dict[str, Any]) -> None:
    """Renewals, logins with a factor, and customers are left alone, wherever they come from."""
    left = outcome("second-factor-outside-the-office", OFFICE_NETWORKS="127.0.0.0/8", **spared)

    assert "multifactor" not in left
