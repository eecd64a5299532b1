"""Who asks for a write: a user of the database, or the database itself.

Streams tell their readers, by ``userIdentity``, which items were removed by the service and not by
a request; nothing else differs between the two.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Actor:
    """One who asks; ``kind`` and ``principal`` as streams name it, empty for users."""

    kind: str = ""
    principal: str = ""


USER: Final = Actor()

SERVICE: Final = Actor("Service", "dynamodb.amazonaws.com")
"""Who removes items that have expired."""
