from gateword.policy.members import Fault, Members, shown


def read(document: dict[str, object]) -> Members:
    """Return a reader of the document."""
    return Members(document, ("clients", 0), [])


def test_absent_keeps_and_null_resets() -> None:
    """What a document leaves out stays; null goes back to the default."""
    members = read({"gone": None})

    assert ("kept", "reset") == (
        members.text("absent", "kept", "reset"),
        members.text("gone", "kept", "reset"),
    )
    assert (7, 1) == (members.whole("absent", 7, 1, most=9), members.whole("gone", 7, 1, most=9))
    assert (True, False) == (
        members.flag("absent", kept=True, reset=False),
        members.flag("gone", kept=True, reset=False),
    )
    assert [] == members.faults


def test_number_where_text_belongs_is_a_fault() -> None:
    """Nothing is coerced: an unquoted number is no client secret."""
    members = read({"client_secret": 12345})

    assert members.secret("client_secret") is None
    assert ("clients", 0, "client_secret") == members.faults[0].path
    assert "put it in quotes" in members.faults[0].text


def test_truth_is_no_number() -> None:
    """`true` is not the number one."""
    members = read({"token_lifetime": True})

    assert 60 == members.whole("token_lifetime", 60, 60, most=99)
    assert 1 == len(members.faults)


def test_unknown_member_names_the_nearest() -> None:
    """A misspelt member is refused with the one that was meant."""
    members = read({"grant_type": ["password"]})
    members.texts("grant_types", ())

    members.only()

    expected = Fault(("clients", 0, "grant_type"), "unknown member; did you mean grant_types?")
    assert [expected] == members.faults


def test_choice_names_the_nearest_or_lists_them() -> None:
    """A value that is not on the list is shown beside the one that was meant."""
    members = read({"grant_types": ["passwrd"], "policy": "zzz"})

    assert () == members.texts("grant_types", ("x",), choices=("password", "implicit"))
    assert "good" == members.text("policy", "good", choices=("good", "low"))
    assert "did you mean password?" in members.faults[0].text
    assert "one of good, low" in members.faults[1].text


def test_number_out_of_bounds_is_a_fault() -> None:
    """Both bounds are included; beyond them the kept value stands."""
    members = read({"low": 0, "high": 10, "over": 11})

    assert [0, 10, 5] == [members.whole(name, 5, 5, most=10) for name in ("low", "high", "over")]
    assert ["must be 0 to 10"] == [fault.text for fault in members.faults]


def test_documented_members_are_kept_and_null_takes_them_away() -> None:
    """Members without effect here are stored as they came."""
    members = read({"logo_uri": "https://x.example/l.png", "sso": None})

    kept = members.others({"sso": True, "old": 1}, ("logo_uri", "sso"))

    assert {"old": 1, "logo_uri": "https://x.example/l.png"} == kept


def test_path_is_shown_as_people_write_it() -> None:
    """Members follow a dot, positions stand in brackets."""
    assert "clients[0].grant_types[1]" == shown(("clients", 0, "grant_types", 1))
