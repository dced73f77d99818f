"""What looks like a variable in a tenant's data is data, in whatever form it is written."""

from typing import Final

from hypothesis import example, given
from hypothesis import strategies as st

from gateword.provision import written
from gateword.provision.source import read, read_json
from gateword.provision.variables import is_filled

ENVIRON: Final = {"A": "filled", "B": 'x"\n- y', "AB": "[1]"}
texts = st.text("##@@ABé \n\"'\\:-{}|", max_size=24)
values = st.recursive(
    texts, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3)
)


@given(st.dictionaries(texts, values, max_size=3), st.lists(st.text("#@AB\n", max_size=9)))
@example({"x": "##A##B##", "##AB##": ["@@A@@", '"@@B@@"', "a\n####A####\n"]}, ["a\n##B##"])
@example({"x": f"##A## {'long ' * 40}@@AB@@ {'é' * 200}##B##"}, [])
def test_yaml_reads_as_it_was_written(document: dict[str, object], left_out: list[str]) -> None:
    """Neither texts nor names nor remarks are filled in, although the environment has them all."""
    text = written.as_yaml(document, left_out)

    assert document == read("f.yaml", text, ENVIRON).root


@given(values)
def test_json_reads_as_it_was_written(value: object) -> None:
    """The directory format as well."""
    files = written.as_folder({"tenant": {"friendly_name": value}})

    found, _ = read_json("tenant.json", files["tenant.json"], ENVIRON)

    assert {"friendly_name": value} == found
    assert not is_filled(files["tenant.json"])
