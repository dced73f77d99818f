"""A connection: one directory of users. Its names on the wire are realms."""

from collections.abc import Mapping

from gateword.domain.secret import Secret
from gateword.values import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptSetting:
    """One value of `options.configuration`: what a custom database script reads.

    Attributes:
        value: What the script reads.
        shown: Its ciphertext in base64, which answers show instead; empty until it is stored.
    """

    value: Secret
    shown: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A directory.

    Attributes:
        key: Number inside the database.
        id: `con_` and 16 characters.
        name: Unique in the tenant, and itself a realm.
        strategy: Which realm plug answers (`auth0` is our own store).
        realms: Further realm names it answers to.
        enabled_clients: Client ids that may log in through it.
        is_active: Switched off, it takes part in no login.
        passwords_enabled: `options.authentication_methods.password.enabled`.
        requires_username: Users of it also have a username.
        identifiers: What users log in by (`email`, `username`, `phone`), first come first;
            empty for all of them, in the order that fits what was typed.
        options: Strategy options in Auth0's shape, without `configuration`.
        configuration: `options.configuration`.
        document: Other members in Auth0's shape, stored and returned unchanged.
    """

    key: int
    id: str
    name: str
    strategy: str
    realms: tuple[str, ...] = ()
    enabled_clients: frozenset[str] = frozenset()
    is_active: bool = True
    passwords_enabled: bool = True
    requires_username: bool = False
    identifiers: tuple[str, ...] = ()
    options: Mapping[str, object] = field(default_factory=dict)
    configuration: Mapping[str, ScriptSetting] = field(default_factory=dict)
    document: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_scripted(self) -> bool:
        """Whether custom database scripts have a say in it at all."""
        return self.options.get("enabledDatabaseCustomization") is True

    @property
    def imports_users(self) -> bool:
        """Whether scripts are asked only for users who are not in our own store yet."""
        return self.is_scripted and self.options.get("import_mode") is True

    @property
    def lives_elsewhere(self) -> bool:
        """Whether scripts answer for all of its users, and our own store for none."""
        return self.is_scripted and not self.imports_users

    def admits(self, client_id: str) -> bool:
        """Say whether the client may log users in through this connection."""
        return self.is_active and client_id in self.enabled_clients
