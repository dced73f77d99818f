"""What scripts want, as far as it can be seen in them."""

import pytest

from gateword.policy import script_modules


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("require('lodash')", ("lodash",)),
        ('require("lodash@4.17.10")', ("lodash",)),
        ("require( `moment` )", ("moment",)),
        ("require('@auth0/rule-utilities@0.1.0')", ("@auth0/rule-utilities",)),
        ("require('node:crypto')", ("crypto",)),
        ("require('mongodb')", ()),
        ("require(name)", ()),
        ("request.get('x')", ("request",)),
        ("request({})", ("request",)),
        ("context.request.ip", ()),
        ("new URL(x)", ("web-url",)),
        ("_.get(user)", ("lodash",)),
        ("function (user, _, callback) {}", ()),
        ("Buffer.from('x')", ("buffer",)),
        ("auth0.users.updateAppMetadata()", ("rule-auth0",)),
        ("f(user, auth0)", ("rule-auth0",)),
        ("'https://x.auth0.com/'", ()),
        ("require('auth0')", ("auth0",)),
    ],
)
def test_modules_are_made_ready_for_who_names_them(source: str, wanted: tuple[str, ...]) -> None:
    """Others are found as the script asks for them, and it begins again."""
    assert wanted == script_modules.wanted([source])


def test_missing_modules_are_told_in_their_order() -> None:
    """Once each, without their version."""
    source = "require('tedious'); require('lodash'); require('mongodb@3'); require('tedious')"

    assert ["tedious", "mongodb"] == script_modules.missing(source)
