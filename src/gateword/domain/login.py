"""The nouns of the flow: who calls, what is asked, who claims to be whom, who was proved."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

from gateword.domain.client import Client
from gateword.domain.connection import Connection
from gateword.domain.log_event import Also, LogEvent, LogFacts
from gateword.domain.resource_server import ResourceServer
from gateword.domain.risk import Risk
from gateword.domain.secret import Secret
from gateword.domain.tenant import Tenant
from gateword.domain.token import RefreshToken
from gateword.domain.user import User
from gateword.values import dataclass, field

Rows: TypeAlias = Callable[[LogFacts, tuple[str, ...]], Sequence[LogEvent]]


def _none(facts: LogFacts, scopes: tuple[str, ...]) -> Sequence[LogEvent]:  # noqa: ARG001  `Rows`
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """The other end of the connection as the transport saw it; nothing of it is believed yet.

    Attributes:
        address: Address of the TCP peer, or what a trusted reverse proxy said of it.
        forwarded_for: Every value of `auth0-forwarded-for`.
        auth0_client: Decoded `Auth0-Client` telemetry.
    """

    address: str
    forwarded_for: tuple[str, ...] = ()
    user_agent: str = ""
    hostname: str = ""
    auth0_client: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """The end user's side of a request, once it is decided whose address counts.

    Attributes:
        ip: Address that logs and protection count against.
        proxy_ip: Address of the application's server, when `ip` came from its header.
        note: Why a header that was sent did not count; for the log.
        is_sure: It is known whose address `ip` is, so it may stand on an allow-list. Else somebody
            could spoil the header to be seen as the application's server.
    """

    ip: str
    proxy_ip: str | None = None
    user_agent: str = ""
    hostname: str = ""
    auth0_client: Mapping[str, object] | None = None
    note: str | None = None
    is_sure: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenAsk:
    """One POST to `/oauth/token`: read, bounded, its client known and proved.

    Attributes:
        params: Parameters that are no secret; empty ones are absent.
        secrets: `password` and `refresh_token`.
        scope: Asked scopes; None when none was sent.
        scope_is_malformed: `scope` was neither text nor a list of texts.
        rows: Returns what the log says once it is granted, with those facts and scopes.
    """

    tenant: Tenant
    grant_type: str
    client: Client
    caller: Caller
    params: Mapping[str, str]
    secrets: Mapping[str, Secret]
    scope: tuple[str, ...] | None
    at: datetime
    scope_is_malformed: bool = False
    rows: Rows = _none


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """Somebody claims to be `username` of `connection`, and wants a token for `api`.

    Attributes:
        audience: What was asked for or stood in for it; None means an opaque token.
        api: The API behind the audience; None for an opaque token.
    """

    ask: TokenAsk
    connection: Connection
    username: str
    password: Secret
    audience: str | None
    api: ResourceServer | None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorWish:
    """A second factor that an Action asks for.

    Attributes:
        is_enrollment: It is to be set up, not shown.
        any_of: The factors among which the user may choose, as the Action named them.
        options: What else it said.
    """

    is_enrollment: bool
    any_of: tuple[Mapping[str, object], ...]
    options: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A proved login; each later step returns a fuller copy. Its ask holds no secrets any more.

    Attributes:
        gty: Value of the access token's `gty` claim.
        scopes: What is granted, in the order of the answer.
        permissions: All the user's permissions at the API; None when the token lists none.
        also: Further events for the log.
        granted: Scopes before rules changed those of the access token; None when none did.
        described: The user as rules left it, for the ID token; None when none ran, and once it is
            another user's login.
        access_claims: What rules put into the access token.
        id_claims: What rules put into the ID token.
        multifactor: The second factor that a script wants, as it said so; None when none did.
        rules_run: Ids of the rules that ran.
        renews: The refresh token that it comes from; None for a fresh login.
        has_primary_user: A script has said whose login it is; nobody may say so twice.
        factors: Second factors that an Action asks for, one after another.
        actions_run: Ids of the Actions that ran before they were wanted; the others go on then.
        told: Transaction metadata that those have set.
        refresh_expires_at: When an Action wants its refresh tokens to end, if sooner.
        refresh_idle_expires_at: The same for a refresh token that is not used.
        methods: Second factors that were shown, in the words of RFC 8176.
        mfa_at: When one was last shown, in this login or the one it renews.
        amr: How it was proved, for tokens that say so (RFC 8176); empty for those that do not.
        seen_before: When and from where the user had logged in before this was counted.
        risk: How well it fits the user; None where that is not looked at.
    """

    ask: TokenAsk
    connection: Connection
    user: User
    audience: str | None
    api: ResourceServer | None
    gty: str | tuple[str, ...]
    auth_time: datetime
    scopes: tuple[str, ...] = ()
    permissions: tuple[str, ...] | None = None
    notes: tuple[str, ...] = ()
    also: tuple[Also, ...] = ()
    granted: tuple[str, ...] | None = None
    described: User | None = None
    access_claims: Mapping[str, object] = field(default_factory=dict)
    id_claims: Mapping[str, object] = field(default_factory=dict)
    multifactor: Mapping[str, object] | None = None
    rules_run: tuple[str, ...] = ()
    renews: RefreshToken | None = None
    has_primary_user: bool = False
    factors: tuple[FactorWish, ...] = ()
    actions_run: tuple[str, ...] = ()
    told: Mapping[str, object] = field(default_factory=dict)
    refresh_expires_at: datetime | None = None
    refresh_idle_expires_at: datetime | None = None
    methods: tuple[str, ...] = ()
    mfa_at: datetime | None = None
    amr: tuple[str, ...] = ()
    seen_before: tuple[datetime | None, str | None] | None = None
    risk: Risk | None = None

    @property
    def proofs(self) -> tuple[tuple[str, datetime], ...]:
        """What was shown, and when: `pwd`, and `mfa` once a second factor was."""
        shown = () if self.mfa_at is None else (("mfa", self.mfa_at),)
        return (("pwd", self.auth_time), *shown)

    @property
    def identity_scopes(self) -> tuple[str, ...]:
        """What ID tokens and refresh tokens go by: rules change the access token alone."""
        return self.scopes if self.granted is None else self.granted
