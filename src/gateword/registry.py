"""Everything that plugs in but resources. A new plug is one file, one import and one line here."""

from collections.abc import Callable, Mapping
from typing import Final, Protocol

from gateword.accounts.alarms import Alarms
from gateword.accounts.cleaning import Cleaning
from gateword.accounts.job_runner import JobRunner
from gateword.accounts.log_retention import LogRetention
from gateword.accounts.log_streaming import LogStreaming
from gateword.accounts.post import Post
from gateword.delivery.console import ConsoleCourier, ConsolePhone
from gateword.delivery.log_file import LogFile
from gateword.delivery.phone_webhook import PhoneWebhook
from gateword.delivery.smtp import courier_at
from gateword.delivery.twilio import TwilioCourier
from gateword.delivery.webhook import Webhook
from gateword.domain.mfa import Kind
from gateword.domain.secret import Secret
from gateword.factors import message
from gateword.factors.otp import OtpFactor
from gateword.factors.push import PushFactor
from gateword.grants.client_credentials import ClientCredentialsGrant
from gateword.grants.mfa_oob import MfaOobGrant
from gateword.grants.mfa_otp import MfaOtpGrant
from gateword.grants.mfa_recovery_code import MfaRecoveryCodeGrant
from gateword.grants.password import PasswordGrant
from gateword.grants.password_realm import PasswordRealmGrant
from gateword.grants.refresh_token import RefreshTokenGrant
from gateword.login.story import Story
from gateword.policy import log_stream_document, phone_messages
from gateword.ports.chore import Chore
from gateword.ports.delivery import Courier, PhoneCourier
from gateword.ports.factor import Factor
from gateword.ports.grant import Grant
from gateword.ports.parts import Parts
from gateword.ports.realm import Realm
from gateword.ports.shield import Shield
from gateword.realms.custom_database import CustomDatabaseRealm
from gateword.realms.database import DatabaseRealm
from gateword.settings import Settings
from gateword.shields.brute_force import BruteForceShield
from gateword.shields.client_ceiling import ClientCeilingShield
from gateword.shields.crowded_address import CrowdedAddressShield
from gateword.shields.same_user import SameUserShield
from gateword.shields.suspicious_ip import SuspiciousIpShield


class MakesGrant(Protocol):
    """A grant's class: made once for each tenant, named before any is made."""

    @property
    def grant_type(self) -> str: ...

    def __call__(self, story: Story) -> Grant: ...


GRANTS: Final[tuple[MakesGrant, ...]] = (
    PasswordGrant,
    PasswordRealmGrant,
    RefreshTokenGrant,
    ClientCredentialsGrant,
    MfaOtpGrant,
    MfaOobGrant,
    MfaRecoveryCodeGrant,
)

REALMS: Final[Mapping[str, Callable[[Parts], Realm]]] = {
    CustomDatabaseRealm.strategy: lambda parts: CustomDatabaseRealm(
        DatabaseRealm(parts.stores.users, parts.hasher), parts
    ),
}

FACTORS: Final[Mapping[Kind, Factor]] = {
    Kind.TOTP: OtpFactor(),
    Kind.PUSH: PushFactor(),
    Kind.SMS: message.PHONE,
    Kind.VOICE: message.PHONE,
    Kind.EMAIL: message.EMAIL,
}

SHIELDS: Final[tuple[Shield, ...]] = (
    SuspiciousIpShield(),
    SameUserShield(),
    ClientCeilingShield(),
    CrowdedAddressShield(),
    BruteForceShield(),
)
"""Their buckets refuse in this order, then what is counted of an account."""


def _courier(settings: Settings) -> Courier:
    if settings.smtp_url:
        return courier_at(settings.smtp_url, settings.mail_from)
    return ConsoleCourier(settings.mail_from)


def _phones(settings: Settings) -> Mapping[str, PhoneCourier]:
    """Return who takes messages to phones, by the provider that a tenant has selected."""
    twilio = {phone_messages.TWILIO: TwilioCourier(settings.twilio_url)}
    if not settings.phone_webhook_url:
        return {**twilio, phone_messages.OWN: ConsolePhone()}
    webhook = PhoneWebhook(settings.phone_webhook_url, Secret(settings.phone_webhook_secret))
    return {**twilio, phone_messages.OWN: webhook, phone_messages.HOOK: webhook}


def _log_streaming(settings: Settings) -> LogStreaming:
    return LogStreaming(
        {
            log_stream_document.HTTP: Webhook(reaches_private=settings.log_stream_private_hosts),
            log_stream_document.FILE: LogFile(settings.data_dir / "log-streams"),
        }
    )


CHORES: Final[tuple[Callable[[Settings], Chore], ...]] = (
    lambda settings: Cleaning(settings.purge_every_s),
    lambda settings: LogRetention(settings.log_retention_days, settings.purge_every_s),
    _log_streaming,
    lambda _: JobRunner(),
    lambda settings: Post(_courier(settings), _phones(settings)),
    lambda _: Alarms(),
)
