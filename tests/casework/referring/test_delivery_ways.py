"""How referrals go to an agency: who says so, and what its record must hold before."""

from dataclasses import replace

import pytest

from casework.errors import Stale
from casework.referring import agencies
from casework.referring.agencies import Stated
from rules.delivery import Delivery, address_of, fits_mail
from rules.roles import Role
from tests.casework.referring.delivered import (
    agency_of,
    choose,
    give_certificate,
    put_contact,
    told_in,
)


def test_a_liaison_chooses_the_folder_and_the_form_of_before_is_stale(both):
    was = agencies.mark_of(agency_of(both))
    assert agency_of(both).delivery is Delivery.INTERFACE
    choose(both, Delivery.FOLDER)
    assert agency_of(both).delivery is Delivery.FOLDER
    with both.refuses(kind=Stale):
        choose(both, Delivery.INTERFACE, seen=was)
    with both.refuses("on record already"):
        choose(both, Delivery.FOLDER)
    with both.refuses("Say why"):
        choose(both, Delivery.INTERFACE, reason=" ")
    (told,) = [each for each in told_in(both, "programme") if each["what"] == "delivery"]
    assert told["way"] == "folder" and told["reason"].startswith("sha256:")


def test_mail_needs_a_certificate_and_an_address(both):
    with both.refuses("no valid certificate"):
        choose(both, Delivery.MAIL)
    give_certificate(both)
    with both.refuses("no e-mail address"):
        choose(both, Delivery.MAIL)
    put_contact(both, "desk@police.example")
    choose(both, Delivery.MAIL)
    row = agency_of(both)
    assert row.delivery is Delivery.MAIL
    stated = Stated(row.name, row.jurisdiction, "Desk 3", row.needs, row.needs_exhibit)
    with both.refuses("Choose another way"):
        agencies.set_agency(
            both.db, both.act(Role.ADMINISTRATOR), row.id, stated,
            seen=agencies.mark_of(row), reason="Moved",
        )  # fmt: skip


def test_an_expired_certificate_is_none(on_sqlite):
    give_certificate(on_sqlite)
    put_contact(on_sqlite, "desk@police.example")
    on_sqlite.later(days=4000)
    with on_sqlite.refuses("no valid certificate"):
        choose(on_sqlite, Delivery.MAIL)


def test_nobody_else_chooses(on_sqlite):
    for role in Role:
        if role in (Role.LIAISON, Role.ADMINISTRATOR):
            continue
        act = replace(on_sqlite.act(Role.LIAISON), role=role)
        with on_sqlite.refuses("Only a liaison or administrator"):
            choose(on_sqlite, Delivery.FOLDER, act=act)
    choose(on_sqlite, Delivery.FOLDER, act=on_sqlite.act(Role.ADMINISTRATOR))


@pytest.mark.parametrize(
    ("contact", "address"),
    [
        ("desk@police.example", "desk@police.example"),
        (" desk@police.example ", "desk@police.example"),
        ("Desk 3, 021 555 0100", None),
        ("a@police.example, b@police.example", None),
        ("Desk <desk@police.example>", None),
        ("desk@police.example\nBcc: x@other.example", None),
        ("@police.example", None),
        ("desk@", None),
        ("desk", None),
        ("", None),
    ],
)
def test_a_contact_is_an_address_or_none(contact, address):
    assert address_of(contact) == address


def test_a_mail_has_a_limit():
    assert fits_mail(15_000_000, 15).allowed
    (reason,) = fits_mail(15_000_001, 15).reasons
    assert "16 MB" in reason and "15 at most" in reason
