"""Pictures that sellers show: kept once, compared with other shops' alone, never with our own."""

import io
import itertools
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageDraw, ImageOps

from casework.errors import NotFound
from casework.flags import flagging
from casework.flags.feed import read_feed
from casework.intake import photographing
from casework.operators import sellers_pictures
from casework.operators.sellers_pictures import Fetched
from casework.privacy import erasing
from casework.views import linking
from evidence.photos import examine
from rules import likeness
from rules.audience import Region
from rules.erasure import Erasable
from rules.identifiers import Confidence, IdentifierKind, IdentifierState, Strength
from rules.lifecycle import Stage
from rules.linkage import CROWD, ProposalState
from rules.pictures import LEAST_EDGE, LeftOut, Origin
from rules.roles import Role
from storage.tables import (
    Category,
    Flag,
    Identifier,
    LinkProposal,
    Photo,
    ProposalEvidence,
    Route,
    SellerPicture,
    Shop,
)
from tests.casework.intake.test_codes import noted
from tests.casework.operators.test_linking import answer, confirm, owners, proposals, withdraw
from tests.casework.operators.test_registrants import HEAD, ROW

PHOTO, DEVICE = IdentifierKind.PHOTO_REUSE, IdentifierKind.EXIF_DEVICE
BASE = ExifTags.Base
STRAIGHT, MIRRORED = likeness.Way
WEAKLY = CROWD[Strength.WEAK]


def grey(seed, shift=0):
    """A picture of steps whose pattern is drawn by a seed, with `shift` of its 64 bits turned."""
    bits = np.random.default_rng(seed).integers(0, 2, 64)
    bits[:shift] ^= 1
    steps = np.where(bits.reshape(8, 8), 12, -12)
    # Each row begins with another grey, or the first column would be a plain border.
    first = 90 + 9 * np.arange(8).reshape(8, 1)
    cells = np.hstack([first, first + steps.cumsum(axis=1)])
    return np.kron(cells, np.ones((50, 50))).astype(np.uint8)


def picture(seed=1, *, size=None, quality=85, shift=0, kind="JPEG", **exif):
    image = Image.fromarray(grey(seed, shift))
    image = image.resize(size) if size else image
    out, told = io.BytesIO(), Image.Exif()
    for name, value in exif.items():
        where = told if name in ("Make", "Model") else told.get_ifd(ExifTags.IFD.Exif)
        where[BASE[name]] = value
    image.save(out, kind, quality=quality, exif=told)
    return out.getvalue()


def fetched(town, reference, *files):
    return sellers_pictures.keep_fetched(
        town.db, town.vault, town.engine(), reference,
        [Fetched(f"https://shop.example/{number}.jpg", data) for number, data in enumerate(files)],
    )  # fmt: skip


def hand_in(town, reference, data, origin=Origin.CHAT, act=None):
    return sellers_pictures.hand_in(
        town.db, town.vault, act or town.act(Role.ANALYST), reference, origin=origin, data=data
    )


def known(town, kind=PHOTO):
    return sorted(
        (row.shop_id - town.shop(1).id + 1, row.value, row.state)
        for row in town.all(Identifier)
        if row.kind is kind
    )


def two(town):
    return town.request(1), town.request(2)


def test_pictures_of_two_shops_that_look_alike_are_proposed_with_both_as_evidence(both):
    town = both
    one, other = two(town)
    assert fetched(town, one, picture()) == 1
    assert town.all(Identifier) == [], "alone it says nothing"
    copy = picture(size=(600, 533), quality=40)
    hand_in(town, other, copy)
    rows = sorted((row for row in town.all(Identifier)), key=lambda row: row.shop_id)
    assert [row.kind for row in rows] == [PHOTO] * 2
    assert [row.confidence for row in rows] == [Confidence.CERTAIN, Confidence.PROBABLE]
    assert {row.recorded_by for row in rows} == {None}
    assert [row.testbuy_id for row in rows] == [town.row(each).id for each in (one, other)]
    (proposal,) = proposals(town)
    assert (proposal.shop_id, proposal.other_id) == (town.shop(1).id, town.shop(2).id)
    assert owners(town, 1, 2) == [None, None]
    assert {row.identifier_id for row in town.all(SellerPicture)} == {row.id for row in rows}


def turned(data):
    out = io.BytesIO()
    flipped = Image.open(io.BytesIO(data)).transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    flipped.save(out, "JPEG", quality=60)
    return out.getvalue()


