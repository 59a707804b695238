"""Every page somebody may open, as an address with the person who opens it.

Walks the permission table, fills each address from what is in the world, asks as each role, and
keeps a page where it shows something (a tag with its classes) that no page of the same route has
shown before. So each form, list and sign is met, and none twice.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from itertools import product

import httpx
from fastapi.routing import APIRoute

from casework.people import access, invitations
from portal.permissions import PERMISSIONS, Anyone
from rules.roles import PERSONS, Role
from storage.rows import every
from storage.tables import Photo, SellerPicture
from tests.portal import claimed_world
from tests.portal.small_world import World

NO_PAGE = {
    "health": "answers with words for a machine",
    "photo": "a photo",
    "photo_close": "a photo",
    "photo_small": "a photo",
    "photo_masked": "a photo",
    "photo_original": "a photo",
    "capture_picture": "a picture",
    "capture_warc": "a file",
    "capture_stamp": "a file",
    "certificate_file": "a file",
    "dossier": "a file",
    "bundle": "a file",
    "package_dossier": "a file",
    "package_document": "a file",
    "package_seal": "as a test buy's seal, of a package that was sent: see test_seals.py",
    "task_code": "a file",
    "assets_csv": "a file",
    "claims_csv": "a file",
    "operators_csv": "a file",
    "referrals_csv": "a file",
    "claim_paper": "a file",
    "claim_petition": "a file",
    "sign_on": "leads to the provider",
    "sign_on_back": "comes back from the provider",
    "code": "shown while a code is owed: see test_second_factor.py",
    "exhibit_holder": "JSON",
    "exhibit_label": "a file",
    "exhibit_labels": "a file",
    "exhibit_signature": "a picture",
    "examination_statement": "a file",
    "examination_signed_copy": "a file",
    "statement": "a file",
    "statement_signed_copy": "a file",
    "overrides_csv": "a file",
    "brushing_csv": "a file",
    "sanctions_csv": "a file",
    "sources_csv": "a file",
    "sanction_notice": "a file",
    "superseded_letter": "a file",
    "sanction_appeal_document": "a file",
    "reference_photo": "a photo",
    "reference_photo_close": "a photo",
    "board_arrivals": "a line of the board, put into its page",
    "service_worker": "a script",
    "task_upload": "how far an upload has come",
    "language_of_browser": "leads back",
    "raids_csv": "a file",
    "raid_seizures_csv": "a file",
    "raid_paper_file": "a file",
    "raid_paper_small": "a picture",
    "sellers_picture": "a picture",
    "sellers_picture_masked": "a picture",
}
"""GET routes that show no page, each with what they give instead."""


@dataclass(frozen=True, slots=True)
class Page:
    """`person` is a key of the world's people; None: nobody is signed in."""

    person: str | None
    route: str
    address: str

    @property
    def name(self) -> str:
        """As a file may be called."""
        rest = self.address.strip("/").replace("/", "-") or "home"
        return re.sub(r"[^A-Za-z0-9-]+", "-", f"{rest}-as-{self.person or 'nobody'}")


def every_page(world: World) -> list[Page]:
    """All of them, route by route; a route that answers nobody with a page is not among them."""
    world.client()
    fillings = fillings_of(world)
    clients = {None: world.client()} | {role: world.client(role) for role in sorted(PERSONS)}
    found: list[Page] = []
    for route in world.app.routes:
        if isinstance(route, APIRoute) and _shows_a_page(route):
            found += _of_route(route, clients, fillings)
    return found


def page_routes(world: World) -> set[str]:
    """The names of all routes that should show a page."""
    world.client()
    return {
        route.name
        for route in world.app.routes
        if isinstance(route, APIRoute) and _shows_a_page(route)
    }


def _shows_a_page(route: APIRoute) -> bool:
    """Under /api/ only its description is a page; the rest answers programs."""
    if "GET" not in route.methods or route.name in NO_PAGE:
        return False
    return not route.path.startswith("/api/") or route.name == "api_docs"


