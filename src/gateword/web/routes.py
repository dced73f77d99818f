"""Every URL on one page."""

import time
from collections.abc import Callable, Sequence

from starlette.convertors import PathConvertor, register_url_convertor
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Lifespan

from gateword.policy import device as devices
from gateword.ports.meter import Telemetry
from gateword.settings import Settings
from gateword.web import closed, exports, faces, health, home, pages, well_known
from gateword.web.dbconnections import ChangePasswordEndpoint, SignupEndpoint
from gateword.web.device import DeviceEndpoint
from gateword.web.endpoint import Cors, Endpoint, Handler
from gateword.web.enrollment_page import EnrollmentPage
from gateword.web.health import Health
from gateword.web.introspect import IntrospectEndpoint
from gateword.web.management import ManagementEndpoint, OpenApiEndpoint, Resources
from gateword.web.metered import Metered, Unmetered
from gateword.web.metrics import Metrics
from gateword.web.mfa import MfaEndpoint
from gateword.web.rate_limit import RateLimit
from gateword.web.reset_page import ResetPage
from gateword.web.revoke import RevokeEndpoint
from gateword.web.tenancy import Tenancies
from gateword.web.token import TokenEndpoint
from gateword.web.unblock_page import UnblockPage
from gateword.web.userinfo import UserinfoEndpoint
from gateword.web.verification_page import VerificationPage


class _WholePath(PathConvertor):
    """Everything behind a prefix; `path` stops at a line feed, which an id may hold."""

    regex = "(?s:.*)"


register_url_convertor("whole", _WholePath())


def application(
    settings: Settings,
    tenancies: Tenancies,
    resources: Resources = tuple,
    lifespan: Lifespan[Router] | None = None,
    monotonic_s: Callable[[], float] = time.monotonic,
    telemetry: Telemetry | None = None,
) -> Router:
    """Return the ASGI application.

    Args:
        settings: Limits and time-outs.
        tenancies: Who answers under which Host.
        resources: Return what the Management API can do; called when somebody first asks.
        lifespan: Runs around the server's life.
        monotonic_s: Clock by which rate limits refill.
        telemetry: Counts what is asked and answered, and tells it; None counts nothing.
    """
    meter = telemetry or Unmetered()
    timeout_s = settings.body_timeout_s
    proxies = tuple(one.strip() for one in settings.trusted_proxies.split(",") if one.strip())
    per_s, per_min = settings.token_rate_per_s, settings.userinfo_rate_per_min
    token = TokenEndpoint(timeout_s, proxies, RateLimit(per_s, per_s or 1, monotonic_s), meter)
    per_user = RateLimit(per_min, per_min / 60 or 1, monotonic_s)
    userinfo = UserinfoEndpoint(timeout_s, proxies, per_user)
    revoke, introspect = RevokeEndpoint(timeout_s, proxies), IntrospectEndpoint(timeout_s)

    def public(handler: Handler) -> Endpoint:
        return Endpoint(tenancies, {"GET": handler}, Cors.EVERYBODY)

    def door(**handlers: Handler) -> Endpoint:
        return Endpoint(tenancies, handlers, Cors.CLIENTS)

    per_s = settings.management_rate_per_s
    limit = RateLimit(per_s, per_s or 1, monotonic_s)
    api = ManagementEndpoint(resources, timeout_s, proxies, limit, meter)
    managed = dict.fromkeys(("GET", "POST", "PUT", "PATCH", "DELETE"), api.answer)
    gone = Endpoint(tenancies, dict.fromkeys(closed.METHODS, closed.endpoint))
    routes: list[Route] = [  # looked through in this order: the busiest stand first
        _at("/oauth/token", door(POST=token.post)),
        _at("/oauth/revoke", door(POST=revoke.post)),
        _at("/oauth/introspect", Endpoint(tenancies, {"POST": introspect.post})),
        _at("/userinfo", door(GET=userinfo.get, POST=userinfo.post)),
        _at("/.well-known/openid-configuration", public(well_known.configuration)),
        _at("/.well-known/oauth-authorization-server", public(well_known.configuration)),
        _at("/.well-known/jwks.json", public(well_known.key_set)),
        *_factors(settings, tenancies, proxies, monotonic_s),
        *_doors(settings, tenancies, proxies, monotonic_s),
        *_probes(tenancies),
        _at("/metrics", Metrics(meter, settings.metrics, settings.metrics_token)),
        _at("/exports/{ticket}", Endpoint(tenancies, {"GET": exports.download})),
        _at("/api/v2/openapi.json", public(OpenApiEndpoint(resources).get)),
        _at("/api/v2/{rest:whole}", Endpoint(tenancies, managed, Cors.CLIENTS, faces.management)),
        *(_at(path, gone) for path in closed.PATHS),
    ]
    nowhere = Metered(Endpoint(tenancies), "none", meter)
    measured = [_at(route.path, Metered(route.app, route.path, meter)) for route in routes]
    return Router(measured, redirect_slashes=False, default=nowhere, lifespan=lifespan)


