"""Key attributes as they are written on a command line: ``title``, ``year:N``, ``hash:B``."""

from ddblite.schema.errors import DdbError
from ddblite.schema.tables import TYPES_OF_KIND


def read_key(text: str) -> tuple[str, str]:
    """Returns a key attribute's name and type; without a type it is a string.

    Raises DdbError when it is written in another way.
    """
    name, colon, kind = text.rpartition(":")
    if not colon:
        return text, "S"
    if kind not in TYPES_OF_KIND or not name:
        raise DdbError(
            f"A key is written NAME or NAME:TYPE, and TYPE is one of {', '.join(TYPES_OF_KIND)}"
        )
    return name, kind
