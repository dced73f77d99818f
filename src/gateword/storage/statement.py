"""SQL texts, written once for both engines; one that forgets the tenant cannot be made."""

import re
from typing import Final

_NAME: Final = re.compile(r"(?<![:\w]):([a-z_][a-z0-9_]*)")
"""A named parameter: `:name`."""


class Sql:
    """One SQL text with `:name` parameters that SQLite and PostgreSQL both understand.

    Attributes:
        text: As it was written; what SQLite runs.
        pyformat: The same with `%(name)s` parameters, for psycopg.
        names: The parameters it wants.

    Args:
        text: The text.
        locking: Hold the rows it reads against other transactions until this one ends;
            SQLite has locked the whole database by then.
    """

    __slots__ = ("names", "pyformat", "text")

    def __init__(self, text: str, *, locking: bool = False) -> None:
        self.text = " ".join(text.split())
        self.names = frozenset(_NAME.findall(self.text))
        self.pyformat = _NAME.sub(r"%(\1)s", self.text) + (" FOR UPDATE" if locking else "")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.text!r})"


class Statement(Sql):
    """A statement on the rows of one tenant (rule R9).

    Raises:
        ValueError: The text has no `:tenant`, so it could reach the rows of every tenant.
    """

    __slots__ = ()

    def __init__(self, text: str, *, locking: bool = False) -> None:
        super().__init__(text, locking=locking)
        if "tenant" not in self.names:
            raise ValueError(f"a statement without :tenant: {self.text}")


class AcrossTenants(Sql):
    """A statement on the installation itself: the list of tenants, the version of the tables."""

    __slots__ = ()
