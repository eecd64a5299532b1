"""The tables as each thread should see them, loaded no oftener than they change.

Two pictures of the catalog are kept. The shared one is what every reading thread sees; it may be
old, and a read that took it asks behind itself whether it was true. The writer's own was true when
it was looked at under the writer's lock, and is looked at again only when somebody else has
committed since; while it is being changed, each level of a transaction has one of its own.
"""

from typing import Final

from ddblite.engine import catalog
from ddblite.engine.catalog import Catalog
from ddblite.engine.file.storage import Storage

NEVER: Final = -1
"""No commit has this number."""


class CatalogCache:
    """The pictures of one open database."""

    def __init__(self, storage: Storage, picture: Catalog) -> None:
        self.storage = storage
        self.shared = picture
        self.written = picture
        self.written_at = NEVER
        """The commit at which the writer's picture was true: only touched under its lock."""

    def has_newer(self, picture: Catalog) -> bool:
        """Whether the catalog has changed: then it is loaded, and if not, that is remembered.

        Whoever has read by the older picture begins again.
        """
        if self.storage.is_writing_here():
            return False
        if catalog.current_epoch(self.storage) == picture.epoch:
            self.storage.confirm(picture.epoch)
            return False
        self.share(catalog.load(self.storage))
        return True

    def share(self, picture: Catalog) -> None:
        """Shows a picture to all threads, unless one of them has loaded a newer one meanwhile."""
        if picture.epoch > self.shared.epoch:
            self.shared = picture

    def of_writer(self) -> Catalog:
        """Returns the catalog as it stands in the write transaction that has just begun."""
        if self.storage.in_memory:
            return self.written
        version = self.storage.others_wrote()
        if version != self.written_at:
            if catalog.current_epoch(self.storage) != self.written.epoch:
                self.written = catalog.load(self.storage)
            self.written_at = version
        return self.written

    def adopt(self, changed: Catalog) -> None:
        """Takes over what the outermost level of a write has committed."""
        self.written = changed
        self.share(changed)

    def doubt(self) -> None:
        """Looks at the writer's picture again before it is next used."""
        self.written_at = NEVER

    def load_anew(self) -> None:
        """Takes both pictures from the database, of which this thread has the writer."""
        self.written = self.shared = catalog.load(self.storage)