def test_a_mirrored_copy_is_found_and_the_proposal_says_that_it_is_mirrored(both):
    town = both
    one, other = two(town)
    fetched(town, one, picture())
    fetched(town, other, turned(picture(size=(500, 450))))
    (page,) = linking.proposals(town.db).rows
    (shared,) = page.evidence
    assert shared.way is MIRRORED
    assert shared.apart <= 10
    # Turned back by a third shop it is the first one's as it is, and the second one's mirrored.
    fetched(town, town.request(3), turned(turned(picture(quality=70))))
    ways = {
        (line.row.shop_id, line.row.other_id): [each.way for each in line.evidence]
        for line in linking.proposals(town.db).rows
    }
    first = town.shop(1).id
    assert ways == {
        (first, first + 1): [MIRRORED],
        (first, first + 2): [STRAIGHT],
        (first + 1, first + 2): [MIRRORED],
    }


def article(seed, size=400):
    """An article of always one outline on a white ground."""
    whole = Image.new("L", (900, 900), "white")
    shape = Image.new("L", (size, size), 0)
    ImageDraw.Draw(shape).ellipse((0, 0, size, size), fill=255)
    whole.paste(Image.fromarray(grey(seed)).resize((size, size)), ((900 - size) // 2,) * 2, shape)
    out = io.BytesIO()
    whole.save(out, "JPEG", quality=85)
    return out.getvalue()


def test_two_articles_of_one_outline_on_white_are_not_taken_for_one(on_sqlite):
    """Most of such a picture is its ground, which every shop's pictures share."""
    town = on_sqlite
    one, other = two(town)
    files = [article(1), article(2)]
    near = [examine(each).dhash for each in files]
    assert (near[0] ^ near[1]).bit_count() <= likeness.NEAR, "whole they look the same"
    fetched(town, one, files[0])
    fetched(town, other, files[1])
    assert proposals(town) == []
    # With more white around it the article is still the same picture.
    fetched(town, other, article(1, size=600))
    assert len(proposals(town)) == 1


def test_the_same_file_twice_is_kept_once_and_one_shop_is_not_tied_to_itself(both):
    town = both
    one = town.request(1)
    assert fetched(town, one, picture(), picture()) == 1
    assert fetched(town, one, picture()) == 0
    assert hand_in(town, one, picture()) == hand_in(town, one, picture())
    hand_in(town, one, picture(quality=30))
    assert len(town.all(SellerPicture)) == 2
    assert town.all(Identifier) == []
    assert len(noted(town, one, "seller's picture kept")) == 2


@pytest.mark.parametrize("order", [(*each, 3) for each in itertools.permutations(range(3))])
def test_whichever_came_first_the_same_is_known_and_proposed(on_sqlite, order):
    """Of four shops the first is near the second, the second near the third, no two others."""
    town = on_sqlite
    near, far = picture(3, shift=5), picture(3, shift=10)
    files = [picture(3), near, far, picture(9)]
    patterns = [examine(each).pattern for each in files]
    ways = [likeness.way(one, other) for one, other in itertools.combinations(patterns, 2)]
    assert ways == [STRAIGHT, None, None, STRAIGHT, None, None]
    references = [town.request(number) for number in (1, 2, 3, 4)]
    for place in order:
        fetched(town, references[place], files[place])
    first = town.shop(1).id
    pairs = {(row.shop_id - first + 1, row.other_id - first + 1) for row in proposals(town)}
    assert pairs == {(1, 2), (2, 3)}
    assert {shop for shop, *_ in known(town)} == {1, 2, 3}


def test_a_rejected_pair_is_not_asked_about_again_when_a_third_shop_shows_the_picture(both):
    town = both
    one, other = two(town)
    fetched(town, one, picture(3))
    fetched(town, other, picture(3, shift=2))
    (proposal,) = proposals(town)
    answer(town, proposal)
    fetched(town, town.request(3), picture(3, shift=1))
    first = town.shop(1).id
    pairs = {(row.shop_id - first + 1, row.other_id - first + 1) for row in proposals(town)}
    assert pairs == {(1, 3), (2, 3)}
    # The same picture in another file of the shop is no new evidence either.
    fetched(town, one, picture(3, quality=50))
    assert len(proposals(town)) == 2


def test_confirmed_on_both_sides_it_is_new_evidence_and_joins_nobody(both):
    town = both
    one, other = two(town)
    fetched(town, one, picture())
    fetched(town, other, picture(quality=60))
    answer(town, proposals(town)[0])
    numbers = [row.id for row in town.all(Identifier)]
    confirm(town, numbers[0])
    assert proposals(town) == []
    confirm(town, numbers[1])
    assert len(proposals(town)) == 1
    assert owners(town, 1, 2) == [None, None]
    answer(town, proposals(town)[0])
    fetched(town, town.request(3), picture(quality=70))
    assert (town.shop(1).id, town.shop(2).id) not in {
        (row.shop_id, row.other_id) for row in proposals(town)
    }


def test_what_was_withdrawn_or_erased_does_not_come_back_with_the_next_copy(both):
    town = both
    one, other = two(town)
    fetched(town, one, picture())
    fetched(town, other, picture(quality=60))
    first, second = sorted(town.all(Identifier), key=lambda row: row.shop_id)
    withdraw(town, first.id, IdentifierState.RECORDED, "The maker's own picture.")
    assert proposals(town) == []
    assert {row.state for row in town.all(LinkProposal)} == {ProposalState.LAPSED}
    reason = {"reason": "Asked for."}
    erasing.erase(town.db, town.act(Role.ADMINISTRATOR), Erasable.IDENTIFIER, second.id, **reason)
    fetched(town, one, picture(quality=75))
    fetched(town, other, picture(quality=76))
    assert len(town.all(Identifier)) == 2
    assert proposals(town) == []


def test_what_a_crowd_shows_proposes_nothing_more(on_sqlite):
    """The maker's own picture stands in every shop that sells the article."""
    town = on_sqlite
    category = town.all(Category)[0].name
    lines = [ROW.format(n=n, registrant="", category=category) for n in range(1, WEAKLY + 3)]
    rows = read_feed("f.csv", "\n".join([HEAD, *lines]).encode()).rows
    flagging.import_flags(town.db, town.act(Role.ANALYST), rows)
    flags = [row.id for row in town.all(Flag) if row.source_flag_id in {str(n) for n in range(99)}]
    for place, flag in enumerate(flags):
        fetched(town, town.request(flag), picture(size=(450 + place, 400)))
    asked = {number for row in town.all(LinkProposal) for number in (row.shop_id, row.other_id)}
    assert len(town.all(Identifier)) == WEAKLY + 2
    assert len(asked) == WEAKLY


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (picture(size=(190, 400)), LeftOut.SMALL),
        (picture()[:3000], LeftOut.UNREADABLE),
    ],
)
def test_what_says_nothing_is_kept_and_compared_with_none(on_sqlite, data, why):
    town = on_sqlite
    one, other = two(town)
    for each in (one, other):
        fetched(town, each, data)
    assert [row.left_out for row in town.all(SellerPicture)] == [why] * 2
    assert town.all(Identifier) == []


