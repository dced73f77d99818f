import pytest

from gateword.domain.query import (
    Between,
    Bound,
    Either,
    Every,
    Exists,
    Negated,
    Pattern,
    QueryError,
    Wild,
    Word,
)
from gateword.policy.query_syntax import MAX_DEPTH, MAX_WORDS, query
from gateword.policy.query_words import MAX_CHARS

A, B, C = Word(None, "a"), Word(None, "b"), Word(None, "c")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('email:"a@b.c"', Word("email", "a@b.c")),
        ("user_id:auth0|507f", Word("user_id", "auth0|507f")),
        ('identities.connection:"Db"', Word("identities.connection", "Db")),
        ('name:"say \\"hi\\" \\\\"', Word("name", 'say "hi" \\')),
        ("name:a\\:b\\ c\\*", Word("name", "a:b c*")),
        ("user_metadata.n:-5", Word("user_metadata.n", "-5")),
        ("email:al*", Pattern("email", ("al", Wild.ANY))),
        ("email:*@example.com", Pattern("email", (Wild.ANY, "@example.com"))),
        ("name:j?n*", Pattern("name", ("j", Wild.ONE, "n", Wild.ANY))),
        ('name:"j*"', Word("name", "j*")),
        ("name:*", Exists("name")),
        ("_exists_:email_verified", Exists("email_verified")),
        ("x:[* TO *]", Exists("x")),
        ("n:[10 TO *]", Between("n", Bound("10", included=True), None)),
        ("n:{-1 TO 5]", Between("n", Bound("-1", included=False), Bound("5", included=True))),
        (
            "at:[2026-01-01T10:00:00Z TO 2026-02-01}",
            Between(
                "at",
                Bound("2026-01-01T10:00:00Z", included=True),
                Bound("2026-02-01", included=False),
            ),
        ),
        ("a AND b", Every((A, B))),
        ("a OR b", Either((A, B))),
        ("a b", Either((A, B))),
        ("a && b || c", Either((Every((A, B)), C))),
        ("a OR b AND c", Either((A, Every((B, C))))),
        ("(a OR b) AND c", Every((Either((A, B)), C))),
        ("NOT a", Negated(A)),
        ("-a", Negated(A)),
        ("!a", Negated(A)),
        ("NOT NOT a", A),
        ("a -b", Every((A, Negated(B)))),
        ("+a b", A),
        ("(-a)", Negated(A)),
        ("type:(f OR fp)", Either((Word("type", "f"), Word("type", "fp")))),
        ("type:(f -fp)", Every((Word("type", "f"), Negated(Word("type", "fp"))))),
        ("*", Every(())),
        ("*:*", Every(())),
        ("and or not", Either((Word(None, "and"), Word(None, "or"), Word(None, "not")))),
    ],
)  # fmt: skip
def test_query_is_read_as_lucene_has_it(text: str, found: object) -> None:
    """Apache Lucene "Query Parser Syntax": AND binds closer than OR; words alone are OR."""
    assert found == query(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the query is empty"),
        ("a\0b", "an unusable character"),
        ("(", "the query ends too early at position 2"),
        ("(a", "a parenthesis is not closed at position 1"),
        ("a)", "something else is expected at position 2"),
        ("a AND", "the query ends too early at position 6"),
        ("email:", "the query ends too early at position 7"),
        ("a:b:c", "something else is expected at position 4"),
        ('name:"x', "a quote is not closed at position 6"),
        ("name:x\\", "nothing stands behind the last backslash at position 7"),
        ("name:x~2", "fuzzy words are not supported; write \\~ at position 7"),
        ("name:x^2", "boosts are not supported; write \\^ at position 7"),
        ("name:/x/", "regular expressions are not supported; write \\/ at position 6"),
        ("[1 TO 2]", "a range without a field at position 1"),
        ("n:[1 TO 2", "a range is not closed at position 3"),
        ("n:[1 2]", "something else is expected at position 6"),
        ("n:[1* TO 2]", "a bound has no holes at position 4"),
        ("a:(b:c)", "a field inside the values of a field at position 4"),
        ("n*:1", "a field's name has no holes at position 1"),
        ("a..b:1", "a field is a name, or at most 8 names with dots between at position 1"),
        ("_exists_:a*", "_exists_ wants the name of a field at position 10"),
    ],
)
def test_unreadable_query_is_refused_with_its_place(text: str, message: str) -> None:
    """Who mistypes a query learns where it stopped making sense."""
    with pytest.raises(QueryError) as caught:
        query(text)

    assert message == str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "a" * (MAX_CHARS + 1),
        "(" * (MAX_DEPTH + 1) + "a" + ")" * (MAX_DEPTH + 1),
        " ".join("a" for _ in range(MAX_WORDS + 1)),
        " ".join("*" for _ in range(MAX_WORDS + 1)),
        "name:*a*b*c*",
        " ".join("name:*a*" for _ in range(6)),
    ],
    ids=["length", "depth", "words", "stars", "holes of a word", "holes"],
)
def test_query_that_asks_for_too_much_is_refused(text: str) -> None:
    """Promise M5: depth, words and wildcards of a query are bounded."""
    with pytest.raises(QueryError, match=r"more than|longer than"):
        query(text)