def _of_route(
    route: APIRoute, clients: dict[Role | None, httpx.Client], fillings: dict[str, list[str]]
) -> Iterator[Page]:
    seen: set[str] = set()
    permission = PERMISSIONS[route.name]
    for who, client in clients.items():
        if permission is Anyone.PUBLIC and who is not None:
            continue
        if not isinstance(permission, Anyone) and who not in permission:
            continue
        (asked,) = fillings.get(f"{route.name} asked", [""])
        for filled in addresses_of(route.path, fillings):
            address = filled + asked
            answer = client.get(address)
            if answer.status_code != 200 or "text/html" not in answer.headers["content-type"]:
                continue
            shapes = _shapes(answer.text.partition("<main")[2])
            if shapes - seen:
                seen |= shapes
                yield Page(who, route.name, address)


def _shapes(html: str) -> set[str]:
    """Each tag with its classes and its type."""
    return {
        " ".join([tag, *re.findall(r'(?:class|type)="([^"]*)"', rest)])
        for tag, rest in re.findall(r"<([a-z][a-z0-9]*)([^>]*)>", html)
    }


def addresses_of(path: str, fillings: dict[str, list[str]]) -> Iterator[str]:
    holes = re.findall(r"{(\w+)(?::path)?}", path)
    family = path.removeprefix("/api/v1").split("/")[1]
    values = [fillings.get(f"{family} {hole}", fillings.get(hole, ["1"])) for hole in holes]
    for filled in product(*values):
        address = path
        for hole, value in zip(holes, filled, strict=True):
            address = re.sub(rf"{{{hole}(:path)?}}", value, address, count=1)
        yield address


def fillings_of(world: World) -> dict[str, list[str]]:
    references = list(world.testbuys.values())
    administrator = world.act(Role.ADMINISTRATOR, "a link to look at")
    owner = world.people[Role.ANALYST]
    link = access.make_link(world.db, administrator, owner, timedelta(hours=1))
    invited = invitations.invite(
        world.db, administrator, world.people[Role.COUNSEL], "http://portal.example"
    )
    with world.db.read() as tx:
        photos = [row.public_id for row in every(tx, Photo)]
        pictures = [row.public_id for row in every(tx, SellerPicture)]
        judged = world.row(world.testbuys["judged"])
        (screen,) = every(tx, Photo, testbuy_id=judged.id, shot="P01")
    return {
        "reference": [each for each in references if each.startswith("TB-")],
        "referrals reference": [each for each in references if each.startswith("RF-")],
        "raids reference": [each for each in references if each.startswith("RA-")],
        "claims reference": [each for each in references if each.startswith("CL-")],
        "which": ["cause"],
        "sellers-pictures public_id": pictures[:1],
        "sellers_picture_cut_page asked": [f"?photo={screen.public_id}&capture="],
        "exhibit_labels asked": [f"?testbuy={judged.reference}"],
        "claims name": [sha256(claimed_world.PDF[1]).hexdigest()],
        "sanctions reference": [each for each in references if each.startswith("SA-")],
        "erasure about": ["OP-0001", "RA-2026-000001", "CL-2026-000001"],
        "erasure what": ["person", "place", "party"],
        "erasure row": ["1"],
        "brushing reference": ["BR-2026-000001"],
        "shops shop_id": [str(world.row(world.testbuys["judged"]).shop_id)],
        "exhibit": ["PB/1", "PB/2", "PB/3", "PB/4"],
        "examinations public_id": list(world.examinations.values()),
        "public_id": [*photos[:1], *photos[-3:]],
        "operator": ["OP-0001"],
        "operators kind": ["undertaking"],
        "what": ["ledger", "evidence"],
        "place_id": ["1", "2"],
        "paper": ["1", "2"],
        "shop_id": ["3", "1", "2"],
        "token": [link],
        "invitation token": [invited.address.rpartition("/")[2]],
    }