def test_a_plain_picture_is_compared_with_none(on_sqlite):
    town = on_sqlite
    out = io.BytesIO()
    Image.new("RGB", (500, 500), "white").save(out, "PNG")
    for each in two(town):
        fetched(town, each, out.getvalue(), b"<svg/>", b"")
    assert [row.left_out for row in town.all(SellerPicture)] == [LeftOut.PLAIN] * 2
    assert town.all(Identifier) == []


def test_our_own_photos_of_parcels_are_never_compared_with_anything(both):
    town = both
    ours, other = town.bring(Stage.RECEIVED, 1), town.request(2)
    (photo,) = [row for row in town.of(Photo, ours) if row.shot == "R01"]
    data = town.vault.read(photo.digest)
    fetched(town, other, picture())
    assert town.all(Identifier) == []
    with town.refuses("our own people took"):
        hand_in(town, other, data)
    again = io.BytesIO()
    Image.open(io.BytesIO(data)).save(again, "JPEG", quality=50)
    with town.refuses("our own people took"):
        hand_in(town, other, again.getvalue())
    # A photo of the parcel that looks like a seller's picture ties its shop to none.
    assert {row.kind for row in town.all(Identifier)} == set()


def test_a_serial_number_is_an_identifier_and_a_model_alone_asks_nothing(both):
    town = both
    one, other = two(town)
    canon = {"Make": "Canon", "Model": "Canon EOS 5D"}
    fetched(town, one, picture(1, **canon, BodySerialNumber="0420712345"))
    fetched(town, other, picture(2, **canon))
    assert [(shop, value) for shop, value, _ in known(town, DEVICE)] == [
        (1, "Canon EOS 5D 0420712345"), (2, "Canon EOS 5D *"),
    ]  # fmt: skip
    third = town.request(3)
    fetched(town, third, picture(4, **canon))
    assert proposals(town) == [], "thousands own that model"
    hand_in(town, third, picture(5, **canon, BodySerialNumber="0420712345"))
    (proposal,) = proposals(town)
    assert (proposal.shop_id, proposal.other_id) == (town.shop(1).id, town.shop(3).id)
    assert {row.said_by for row in town.all(Identifier)} == {"metadata of a seller's picture"}


