"""The number beside the inbox in the navigation, on every page."""

from dataclasses import dataclass
from functools import cached_property

from fastapi import Request

from casework.views import inbox
from casework.views.inbox import Reader
from portal.visit import Visitor, database, now
from storage.session import DatabaseTrouble


@dataclass
class Badge:
    """Counted when a template asks for it: a page without navigation costs nothing."""

    request: Request
    who: Visitor | None

    @property
    def count(self) -> int:
        """How many lines the inbox has."""
        return self._counted[0]

    @property
    def more(self) -> bool:
        """Whether more wait than are counted and shown."""
        return self._counted[1]

    @cached_property
    def _counted(self) -> tuple[int, bool]:
        if self.who is None:
            return 0, False
        try:
            return inbox.count(database(self.request), reader(self.request, self.who))
        except DatabaseTrouble:
            # The page that says so shows this number too.
            return 0, False


def reader(request: Request, who: Visitor) -> Reader:
    """The visitor as the inbox asks for them."""
    return Reader(who.person_id, who.roles, now(request))
