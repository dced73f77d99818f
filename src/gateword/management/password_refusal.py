"""How the Management API says that a new password breaks the connection's policy."""

from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.refused import Refused
from gateword.policy.password_policy import Complaint


def refused(complaint: Complaint) -> Refused:
    """Return the refusal; the rules stand in it as well, which Auth0 leaves out."""
    return Refused(
        ManagementRefusal.PASSWORD_REFUSED,
        body=complaint.members(),
        name=complaint.name,
        message=complaint.message,
    )
