import json
from collections.abc import Mapping

import pytest

from scripts.modules_errors import ModulesError
from scripts.modules_package import File, Outer, Package, Resolver


def package(
    files: Mapping[str, str],
    about: Mapping[str, object] | None = None,
    *,
    name: str = "tree",
    depends: Mapping[str, str] | None = None,
) -> Package:
    """Return a package of one version."""
    files = {**files, "package.json": json.dumps(about or {})}
    return Package(f"{name}@1.0.0", name, files, depends or {})


def resolver(*packages: Package) -> Resolver:
    """Return a resolver where `crypto` is shipped and `fs` is absent."""
    return Resolver({one.key: one for one in packages}, {"crypto", "leaf/shipped"}, {"fs"})


TREE = package(
    {"index.js": "", "lib/a.js": "", "lib/data.json": "{}", "lib/index.js": "", "lib/b.js": ""},
    {"browser": {"./lib/b.js": "./lib/a.js", "./lib/index.js": False, "os": False}},
    depends={"leaf": "leaf@1.0.0", "@of/twig": "@of/twig@1.0.0"},
)
LEAF = package({"main.js": "", "deep/one.js": ""}, {"main": "main"}, name="leaf")
TWIG = package(
    {"cjs.js": "", "esm.js": "", "sub.js": ""},
    {
        "exports": {
            ".": [{"node": "./gone.js", "import": "./esm.js", "default": "./cjs.js"}, "./esm.js"],
            "./sub": {"node": {"require": "./gone.js"}, "require": "./sub.js"},
        }
    },
    name="@of/twig",
)


@pytest.mark.parametrize(
    ("asked", "asker", "found"),
    [
        ("./a", "lib/x.js", File("tree@1.0.0", "lib/a.js")),
        ("./a.js", "lib/x.js", File("tree@1.0.0", "lib/a.js")),
        ("./data", "lib/x.js", File("tree@1.0.0", "lib/data.json")),
        ("..", "lib/x.js", File("tree@1.0.0", "index.js")),
        ("./b", "lib/x.js", File("tree@1.0.0", "lib/a.js")),
        ("./lib", "x.js", None),
        ("os", "x.js", None),
        ("fs", "x.js", None),
        ("crypto", "x.js", Outer("crypto")),
        ("leaf", "x.js", File("leaf@1.0.0", "main.js")),
        ("leaf/", "x.js", File("leaf@1.0.0", "main.js")),
        ("leaf/deep/one", "x.js", File("leaf@1.0.0", "deep/one.js")),
        ("leaf/shipped", "x.js", Outer("leaf/shipped")),
        ("@of/twig", "x.js", File("@of/twig@1.0.0", "cjs.js")),
        ("@of/twig/sub", "x.js", File("@of/twig@1.0.0", "sub.js")),
        ("tree/lib/a", "x.js", File("tree@1.0.0", "lib/a.js")),
    ],
)
def test_a_name_means_what_node_and_bundlers_make_of_it(
    asked: str, asker: str, found: File | Outer | None
) -> None:
    """Paths, folders, `main`, `browser`, `exports` and shipped modules, in their order."""
    assert found == resolver(TREE, LEAF, TWIG).find(asked, File(TREE.key, asker))


@pytest.mark.parametrize("asked", ["./gone", "gone", "@of/twig/cjs.js", "leaf/gone", "net"])
def test_a_name_that_means_nothing_ends_the_packing(asked: str) -> None:
    """What a module would miss on a login is found out where it is packed."""
    with pytest.raises(ModulesError):
        resolver(TREE, LEAF, TWIG).find(asked, File(TREE.key, "index.js"))


def test_a_file_for_browsers_may_stand_for_the_whole_package() -> None:
    """`browser` as one name is the package's `main`."""
    one = package({"a.js": "", "b.js": ""}, {"main": "a.js", "browser": "./b.js"})
    assert resolver(one).main(one) == File(one.key, "b.js")


def test_a_package_without_a_file_to_begin_with_is_refused() -> None:
    """A package of types alone is no module."""
    one = package({"index.d.ts": ""})
    with pytest.raises(ModulesError):
        resolver(one).main(one)