def _at(path: str, app: ASGIApp) -> Route:
    return Route(path, endpoint=app)


def _probes(tenancies: Tenancies) -> Sequence[Route]:
    """Return what load balancers and supervisors ask."""
    looks = {
        "/health": health.database(tenancies),
        "/livez": health.alive,
        "/readyz": health.ready(tenancies),
    }
    return [_at(path, Health(look)) for path, look in looks.items()]


def _factors(
    settings: Settings,
    tenancies: Tenancies,
    proxies: tuple[str, ...],
    monotonic_s: Callable[[], float],
) -> Sequence[Route]:
    """Return the MFA API, and what push devices speak to."""
    mfa = MfaEndpoint(settings.body_timeout_s, proxies, RateLimit(60, 1, monotonic_s))
    per_address, per_device = RateLimit(120, 20, monotonic_s), RateLimit(30, 2, monotonic_s)
    device = DeviceEndpoint(settings.body_timeout_s, proxies, per_address, per_device)

    def door(**handlers: Handler) -> Endpoint:
        return Endpoint(tenancies, handlers, Cors.CLIENTS)

    return (
        _at("/mfa/authenticators", door(GET=mfa.authenticators)),
        _at("/mfa/authenticators/{id:whole}", door(DELETE=mfa.remove)),
        _at("/mfa/associate", door(POST=mfa.associate)),
        _at("/mfa/challenge", door(POST=mfa.challenge)),
        _at(devices.ENROLL, Endpoint(tenancies, {"POST": device.enroll})),
        _at(devices.CHALLENGE, Endpoint(tenancies, {"GET": device.challenge})),
        _at(devices.ANSWER, Endpoint(tenancies, {"POST": device.answer})),
    )


def _doors(
    settings: Settings,
    tenancies: Tenancies,
    proxies: tuple[str, ...],
    monotonic_s: Callable[[], float],
) -> Sequence[Route]:
    """Return the pages for people, and the users' own doors."""
    timeout_s = settings.body_timeout_s
    per_email = RateLimit(settings.change_password_burst, 1 / 60, monotonic_s)
    signup = SignupEndpoint(timeout_s, proxies)
    change = ChangePasswordEndpoint(timeout_s, proxies, per_email)
    reset = ResetPage(timeout_s, proxies, RateLimit(10, 1 / 6, monotonic_s))
    verify = VerificationPage(timeout_s, proxies)
    unblock = UnblockPage(timeout_s, proxies)
    enroll = EnrollmentPage(timeout_s, proxies, RateLimit(10, 1 / 6, monotonic_s))

    def door(**handlers: Handler) -> Endpoint:
        return Endpoint(tenancies, handlers, Cors.CLIENTS, faces.account)

    def page(**handlers: Handler) -> Endpoint:
        return Endpoint(tenancies, handlers, refusal=pages.face, names_tenant=True)

    return (
        _at("/", Endpoint(tenancies, {"GET": home.get})),
        _at("/dbconnections/signup", door(POST=signup.post)),
        _at("/dbconnections/change_password", door(POST=change.post)),
        _at("/u/reset-password", page(GET=reset.get, POST=reset.post)),
        _at("/u/email-verification", page(GET=verify.get, POST=verify.post)),
        _at("/u/unblock", page(GET=unblock.get, POST=unblock.post)),
        _at("/mfa/enrollment", page(GET=enroll.get, POST=enroll.post)),
        _at("/u/style.css", page(GET=pages.style)),
    )
