"""What runs tenants' scripts."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from gateword.domain.rule import Rule, RuleResult
from gateword.domain.secret import Secret


class RuleEngine(Protocol):
    """Runs scripts where they reach nothing."""

    async def run(
        self,
        rules: Sequence[Rule],
        *,
        tenant: str,
        configuration: Mapping[str, Secret],
        user: Mapping[str, object],
        context: Mapping[str, object],
    ) -> RuleResult:
        """Run rules one after another; each gets what the one before it left.

        Args:
            rules: In their order.
            tenant: Whose they are; each has a share of what there is.
            configuration: What the rules read as `configuration`.
            user: JSON; holds no secret.
            context: JSON; holds no secret.

        Raises:
            Refused: RULES_BUSY.
        """
        ...

    async def close(self) -> None:
        """Let everything go that was started."""
        ...
