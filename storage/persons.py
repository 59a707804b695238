"""Names of persons by their numbers."""

from collections.abc import Iterable

from storage.rows import every, table_of
from storage.session import Transaction
from storage.tables import Person


def names(tx: Transaction, ids: Iterable[int | None]) -> dict[int, str]:
    """The names of the persons with these numbers."""
    wanted = {each for each in ids if each is not None}
    people = every(tx, Person, table_of(Person).c.id.in_(wanted)) if wanted else ()
    return {person.id: person.name for person in people}
