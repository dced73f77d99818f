"""What went wrong, in the words of a product rather than of a protocol."""

from dataclasses import dataclass
from enum import Enum, unique


@dataclass(frozen=True, slots=True)
class Words:
    """How one problem is told.

    Attributes:
        status: HTTP status of the page that tells it.
        title: One short sentence.
        advice: What the reader can do now.
        by_rule: A rule of the tenant wanted it so; the page of the rules says why.
        by_policy: The tenant's switches wanted it so; the page of the second factor has them.
    """

    status: int
    title: str
    advice: str
    by_rule: bool = False
    by_policy: bool = False


@unique
class Problem(Enum):
    """Every way a login or a refresh can fail, seen from the person at the form."""

    EMPTY_FIELDS = Words(
        400, "Please fill in your e-mail address and your password.", "Both are needed to log in."
    )
    WRONG_CREDENTIALS = Words(
        403,
        "That e-mail address and password do not match.",
        "Check both, and the kind of account: employees and customers have separate passwords.",
    )
    BLOCKED = Words(
        403,
        "This account is blocked.",
        "Somebody in charge has closed it. Please ask the office to open it again.",
    )
    DENIED = Words(
        403,
        "A rule of the house says no.",
        "Your password was right.",
        by_rule=True,
    )
    NO_FACTOR = Words(
        403,
        "A second factor is wanted, and there is none you could show.",
        "Your password was right, but every kind of second factor is switched off.",
        by_policy=True,
    )
    REALM_UNAVAILABLE = Words(
        400,
        "This kind of account cannot log in here.",
        "Choose Employees or Customers in the list and try again.",
    )
    TOO_MANY = Words(
        429,
        "Too many attempts.",
        "To keep your account safe we are taking a short break.",
    )
    SHUT = Words(
        429,
        "Too many wrong passwords.",
        "This account is closed for now where you are. We sent its owner a letter with a link that "
        "opens it again.",
    )
    LEAKED = Words(
        401,
        "This password is not safe any more.",
        "It is known from a data breach elsewhere, so it opens nothing here. We sent you a letter "
        "with a link to choose another one.",
    )
    UNSURE = Words(
        401,
        "We are not sure that you are a person.",
        "Many logins from where you are have failed. Please try again later, or from elsewhere.",
    )
    BUSY = Words(
        503,
        "Our login desk is very busy right now.",
        "Your password was not checked, so nothing counts against you.",
    )
    UNREACHABLE = Words(
        503,
        "We cannot reach our login service.",
        "That is our fault, not yours. Please try again in a minute.",
    )
    REFUSED = Words(
        403,
        "The login service turned this login down.",
        "Please contact the office; the details below tell them why.",
    )
    BROKEN = Words(
        502,
        "Something is wrong on our side.",
        "This application and the login service do not understand each other.",
    )
    ENDED = Words(
        401,
        "Your session was ended.",
        "Somebody ended it from elsewhere, or it became too old. Log in again to go on.",
    )
    STEP_EXPIRED = Words(
        401,
        "That took longer than ten minutes.",
        "Your login waited for its second factor and has ended. Please log in again.",
    )
    STEP_OVER = Words(
        403,
        "This login cannot go on.",
        "It was finished elsewhere, five codes were wrong, or your account was changed meanwhile. "
        "Please log in again.",
    )
    CODE_WRONG = Words(
        403,
        "That code is not right.",
        "Codes of an app change every 30 seconds, and each works once: type the one that shows "
        "now.",
    )
    SENT_CODE_WRONG = Words(
        403,
        "That code is not right.",
        "Type the newest code that we sent, or ask for another one.",
    )
    CODE_TOO_OLD = Words(
        403,
        "That code is no longer good.",
        "Codes live for five minutes, and a new one replaces those before. Ask for a new one.",
    )
    RECOVERY_WRONG = Words(
        403,
        "That is not your recovery code.",
        "It has 24 letters and digits, and each one works once: the newest counts.",
    )
    PUSH_DENIED = Words(
        403,
        "Somebody said no on your phone.",
        "If that was not you, somebody may have your phone. If you did not log in, somebody has "
        "your password: choose a new one.",
    )
    TOO_FAST = Words(
        429,
        "One moment: that was too often.",
        "The login service answers a question about your phone every few seconds only.",
    )
    TOO_MANY_CODES = Words(
        429,
        "Too many wrong codes.",
        "To keep your account safe no code is looked at for now, also a right one.",
    )
    TOO_MANY_MESSAGES = Words(
        429,
        "We have sent you enough for now.",
        "The last message we sent still counts, if it is younger than five minutes.",
    )
    NOT_AVAILABLE = Words(
        403,
        "You cannot use that here.",
        "This kind of second factor is switched off, or it is not set up. Choose another one.",
        by_policy=True,
    )
    ALREADY_ENROLLED = Words(
        403,
        "You have a second factor already.",
        "Log in with it; afterwards you can add another one on your page of second factors.",
    )
    NO_PHONE = Words(
        503,
        "The demo's phone does not take this picture.",
        "It is good for five minutes and for one phone. Go back and set the phone up anew.",
    )
    BAD_PHONE = Words(
        400,
        "That is no phone number we can reach.",
        "Write it with a plus and the country, such as +44 7700 900123.",
    )
    BAD_EMAIL = Words(400, "That is no e-mail address.", "It looks like name@example.com.")
    KEY_EXPIRED = Words(
        401,
        "Please show once more that it is you.",
        "Second factors can be changed for ten minutes after you typed your password.",
    )
    WRONG_PASSWORD = Words(
        403, "That is not your password.", "Type the one that you logged in with."
    )
    GONE = Words(
        404,
        "That cannot be deleted here.",
        "It is gone already, or it is the verified address of your account, which stays.",
    )
    FORM_TOO_OLD = Words(
        403,
        "This form was not sent from our page, or it is too old.",
        "Go back, reload the page and send it again.",
    )
    NOT_FOUND = Words(
        404, "There is no such page here.", "The front page is a good place to start."
    )


@dataclass(eq=False)
class Failure(Exception):
    """A problem with what the login server said about it.

    Attributes:
        problem: Which one.
        status: HTTP status of the login server's answer; None when none came.
        said: Its answer, `error: error_description`; it holds nothing secret.
        retry_after_s: Seconds to wait, when it named a number.
        reason: What a rule wants its reader to be told; empty when no rule spoke.
    """

    problem: Problem
    status: int | None = None
    said: str = ""
    retry_after_s: int | None = None
    reason: str = ""

    @property
    def advice(self) -> str:
        """What the reader is told below the title: a rule's own words, if there are any."""
        return self.reason or self.problem.value.advice

    @property
    def wait(self) -> str:
        """The time to wait as people say it; empty when none is known or it is no help."""
        for unit_s, unit in ((3600, "hour"), (60, "minute"), (1, "second")):
            count = -(-(self.retry_after_s or 0) // unit_s)
            if self.retry_after_s is not None and self.retry_after_s >= unit_s:
                return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
        return ""