def test_a_model_is_shown_beside_other_evidence(on_sqlite):
    town = on_sqlite
    one, other = two(town)
    phone = {"Make": "HUAWEI", "Model": "P30"}
    fetched(town, one, picture(1, **phone))
    fetched(town, other, picture(1, quality=50, **phone))
    assert len(town.all(ProposalEvidence)) == 4


@pytest.mark.parametrize("serial", ["0", "0000000", "none", "unknown", "1111111", "NIKON D90"])
def test_fillers_are_no_serial_number(on_sqlite, serial):
    town = on_sqlite
    fetched(town, town.request(1), picture(BodySerialNumber=serial, ImageUniqueID="0" * 32))
    assert known(town, DEVICE) == []


def test_one_shot_is_known_by_its_unique_id(on_sqlite):
    town = on_sqlite
    one, other = two(town)
    shot = {"ImageUniqueID": "3F0A9C3B7D5E4F1A8B2C6D7E8F901234"}
    fetched(town, one, picture(1, **shot))
    fetched(town, other, picture(2, **shot))
    assert len(proposals(town)) == 1


def test_our_own_buyers_phone_is_never_a_sellers(both, monkeypatch):
    town = both
    phone = {"Make": "Xiaomi", "Model": "Mi 9", "BodySerialNumber": "A1B2C3D4"}
    ours = town.bring(Stage.ASSIGNED, 1, route=Route.BY_HAND)
    taken = photographing.take_photo(
        town.db, town.vault, town.buyer(ours), ours, shot="P04", name="x",
        data=picture(7, size=(2100, 1900), **phone),
    )  # fmt: skip
    assert taken.public_id
    hand_in(town, ours, picture(8, **phone), act=town.buyer(ours))
    assert known(town, DEVICE) == []
    later = town.bring(Stage.ASSIGNED, 2, route=Route.BY_HAND)
    if town.row(later).buyer_id == town.row(ours).buyer_id:
        hand_in(town, later, picture(9, **phone), act=town.buyer(later))
        assert known(town, DEVICE) == []
    hand_in(town, ours, picture(8, Make="Canon", Model="R5"), act=town.buyer(ours))
    assert [value for _, value, _ in known(town, DEVICE)] == ["Canon R5 *"]


def screen(seed):
    """A phone's screen: words and lines of the platform, and the seller's picture in it."""
    whole = Image.new("RGB", (1080, 2340), "white")
    whole.paste(Image.fromarray(grey(seed)).resize((1080, 960)), (0, 200))
    lines = Image.fromarray(np.random.default_rng(1).integers(0, 2, (8, 90), np.uint8) * 255)
    whole.paste(lines.resize((1000, 900), Image.Resampling.NEAREST), (40, 1300))
    out = io.BytesIO()
    whole.save(out, "PNG")
    return out.getvalue()


CUT = Region(0, 855, 10_000, 4_957)


def shown(town, reference, seed):
    photographing.take_photo(
        town.db, town.vault, town.buyer(reference), reference, shot="P01", name="x",
        data=screen(seed),
    )  # fmt: skip
    return next(row for row in town.of(Photo, reference) if row.shot == "P01")


def test_a_screen_is_never_compared_whole_and_what_is_cut_out_of_it_is(both):
    town = both
    bought = [town.bring(Stage.ASSIGNED, number, route=Route.BY_HAND) for number in (1, 2)]
    shots = [shown(town, each, seed) for each, seed in zip(bought, (3, 3), strict=True)]
    assert town.all(Identifier) == []
    fetched(town, bought[1], picture(3))

    def cut(act=None, photo=shots[0].public_id, region=CUT, reference=bought[0]):
        return sellers_pictures.cut(
            town.db, town.vault, act or town.act(Role.ANALYST), reference, photo=photo,
            capture=None, region=region,
        )  # fmt: skip

    assert cut() == cut()
    (row,) = [row for row in town.all(SellerPicture) if row.origin is Origin.SCREEN]
    assert (row.photo_id, row.left, row.bottom) == (shots[0].id, 0, 4_957)
    assert {row.confidence for row in town.all(Identifier)} == {
        Confidence.CERTAIN, Confidence.POSSIBLE,
    }  # fmt: skip
    assert len(proposals(town)) == 1
    with town.refuses("Only an analyst"):
        cut(act=town.buyer(bought[0]))
    with town.refuses("no such capture", NotFound):
        cut(photo=shots[1].public_id)


