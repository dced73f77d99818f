import pytest

from gateword.accounts import letter_templates

WORDS = {
    "user": {"name": "<b>Zoë</b>", "email": "zoe@mail.example", "user_metadata": {"plan": "gold"}},
    "application": {},
    "url": "https://tenant.example/u?ticket=x#",
}


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Hello {{ user.name }}", "Hello &lt;b&gt;Zoë&lt;/b&gt;"),
        ("{{ user.user_metadata.plan | upper }}", "GOLD"),
        ("{{ user['email'] }}", "zoe@mail.example"),
        ("{{ application.name }}!", "!"),
        ("{{ user.nothing.at }}", None),
        ("{% if user.email == 'zoe@mail.example' and not x %}yes{% else %}no{% endif %}", "yes"),
        ("{{ nobody | default('friend') }}", "friend"),
        ("<a href='{{ url }}'>go</a>", "<a href='https://tenant.example/u?ticket=x#'>go</a>"),
    ],
)
def test_template_prints_names(source: str, text: str | None) -> None:
    """Names are filled in and escaped; what is not there is empty, however deep it is asked for."""
    assert (text or "") == letter_templates.filled(source, WORDS, html=True)


def test_subject_is_not_escaped() -> None:
    """Outside HTML there is nothing to escape."""
    assert "a & <b>Zoë</b>" == letter_templates.filled("a & {{ user.name }}", WORDS, html=False)


@pytest.mark.parametrize(
    "source",
    [
        "{% for x in user %}{{ x }}{% endfor %}",
        "{{ 'x' * 1000000000 }}",
        "{{ 9 ** 999999 }}",
        "{{ user.name.join(x) }}",
        "{{ user | center(1000000000) }}",
        "{{ user | map('upper') }}",
        "{% set x = 1 %}",
        "{% macro m() %}{% endmacro %}",
        "{% include 'reset_email.html' %}",
        "{% extends 'letter.html' %}",
        "{{ user ~ user }}",
        "{{ [user] }}",
        "{{ user.__class__ }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ user['__class__'] }}",
        "{{ user",
        "{% unknown %}",
        "{{ " + "(" * 5000 + ")" * 5000 + " }}",
        "x" * 65_537,
        "{{ a" + ".a" * 30_000 + " }}",
        "{{ a" + "[0]" * 15_000 + " }}",
        "{{ a" + " and a" * 8000 + " }}",
        "{{ a" + "|upper" * 9000 + " }}",
        "{{ a" + " == a" * 8000 + " }}",
        "{% if a %}" + "{% elif b %}x" * 4000 + "{% endif %}",
        "{{ " + "9" * 5000 + " }}",
    ],
)
def test_template_cannot_loop_call_or_count(source: str) -> None:
    """What could make much of little, or reach anything else, is refused before it is stored."""
    assert letter_templates.fault(source) is not None
    with pytest.raises(ValueError, match=r"\w"):
        letter_templates.filled(source, WORDS, html=True)


def test_template_that_trips_over_a_value_is_a_fault() -> None:
    """What can only go wrong when it is filled in is said then, in one kind of error."""
    with pytest.raises(ValueError, match="TypeError"):
        letter_templates.filled("{% if user.name < 3 %}x{% endif %}", WORDS, html=True)


@pytest.mark.parametrize("source", ["{{ '\\ud800' }}", "{{ '\\x00' }}", "{{ long }}" * 3])
def test_what_no_letter_can_hold_is_a_fault(source: str) -> None:
    """A lone half of a surrogate pair, NUL, and much more than was written."""
    with pytest.raises(ValueError, match="ValueError"):
        letter_templates.filled(source, {"long": "x" * 500_000}, html=False)


@pytest.mark.parametrize("name", ["items", "keys", "update", "get"])
def test_names_are_those_of_the_user_only(name: str) -> None:
    """What Python's objects can do has no name in a letter; a member of that name has."""
    empty, full = {"user_metadata": {}}, {"user_metadata": {name: "mine"}}
    source = "{{ user.user_metadata." + name + " }}"

    assert "" == letter_templates.filled(source, {"user": empty}, html=True)
    assert "mine" == letter_templates.filled(source, {"user": full}, html=True)
    assert "" == letter_templates.filled("{{ user.format }}", {"user": "text"}, html=True)


def test_lists_are_read_by_position() -> None:
    """An item of a list in the metadata is one, and one beyond its end is empty."""
    words = {"user": {"user_metadata": {"tags": ["a", "b"]}}}

    source = "{{ user.user_metadata.tags[1] }}{{ user.user_metadata.tags[2] }}"

    assert "b" == letter_templates.filled(source, words, html=True)


@pytest.mark.parametrize("name", ["verify_email", "reset_email"])
def test_our_own_letters_hold_the_link_and_escape_names(name: str) -> None:
    """Both forms hold the link whole; a name cannot bring mark-up along."""
    words = {**WORDS, "friendly_name": "<i>Shop</i>", "lifetime": "5 days", "subject": "S"}

    html = letter_templates.own(f"{name}.html", words)
    text = letter_templates.own(f"{name}.txt", words)

    assert 'href="https://tenant.example/u?ticket=x#"' in html
    assert "<i>" not in html
    assert "\nhttps://tenant.example/u?ticket=x#\n" in text
