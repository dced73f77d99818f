import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateword.policy.members import Fault
from gateword.provision.source import BadFile, Source, read


def faults_of(text: str, **environ: str) -> tuple[str, ...]:
    """Return the faults of a bad text."""
    with pytest.raises(BadFile) as bad:
        read("f.yaml", text, environ)
    return bad.value.lines


def root_of(text: str, **environ: str) -> object:
    """Return what a text holds."""
    return read("f.yaml", text, environ).root


def test_literal_marker_is_replaced_before_parsing() -> None:
    """`##NAME##` stands for text, also inside other text, and may become a number."""
    root = root_of('a: "https://##HOST##/"\nb: ##COUNT##\n', HOST="x.example", COUNT="60")

    assert {"a": "https://x.example/", "b": 60} == root


@pytest.mark.parametrize("marker", ["@@LIST@@", '"@@LIST@@"', "'@@LIST@@'"])
def test_json_marker_becomes_a_value(marker: str) -> None:
    """`@@NAME@@` stands for JSON, with or without quotes around it."""
    assert {"a": ["x", "y"]} == root_of(f"a: {marker}\n", LIST='["x", "y"]')


def test_json_marker_quotes_plain_text() -> None:
    """A value that is no JSON is taken as text, whatever is in it."""
    assert {"a": 'p: "q" # r'} == root_of("a: @@TEXT@@\n", TEXT='p: "q" # r')


def test_variable_that_is_not_set_names_line_and_variable() -> None:
    """All of them at once, with the nearest name that is set."""
    lines = faults_of("a: 1\nb: ##SHOP_SECRT##\nc: @@NONE@@\n", SHOP_SECRET="x")

    assert (
        "f.yaml:2: the environment variable SHOP_SECRT is not set; did you mean SHOP_SECRET?",
        "f.yaml:3: the environment variable NONE is not set",
    ) == lines


def test_marker_in_a_comment_needs_no_variable() -> None:
    """A comment may explain markers."""
    assert {"a": 1} == root_of("# fill in ##NAME##\na: 1\n")


def test_lines_are_those_of_the_file_after_a_long_replacement() -> None:
    """A value of several lines does not move what comes after it."""
    source = read("f.yaml", 'a: "##TEXT##"\nb: 1\n', {"TEXT": "one\n  two\n  three"})

    assert 2 == source.line(("b",))


@pytest.mark.parametrize("word", ["yes", "no", "on", "off", "2026-01-01", "012", "y"])
def test_words_of_old_yaml_are_text(word: str) -> None:
    """Scalars are those of YAML 1.2, as the tools that export these files write them."""
    assert {"a": word} == root_of(f"a: {word}\n")


def test_repeated_key_is_refused_with_both_lines() -> None:
    """The last of two keys must not win in silence."""
    assert ("f.yaml:3: name stands twice; first on line 2",) == faults_of(
        "clients:\n  - name: a\n    name: b\n"
    )


def test_alias_bomb_is_refused() -> None:
    """A few lines that stand for millions of values cost no more than a few lines."""
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]

    (line,) = faults_of("\n".join(levels))

    assert "too much" in line


def test_alias_to_itself_is_refused() -> None:
    """A value that holds itself has no end."""
    (line,) = faults_of("a: &a [*a]\n")

    assert "too much" in line


@pytest.mark.parametrize(
    "text", ["a: !!python/name:os.system x\n", "a: !!binary aGk=\n", "a: !x y\n"]
)
def test_tags_are_refused(text: str) -> None:
    """A file builds nothing but texts, numbers, switches, lists and mappings."""
    (line,) = faults_of(text)

    assert line.startswith("f.yaml:1: the tag")


@pytest.mark.parametrize("text", ['a: "\\0"\n', 'a: "\\ud800"\n', f"a: {'9' * 5000}\n"])
def test_what_cannot_be_stored_is_refused(text: str) -> None:
    """NUL, half a surrogate pair and numbers beyond 2^53 have no place in the databases."""
    (line,) = faults_of(text)

    assert line.startswith("f.yaml:1: ")


def test_malformed_yaml_names_the_line() -> None:
    """The parser's own message, without the text around it, which may hold a secret."""
    (line,) = faults_of("a: 1\npassword: [hunter2\nb: 2\n")

    assert line.startswith("f.yaml:3: ")
    assert "hunter2" not in line


def test_empty_file_asks_for_nothing() -> None:
    """There is nothing in it to apply."""
    assert {} == root_of("")


def test_list_at_the_top_is_refused() -> None:
    """A file is a mapping of sections."""
    (line,) = faults_of("- a\n")

    assert "mapping" in line


def test_fault_without_a_line_of_its_own_has_its_holders() -> None:
    """What is missing is reported where it should be."""
    source = read("f.yaml", "clients:\n  - app_type: spa\n", {})

    refusal = source.refusal([Fault(("clients", 0, "name"), "name is required")])

    assert ("f.yaml:2: clients[0].name: name is required",) == refusal.lines


def test_faults_stand_in_the_order_of_their_lines() -> None:
    """And each of them once."""
    source = Source("f", {}, {("a",): 2, ("b",): 1})
    faults = [Fault(("a",), "x"), Fault(("b",), "y"), Fault(("a",), "x")]

    assert ("f:1: b: y", "f:2: a: x") == source.refusal(faults).lines


PIECES = st.sampled_from([
    "a", "b: ", "- ", "\n", "  ", ": ", "[", "]", "{", "}", "&x ", "*x", "'", '"', "#", "|\n", "~",
    ">\n", "!!int ", "!!bool ", "%", "@@X@@", "##X##", "\t", "? ", "<<: ", "---\n", "\r", "\x85",
    "\u2028", "1",
])  # fmt: skip


@given(st.lists(PIECES, max_size=40).map("".join))
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text makes the reader fail in another way than by naming a line."""
    try:
        source = read("f.yaml", text, {"X": "[1]"})
    except BadFile as bad:
        refused = bad.lines
    else:
        refused = ()
        assert set(source.root) == {path[0] for path in source.lines if path}

    assert all(re.match(r"f\.yaml:\d+: ", line) for line in refused)
