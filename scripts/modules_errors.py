"""Why modules could not be packed."""


class ModulesError(Exception):
    """What went wrong, and what to do next."""


class UnreachableError(ModulesError):
    """The registry did not answer; nothing is known to be wrong with what it holds."""
