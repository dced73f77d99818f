"""What runs tenants' scripts, and what it does for them outside."""

from collections.abc import Mapping
from typing import Protocol

from gateword.domain.script import ScriptJob, ScriptResult
from gateword.domain.script_settings import ScriptSettings


class OperationFailed(Exception):
    """An operation that a script asked for did not succeed; the script is told so.

    Attributes:
        code: As Node would say it (`ECONNREFUSED`).
    """

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


class Scripts(Protocol):
    """Runs a tenant's scripts where they reach nothing."""

    async def run(self, job: ScriptJob) -> ScriptResult:
        """Run scripts one after another; each gets what the one before it left.

        Raises:
            Refused: SCRIPTS_BUSY.
        """
        ...

    async def settings(self) -> ScriptSettings:
        """Return how the tenant wants its scripts to be treated."""
        ...


class Operations(Protocol):
    """Carries out what scripts ask for."""

    async def carry_out(self, kind: str, asked: Mapping[str, object]) -> object:
        """Return the answer, JSON.

        Args:
            kind: What is asked: `http`, `bcrypt_compare`, …
            asked: A stranger's JSON.

        Raises:
            OperationFailed: It did not succeed, or may not be.
        """
        ...
