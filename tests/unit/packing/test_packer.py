from collections.abc import Mapping

import pytest

from scripts.modules_errors import ModulesError
from scripts.modules_pack import Packed, packed
from scripts.modules_package import File, Package, Resolver
from tests.unit.packing.engine import Engine


def pack(files: Mapping[str, str], lacking: Mapping[str, str] | None = None) -> Packed:
    """Return a package of these files as a module."""
    one = Package("tree@1.0.0", "tree", files, {})
    resolver = Resolver({one.key: one}, {"crypto"}, {"fs"})
    return packed(File(one.key, "index.js"), {one.key: one}, resolver, lacking or {})


def test_files_that_are_reached_are_packed_and_no_others() -> None:
    """What no file requires is left out, and so are source maps."""
    text = pack(
        {
            "index.js": 'module.exports = require("./a");\n//# sourceMappingURL=index.js.map\n',
            "a.js": "exports.a = 1;",
            "never.js": "exports.never = 1;",
        }
    ).text
    assert "exports.a = 1" in text
    assert "never" not in text
    assert "sourceMappingURL" not in text


def test_files_that_require_each_other_see_what_is_there_so_far() -> None:
    """Circles are as in Node: the second one gets the first one's unfinished exports."""
    made = pack(
        {
            "index.js": 'exports.early = 1; exports.b = require("./b"); exports.late = 1;',
            "b.js": 'exports.saw = Object.keys(require("./index.js"));',
        }
    )
    assert Engine({"tree": made.text}).run('return require("tree").b.saw;') == ["early"]


def test_data_and_absent_modules_are_given_as_such() -> None:
    """JSON is a value, also with a key that would change an object's prototype; `fs` is empty."""
    made = pack(
        {
            "index.js": 'exports.data = require("./d.json"); exports.fs = require("fs");',
            "d.json": '{"__proto__": {"a": "\\u2028\\"\'"}}',
        }
    )
    script = 'const t = require("tree"); return [Object.keys(t.data), t.data.__proto__.a, t.fs];'
    assert Engine({"tree": made.text}).run(script) == [["__proto__"], "\u2028\"'", {}]


def test_shipped_modules_are_named_in_the_first_line() -> None:
    """Whoever hands out a module knows from its first line what must be there too."""
    made = pack({"index.js": 'exports.some = () => require("crypto").randomBytes(2).length;'})
    assert made.text.startswith("// needs: crypto\n")
    assert made.needs == ["crypto"]
    assert Engine({"tree": made.text}).run('return require("tree").some();') == 2


def test_names_made_at_run_time_are_asked_of_the_outer_require() -> None:
    """A package that tries for an extra file of its own is told that there is none."""
    made = pack({"index.js": 'const r = require; try { r("./" + "x") } catch { exports.no = 1 }'})
    assert Engine({"tree": made.text}).run('return require("tree");') == {"no": 1}


def test_only_a_whole_require_counts() -> None:
    """Methods and other functions that end in the word are no requires."""
    made = pack({"index.js": 'exports.x = (o) => o.require("gone") || _require("gone");'})
    assert made.needs == []


def test_what_the_engine_lacks_is_given_to_those_who_name_it() -> None:
    """A stand-in stays inside the module: scripts do not see it."""
    lacking = {"TextEncoder": "const TextEncoder = 5;\n", "Other": "const Other = 6;\n"}
    made = pack({"index.js": "exports.it = TextEncoder;"}, lacking)
    assert "Other" not in made.text
    script = 'return [require("tree").it, typeof TextEncoder];'
    assert Engine({"tree": made.text}).run(script) == [5, "undefined"]


def test_a_file_that_requires_what_there_is_not_ends_the_packing() -> None:
    """The text names the package, the file and the name."""
    with pytest.raises(ModulesError, match=r"tree@1\.0\.0, index\.js requires 'gone'"):
        pack({"index.js": 'require("gone")'})
