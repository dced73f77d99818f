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


@pytest.mark.parametrize("name", ["verify_email", "reset_email"])
def test_our_own_letters_hold_the_link_and_escape_names(name: str) -> None:
    """Both forms hold the link whole; a name cannot bring mark-up along."""
    words = {**WORDS, "friendly_name": "<i>Shop</i>", "lifetime": "5 days", "subject": "S"}

    html = letter_templates.own(f"{name}.html", words)
    text = letter_templates.own(f"{name}.txt", words)

    assert 'href="https://tenant.example/u?ticket=x#"' in html
    assert "<i>" not in html
    assert "\nhttps://tenant.example/u?ticket=x#\n" in text
