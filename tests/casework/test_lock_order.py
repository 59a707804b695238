"""On PostgreSQL: changes that lock the same rows lock them in one order (docs/adr/0004).

Two threads, each slowed where it holds one lock and has not asked for the next: two orders meet in
a deadlock then, which PostgreSQL ends after a second by failing one of the two. Nobody may meet it.
"""

import threading
import time
from dataclasses import replace

import pytest

from casework.buying import assigning
from casework.errors import Refused
from casework.flags import flagging
from casework.gauge import gauging
from casework.operators import merging, persons
from casework.operators.persons import NewPerson
from casework.privacy import erasing, standing
from casework.raiding import found, raids
from casework.referring import referring
from rules.erasure import Erasable
from rules.lifecycle import Stage
from rules.linkage import PersonRole
from rules.raids import TakesPart
from rules.roles import Role
from tests.casework.operators.test_linking import link, record
from tests.casework.raiding.raiding import carried_out, operator
from tests.casework.raiding.test_found import FINDING, SHOP


@pytest.fixture
def slowed(monkeypatch):
    """`slowed(module, name, …)`: whoever calls it waits so many seconds before it and after it."""

    def slow(module, name, *, before=0.0, after=0.0):
        done = getattr(module, name)

        def slowly(*args, **kwargs):
            time.sleep(before)
            came = done(*args, **kwargs)
            time.sleep(after)
            return came

        monkeypatch.setattr(module, name, slowly)

    return slow


def at_once(*acts):
    """What came of each: what it gave, or the refusal; anything else is raised."""
    ready, came = threading.Barrier(len(acts)), {}

    def run(number, do):
        ready.wait(timeout=30)
        try:
            came[number] = do()
        except Exception as error:
            came[number] = error

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(timeout=60)
    broken = [each for each in came.values() if isinstance(each, Exception)]
    for error in broken:
        if not isinstance(error, Refused):
            raise error
    return [came[number] for number in range(len(acts))]


def seller(town, raid, number, name):
    """A second seller of a new name found at a raid, whose shop is on record already."""
    finding = replace(FINDING, name=name, shops=(replace(SHOP, number=number),))
    return found.record_found(town.db, town.act(Role.LIAISON), raid, finding)


def test_a_second_seller_against_a_conclusion_in_the_sellers_own_shop(on_postgresql, slowed):
    """Each opens an operator for the shop: one drew its number first, one held the shop first."""
    town = on_postgresql
    raid = carried_out(town, operator=operator(town, shop=3))
    slowed(found, "chosen", after=0.6)
    slowed(gauging, "new_operator", before=0.3)
    for flag in (1, 2):
        reference = town.bring(Stage.JUDGED, flag)
        number = town.shop(flag).platform_shop_id
        at_once(
            lambda flag=flag, number=number: seller(town, raid, number, f"Zhao {flag}"),
            lambda reference=reference: referring.consider(town.db, town.engine(), reference),
        )
        assert town.shop(flag).operator_id is not None


def test_erasing_covers_in_the_order_in_which_others_lock(on_postgresql, slowed):
    """A value of a shop that stands in a text of its operator, against whoever holds the shop."""
    town = on_postgresql
    slowed(assigning, "find", before=0.5)
    slowed(standing, "hold_all", after=0.8)
    for shop in (1, 2):
        liu = link(town, shop, f"Liu {shop}")
        reference = town.bring(Stage.AUTHORISED, shop)
        value = f"+86 138-0000-00{shop:02d}"
        number = record(town, shop, value=value)
        said = NewPerson(f"Wang {shop}", PersonRole.SELLER, f"He answers under {value}.")
        row = persons.add_person(town.db, town.act(Role.ANALYST), liu, said)
        also = [f"operator_person.source:{row}"]
        gone, _ = at_once(
            lambda number=number, also=also: erasing.erase(
                town.db, town.act(Role.ADMINISTRATOR), Erasable.IDENTIFIER, number,
                reason="They asked.", also=also,
            ),
            lambda reference=reference: assigning.assign(town.db, town.engine(), reference),
        )  # fmt: skip
        assert gone is None


def test_changes_of_operators_against_changes_of_a_raid(on_postgresql, slowed):
    """Merging, splitting and linking, while a second seller and an organisation are recorded."""
    town = on_postgresql
    liu, wang = link(town, 1, "Liu"), link(town, 2, "Wang")
    also = {"new_operator_name": None, "basis": "One bank account."}
    flagging.link_shop(
        town.db, town.act(Role.ANALYST), shop_id=town.shop(3).id, operator=liu, **also
    )
    raid = carried_out(town, operator=liu)
    slowed(found, "chosen", before=0.1, after=0.1)
    analyst = town.act(Role.ANALYST)

    def changes(turn):
        merge = merging.merge(town.db, analyst, liu, wang, reason="One hand packs.")
        merging.undo(town.db, analyst, merge, reason="Two hands.")
        shop = town.shop(3).id
        to = merging.split(
            town.db, analyst, liu, [shop], to=None, name=f"Sun {turn}", reason="Not his."
        )
        assert to != liu
        return flagging.link_shop(town.db, analyst, shop_id=shop, operator=liu, **also)

    def tells(turn):
        raids.add_participant(
            town.db, town.act(Role.LIAISON), raid, role=TakesPart.POLICE, organisation=f"P {turn}"
        )
        return seller(town, raid, f"N{turn}", f"Zhao {turn}")

    for turn in range(5):
        changed, told = at_once(
            lambda turn=turn: changes(turn), lambda turn=turn: tells(turn)
        )  # fmt: skip
        assert changed == liu and told.startswith("OP-")
