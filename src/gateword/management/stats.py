"""`/stats`: what happened day by day, as far as the log goes back, and who was here.

Source: Auth0 Management API v2 "Stats", recorded answers.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from gateword.domain.log_event import LoggedDay
from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.query import Between, Bound
from gateword.domain.refused import Refused
from gateword.management.resource import Call, Document, Resource, Verb
from gateword.management.schema import array, number, obj, text, whole
from gateword.policy.timestamp import written

_DAY: Final = timedelta(days=1)
_ACTIVE: Final = timedelta(days=30)
_DATE: Final = text("Day in UTC, such as 20260131.", pattern=r"^[0-9]{8}$")
_STATS: Final = obj(
    {
        "date": text(),
        "logins": whole(),
        "signups": whole(),
        "leaked_passwords": whole(),
        "created_at": text("When the first of these happened."),
        "updated_at": text("When the last of these happened."),
    },
    required=("date", "logins", "signups", "leaked_passwords", "created_at", "updated_at"),
)


async def daily(call: Call) -> list[Document]:
    """Answer the days on which something happened; without bounds, those of the last 30 days."""
    last = _day(call, "to") or call.at
    first = _day(call, "from") or last - _ACTIVE
    days = await call.parts.stores.logs.days(_begin(first), _begin(last) + _DAY)
    return [_shown(day) for day in days]


async def active_users(call: Call) -> int:
    """Answer how many users have logged in in the last 30 days."""
    since = Bound(written(call.at - _ACTIVE), included=True)
    return await call.parts.stores.users.count(Between("last_login", since, None))


def _day(call: Call, name: str) -> datetime | None:
    asked = call.text(name)
    if asked is None:
        return None
    try:
        return datetime.strptime(asked, "%Y%m%d").replace(tzinfo=UTC)
    except ValueError:
        fault = f"There is no such day on property {name}"
        raise Refused(ManagementRefusal.INVALID_QUERY, fault=fault) from None


def _begin(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _shown(day: LoggedDay) -> Document:
    return {
        "date": written(day.begin),
        "logins": day.logins,
        "signups": day.signups,
        "leaked_passwords": day.leaked,
        "created_at": written(day.first),
        "updated_at": written(day.last),
    }


RESOURCE: Final = Resource(
    name="stats",
    doc="Figures from the log and of the users.",
    verbs=(
        Verb(
            method="GET",
            path="/stats/daily",
            scopes=("read:stats",),
            run=daily,
            summary="Get daily figures",
            query={"from": _DATE, "to": _DATE},
            answer=array(_STATS),
            refusals=(ManagementRefusal.SEARCH_TOO_SLOW,),
        ),
        Verb(
            method="GET",
            path="/stats/active-users",
            scopes=("read:stats",),
            run=active_users,
            summary="Get how many users were active in the last 30 days",
            answer=number(),
            refusals=(ManagementRefusal.SEARCH_TOO_SLOW,),
        ),
    ),
)
