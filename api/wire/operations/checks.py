"""Where the checks of the rows are, which are loaded with the first request that is refused."""

from types import ModuleType


def explaining() -> ModuleType:
    """Returns the module with the checks: most programs never send what has to be explained."""
    from ddblite.api.wire import explain

    return explain
