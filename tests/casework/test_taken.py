"""What is there already is refused in words, also where two find at once that it is not."""

import threading
from datetime import timedelta

import pytest

from casework.buying import campaigns
from casework.custody import placing
from casework.errors import Refused, taken
from casework.examinations import references
from casework.people import access
from casework.programme import programme
from rules.roles import Role
from storage.broken import unique_key
from storage.rows import add, every, one
from storage.session import Taken
from storage.tables import Campaign, Person, Persona, Product, StoragePlace
from storage.tables.columns import Table


def person(town):
    who = town.act(Role.ADMINISTRATOR)
    return access.create_person(town.db, who, "Ann", "ann@example.org", None, [Role.CLERK])


def persona(town):
    return programme.add_persona(
        town.db,
        town.act(Role.ADMINISTRATOR),
        buyer_id=town.people["Bao Yun"],
        label="lotus-1",
        recipient="Chen Wei",
        address="12 Garden Road",
        region="CN",
        max_exposure=3,
    )


def campaign(town):
    return campaigns.open_campaign(
        town.db,
        town.act(Role.ANALYST),
        name="Spring",
        purpose="Watches",
        brands=["Swarovski"],
        categories=["watches"],
        max_price_minor=20_000,
        currency="CNY",
        max_buys=3,
        budget_minor=60_000,
        opens_at=town.now,
        closes_at=town.now + timedelta(days=3),
    )


def place(town):
    return placing.add_place(town.db, town.act(Role.SUPERVISOR), site="Vault", roles=[Role.CLERK])


def product(town):
    who = town.act(Role.AUTHENTICATOR, "expert")
    return references.add_product(
        town.db, who, brand="Swarovski", category="watches", name="Crystal watch"
    )


ADDED = {
    "person": (person, Person, "There is an account for ann@example.org already."),
    "persona": (persona, Persona, "There is a persona lotus-1 already. Choose another label."),
    "campaign": (campaign, Campaign, "There is a campaign “Spring” already. Choose another name."),
    "place": (place, StoragePlace, "There is"),
    "product": (product, Product, "Crystal watch is in the library already."),
}


@pytest.mark.parametrize("name", ADDED)
def test_a_second_one_is_refused_in_words(both, name):
    add_one, _, said = ADDED[name]
    add_one(both)
    with both.refuses() as refused:
        add_one(both)
    assert refused.value.reasons[0].startswith(said)


@pytest.mark.parametrize("name", ADDED)
def test_of_two_at_once_one_is_refused(both, name):
    add_one, table, _ = ADDED[name]
    with both.db.read() as tx:
        before = len(every(tx, table))
    ready, got = threading.Barrier(2), []

    def add_it():
        ready.wait()
        try:
            add_one(both)
            got.append("added")
        except Refused:
            got.append("refused")

    sides = [threading.Thread(target=add_it) for _ in range(2)]
    for side in sides:
        side.start()
    for side in sides:
        side.join()
    assert sorted(got) == ["added", "refused"]
    with both.db.read() as tx:
        assert len(every(tx, table)) == before + 1


def test_any_other_unique_key_is_named(both):
    """The net under those that nobody thought of: a name for each key, never a bare fault."""
    persona(both)
    with both.db.read() as tx:
        row = one(tx, Persona, label="lotus-1")
    told = {name: value for name, value in row._asdict().items() if name != "id"}
    with pytest.raises(Taken) as caught, both.db.write() as tx:
        add(tx, Persona, **told)
    assert (caught.value.table, caught.value.columns) == ("persona", ("label",))
    assert (
        taken("persona", ("label",))
        .reasons[0]
        .startswith("There is a persona with this label already")
    )


def test_every_unique_key_is_found_by_the_name_postgresql_gives_it():
    class ComplaintError(Exception):
        sqlstate = "23505"

        def __init__(self, name):
            self.diag = type("Diag", (), {"constraint_name": name})

    for table in Table.metadata.tables.values():
        uniques = [each for each in table.indexes if each.unique]
        uniques += [each for each in table.constraints if type(each).__name__ == "UniqueConstraint"]
        for each in uniques:
            found = unique_key(ComplaintError(each.name))
            assert found == (table.name, tuple(column.name for column in each.columns))


def test_what_a_trigger_refuses_names_no_key():
    assert unique_key(Exception("a sealed verdict stays as it is")) is None
