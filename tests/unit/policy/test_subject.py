from gateword.policy import subject


def test_account_and_name_never_share_a_subject() -> None:
    """A name of nobody is counted apart from every account, whatever its digest looks like."""
    assert "u7" == subject.of_user(7)
    assert "n7" == subject.of_name("7")
    assert subject.of_user(7) != subject.of_user(71)