def test_only_screens_are_cut(on_sqlite):
    town = on_sqlite
    reference = town.bring(Stage.RECEIVED, 1)
    (photo,) = [row for row in town.of(Photo, reference) if row.shot == "R01"]
    with town.refuses("Cut it out of a screen"):
        sellers_pictures.cut(
            town.db, town.vault, town.act(Role.ANALYST), reference, photo=photo.public_id,
            capture=None, region=CUT,
        )  # fmt: skip


def test_who_may_hand_in_what(both):
    town = both
    reference = town.bring(Stage.ASSIGNED, 1)
    for role in (Role.CLERK, Role.AUTHENTICATOR, Role.AUDITOR, Role.SUPERVISOR):
        with town.refuses("Only the buyer or an analyst"):
            hand_in(town, reference, picture(), act=town.act(role))
    own = town.buyer(reference)
    other = next(name for name in ("Bao Yun", "Dai Min") if town.people[name] != own.person)
    with town.refuses("not among your tasks", NotFound):
        hand_in(town, reference, picture(), act=town.act(Role.BUYER, other))
    with town.refuses("from the listing, the chat"):
        hand_in(town, reference, picture(), origin=Origin.SCREEN)
    with town.refuses("no picture we can read"):
        hand_in(town, reference, b"%PDF-1.7")
    with town.refuses("no test buy"):
        hand_in(town, "TB-2026-000099", picture())
    with town.refuses("The programme keeps what it fetched"):
        sellers_pictures.keep_fetched(
            town.db, town.vault, town.act(Role.ANALYST), reference, [Fetched("x", picture())]
        )
    assert hand_in(town, reference, picture(), act=own)
    row = town.all(SellerPicture)[0]
    assert town.vault.read(row.digest) == picture(), "bit for bit"
    assert row.shop_id == town.all(Shop, Shop.id == row.shop_id)[0].id


def test_real_photographs_are_known_again_smaller_and_marked_and_no_two_are_taken_for_one(
    real_data: Path,
):
    """The distances of docs/adr/0047: a copy stays near, another photograph does not come near."""
    patterns, missed = {}, []
    for file in sorted((real_data / "camera").glob("*.[jJ][pP][gG]")):
        data = file.read_bytes()
        seen = examine(data)
        small = min(seen.width, seen.height) < LEAST_EDGE
        if seen.pattern is None or small or "orientation" in file.name:
            continue
        patterns[file.name] = seen.pattern
        image = Image.open(io.BytesIO(data))
        turned = image.getexif().get(BASE.Orientation, 1)
        if turned == 1:
            plain = image.convert("RGB")
            smaller = plain.resize((800, 800 * image.height // image.width))
            padded = ImageOps.expand(plain, plain.width // 10, "white")
            for name, copy, way in (
                ("smaller", smaller, STRAIGHT),
                ("in a border", padded, STRAIGHT),
                ("mirrored", plain.transpose(Image.Transpose.FLIP_LEFT_RIGHT), MIRRORED),
            ):
                out = io.BytesIO()
                copy.save(out, "JPEG", quality=40)
                if likeness.way(examine(out.getvalue()).pattern, seen.pattern) is not way:
                    missed.append((name, file.name))
    assert len(patterns) > 18
    assert missed == []
    pairs = itertools.combinations(patterns.values(), 2)
    assert [likeness.way(one, other) for one, other in pairs if likeness.way(one, other)] == []


def test_a_real_phones_module_number_is_no_pictures_id(real_data: Path, on_sqlite):
    """Samsung writes the number of the camera's module where the picture's own id belongs."""
    (file,) = (real_data / "camera").glob("*SM-J327T1.jpg")
    town = on_sqlite
    fetched(town, town.request(1), file.read_bytes())
    assert [value for _, value, _ in known(town, DEVICE)] == ["samsung SM-J327T1 *"]
