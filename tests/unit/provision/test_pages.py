import re
from pathlib import Path

import pytest

from gateword.policy import documented
from gateword.policy.client_document import GRANT_TYPES
from gateword.provision.plan import LATER, SECTIONS
from gateword.provision.user_items import PROFILE
from tests.support.house import House
from tests.unit.provision.applying import applied

DOCS = Path(__file__).resolve().parents[3] / "docs"
REFERENCE = (DOCS / "reference" / "config-as-code.md").read_text(encoding="utf-8")
HOW_TO = (DOCS / "how-to" / "apply-a-tenant-file.md").read_text(encoding="utf-8")
MEMBERS = {
    *documented.TENANT, *documented.FLAGS, *documented.OWN_FLAGS, *documented.CLIENT,
    *documented.CONNECTION, *documented.CONNECTION_OPTIONS, *documented.RESOURCE_SERVER,
    *documented.CLIENT_GRANT,
}  # fmt: skip


@pytest.mark.parametrize("name", sorted({*MEMBERS, *LATER, *PROFILE, *dict(SECTIONS)}))
def test_what_a_file_may_hold_is_in_the_reference(name: str) -> None:
    """Every member, and every section that is refused, is named on the page."""
    assert re.search(rf"`(options\.)?{re.escape(name)}`", REFERENCE)


def test_grant_types_in_the_pages_exist() -> None:
    """A copied grant type must not be refused."""
    named = set(re.findall(r"http://auth0\.com/oauth/grant-type/[a-z-]+", REFERENCE + HOW_TO))

    assert named
    assert named <= set(GRANT_TYPES)


async def test_file_of_the_how_to_applies(house: House) -> None:
    """What people copy works, and works twice."""
    (text,) = re.findall(r"```yaml\n(.*?)```", HOW_TO, re.DOTALL)
    environ = {"SHOP_SECRET": "s" * 64, "ANN_PASSWORD": "Correct horse battery staple"}

    assert await applied(house, text, **environ)
    assert [] == await applied(house, text, **environ)
