"""What an operator should know about a tenant's attack protection.

Rule: pure. What looks on and stops nobody is told, since nothing else would tell.
"""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Network
from typing import Final

from gateword.domain.protection import Breached, LeakedShields, Networks, Protection
from gateword.policy import attack_protection, protection
from gateword.policy.lockout import BLOCK
from gateword.provision.draft import Draft
from gateword.provision.finding import Finding

_BOTS: Final = "bot detection"
_BRUTE_FORCE: Final = "brute-force protection"
_BREACHED: Final = "breached-password detection"
_MAPPED: Final = IPv6Network("::ffff:0:0/96")
_WIDEST: Final = {4: 16, 6: 32}
"""By version of IP: a network with a shorter prefix is too wide for an allow-list."""


def findings(draft: Draft, *, few_leaks: int | None) -> Iterator[Finding]:
    """Yield what there is to say.

    Args:
        draft: The tenant's configuration.
        few_leaks: Entries of an imported corpus of breached passwords that is small; 0 without
            one, None for a whole one.
    """
    kept = draft.documents.get(attack_protection.KIND, {})
    settings = protection.read({id_: one.document for id_, one in kept.items()})
    for about, one in (
        (_BRUTE_FORCE, settings.brute_force),
        ("suspicious-IP throttling", settings.suspicious_ip),
    ):
        if not one.enabled:
            text = "is off: whoever guesses passwords is not stopped; set enabled: true"
            yield Finding(level="warning", about=about, text=text)
        elif not one.blocks:
            text = "only watches: guesses are logged and not stopped; add block to its shields"
            yield Finding(level="hint", about=about, text=text)
        yield from _allowlist(about, one.allowlist)
    yield from _lockout(settings)
    yield from _bots(settings)
    yield from _admin(settings, is_asked_for=attack_protection.SUSPICIOUS_IP in kept)
    yield from _breached(settings.breached, few_leaks)


def _lockout(settings: Protection) -> Iterator[Finding]:
    """Yield that owners are locked out for as long as guessers are, and by them."""
    brute_force = settings.brute_force
    is_on = brute_force.enabled and brute_force.blocks
    if is_on and brute_force.everywhere and not settings.extras.backs_off:
        yield Finding(
            level="warning",
            about=_BRUTE_FORCE,
            text=f"counts over all addresses: {brute_force.limit} wrong passwords of a stranger "
            f"lock the owner of an account out for {BLOCK.days} days; set lockout_style: backoff "
            "in x-gateword-attack-protection",
        )


def _bots(settings: Protection) -> Iterator[Finding]:
    yield from _allowlist(_BOTS, settings.bots.allowlist)
    if settings.bots.policy == "when_risky" and not settings.suspicious_ip.enabled:
        yield Finding(
            level="warning",
            about=_BOTS,
            text="finds no login risky while suspicious-IP throttling is off: it goes by what an "
            "address has left there; enable it, without shields if it is only to watch",
        )


def _breached(settings: Breached, few_leaks: int | None) -> Iterator[Finding]:
    if not settings.enabled:
        return
    if few_leaks is not None:
        imported = f"the {few_leaks:,} imported passwords and " if few_leaks else ""
        yield Finding(
            level="warning",
            about=_BREACHED,
            text=f"knows only {imported}the short list that comes with Gateword; "
            "import a whole list: gateword breached import",
        )
    if not any(_acts(stage) for stage in (settings.login, settings.signup, settings.change)):
        yield Finding(
            level="hint",
            about=_BREACHED,
            text="only watches: leaked passwords are logged and used on; add block to its shields, "
            "or to those of a stage",
        )


def _acts(shields: LeakedShields) -> bool:
    return shields.blocks or shields.notifies_user or shields.notifies_admin


def _allowlist(about: str, allowlist: Networks) -> Iterator[Finding]:
    yield from _wide(about, allowlist)
    for network in allowlist:
        if isinstance(network, IPv6Network) and network.subnet_of(_MAPPED):
            yield Finding(
                level="warning",
                about=about,
                text=f"its allowlist holds {network}, which is nobody: IPv4 addresses are known "
                f"as such; write {_unmapped(network)}",
            )


def _unmapped(network: IPv6Network) -> IPv4Network:
    address = IPv4Address(int(network.network_address) - int(_MAPPED.network_address))
    return IPv4Network((address, network.prefixlen - _MAPPED.prefixlen))


def _wide(about: str, allowlist: Networks) -> Iterator[Finding]:
    for network in allowlist:
        if network.prefixlen < _WIDEST[network.version]:
            yield Finding(
                level="warning",
                about=about,
                text=f"its allowlist holds {network}, {network.num_addresses} addresses that "
                "nothing stops; list only those your users share",
            )


def _admin(settings: Protection, *, is_asked_for: bool) -> Iterator[Finding]:
    """Yield that nobody is told; a hint where it is only so by default."""
    throttling, breached = settings.suspicious_ip, settings.breached
    leaks = (breached.login, breached.signup, breached.change)
    tells_of_leaks = breached.enabled and any(one.notifies_admin for one in leaks)
    tells = tells_of_leaks or (throttling.enabled and throttling.notifies_admin)
    if tells and not settings.extras.admin_email:
        yield Finding(
            level="warning" if is_asked_for or tells_of_leaks else "hint",
            about="attack protection",
            text="an administrator is to be told of attacks, but admin_email is empty; "
            "set it in x-gateword-attack-protection",
        )
