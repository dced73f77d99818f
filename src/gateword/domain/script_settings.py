"""How a tenant wants its scripts to be treated."""

from gateword.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptSettings:
    """Settings of a tenant's scripts.

    Attributes:
        allowed_hosts: Where scripts may send requests: names, names with `*.` before them, `*` for
            every public host; addresses and networks are what may be reached though it is private.
        mask_runtime_errors: Clients are told of an exception by a number that the log knows, not
            by its text.
        redirect_error_is_interaction: A redirect is refused with `interaction_required`.
    """

    allowed_hosts: tuple[str, ...] = ()
    mask_runtime_errors: bool = False
    redirect_error_is_interaction: bool = False
