"""Raids: planned, carried out or called off; places, participants, and whom one met."""

from collections.abc import Iterator

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from casework.raiding import raid_lists, raid_places
from casework.raiding import raids as moves
from casework.views import raids as views
from casework.views.raid import raid_page
from casework.views.raids import RaidLine
from portal.clocks import OFFSETS, USUAL, moment
from portal.fields import fields
from portal.pages import again, done, page, speaks
from portal.paging import turn
from portal.spreadsheets import sheet
from portal.visit import act, addressed, database, part
from rules.holders import ExhibitKind
from rules.raids import Fate, MetAs, PaperKind, PlaceKind, TakesPart
from rules.sampling import Drawn
from rules.seizures import Basis, Precision, SourceKind, ValueOf

router = APIRouter()

_COLUMNS = (
    "raid", "operator", "operator_name", "agency", "referral", "state", "planned_on",
    "carried_out_on", "source_kind", "source", "said_on", "figure", "precision", "quantity", "unit",
    "value_minor", "currency", "lines",
)  # fmt: skip


@router.get("/raids", name="raids")
def raids(request: Request) -> HTMLResponse:
    """A page of raids, the newest first; the address may say for what one is to be planned."""
    db = database(request)
    view = views.raids(db, turn(request))
    begun = {name: request.query_params.get(name, "")[:40] for name in ("referral", "operator")}
    agencies, referrals = views.agencies_of_raids(db), views.referrals_leading(db)
    return page(
        request,
        "raiding/raids.html",
        view=view,
        agencies=agencies,
        referrals=referrals,
        begun=begun,
    )


@router.get("/raids.csv", name="raids_csv")
def raids_csv(request: Request) -> Response:
    """Every raid with the figures of the source taken for it, a row for each; money in minor units.

    A raid without a figure taken has one row.
    """
    rows = (row for line in views.every_raid(database(request)) for row in _rows(line))
    return sheet("raids.csv", _COLUMNS, rows)


@router.post("/raids", name="raid_plan")
@again(raids)
def raid_plan(request: Request) -> Response:
    """Plan a raid; what its referral says need not be said again."""
    form = fields(request)
    operator, referral = form.maybe("operator", limit=20), form.maybe("referral", limit=40)
    agency, planned_on = form.maybe("agency", limit=200), form.day("planned_on")
    if not operator and not referral:
        form.errors["operator"] = "Write an operator's reference, or that of a referral."
    if not agency and not referral:
        form.errors["agency"] = "Choose the agency that acts."
    form.check()
    reference = moves.plan(
        database(request),
        act(request),
        operator=operator.upper() if operator else None,
        agency=agency,
        referral=referral.upper() if referral else None,
        planned_on=planned_on,
    )
    return done(f"/raids/{reference}", "raid_planned")


@router.get("/raids/{reference}", name="raid")
def raid(request: Request) -> HTMLResponse:
    """One raid with all that is said of it."""
    view = raid_page(database(request), part(request, "reference"))
    return page(
        request,
        "raiding/raid.html",
        view=view,
        offsets=OFFSETS,
        usual=USUAL.get(speaks(request), 0),
        places=tuple(PlaceKind),
        takes_part=tuple(TakesPart),
        met_as=tuple(MetAs),
        fates=tuple(Fate),
        papers=tuple(PaperKind),
        kinds=tuple(ExhibitKind),
        sources=tuple(SourceKind),
        precisions=tuple(Precision),
        bases=tuple(Basis),
        values=tuple(ValueOf),
        drawn=tuple(Drawn),
        needed=raid_lists.NEEDED,
        optional=raid_lists.OPTIONAL,
    )


@router.post("/raids/{reference}/carried-out", name="raid_carry_out")
@again(raid)
def raid_carry_out(request: Request) -> Response:
    """Record that it was carried out."""
    form = fields(request)
    version, on = form.number("version"), form.day("on")
    form.check()
    moves.carry_out(*addressed(request), version=version, on=on)
    return _back(request)


@router.post("/raids/{reference}/called-off", name="raid_call_off")
@again(raid)
def raid_call_off(request: Request) -> Response:
    """Record that it does not take place."""
    form = fields(request)
    version, reason = form.number("version"), form.text("reason")
    form.check()
    moves.call_off(*addressed(request), version=version, reason=reason)
    return _back(request)


@router.post("/raids/{reference}/places", name="raid_place")
@again(raid)
def raid_place(request: Request) -> Response:
    """Name a place."""
    form = fields(request)
    kind, address = form.word("kind", PlaceKind), form.text("address", limit=300)
    form.check()
    raid_places.add_place(*addressed(request), kind=kind, address=address)
    return _back(request)


@router.post("/raids/{reference}/places/times", name="raid_times")
@again(raid)
def raid_times(request: Request) -> Response:
    """From when to when a place was searched."""
    form = fields(request)
    place = form.number("place", least=1)
    begin, end = moment(form, "from_at"), moment(form, "to_at")
    form.check()
    raid_places.record_times(*addressed(request), place, times=(begin.at, end.at))
    return _back(request)


@router.post("/raids/{reference}/participants", name="raid_participant")
@again(raid)
def raid_participant(request: Request) -> Response:
    """Name an organisation that took part."""
    form = fields(request)
    role, organisation = form.word("role", TakesPart), form.text("organisation", limit=200)
    form.check()
    moves.add_participant(*addressed(request), role=role, organisation=organisation)
    return _back(request)


@router.post("/raids/{reference}/persons", name="raid_person")
@again(raid)
def raid_person(request: Request) -> Response:
    """Name somebody who was met at a place."""
    form = fields(request)
    place, met_as = form.number("place", least=1), form.word("met_as", MetAs)
    name = form.text("name", limit=200)
    form.check()
    raid_places.add_person(*addressed(request), place=place, name=name, met_as=met_as)
    return _back(request)


@router.post("/raids/{reference}/persons/fate", name="raid_fate")
@again(raid)
def raid_fate(request: Request) -> Response:
    """What became of somebody who was met."""
    form = fields(request)
    person, fate = form.number("person", least=1), form.word("fate", Fate)
    as_of = form.day("as_of")
    form.check()
    raid_places.record_fate(*addressed(request), person=person, fate=fate, as_of=as_of)
    return _back(request)


def _back(request: Request) -> Response:
    return done(f"/raids/{part(request, 'reference')}", "saved")


def _rows(line: RaidLine) -> Iterator[tuple[object, ...]]:
    row, source = line.raid, line.source
    head = (
        row.reference, line.operator.reference, line.operator.name, line.agency, line.referral,
        row.state.value, row.planned_on, row.carried_out_on,
        source.kind.value if source else None, source.name if source else None,
        source.said_on if source else None,
    )  # fmt: skip
    if not line.counts:
        yield (*head, *(None,) * 7)
    for count in line.counts:
        figure = (count.kind.value, count.precision.value, count.quantity, count.unit)
        yield (*head, *figure, None, None, count.lines)
    for total in line.totals:
        figure = (total.basis.value, total.precision.value, None, None)
        yield (*head, *figure, total.money.minor, total.money.currency, total.lines)
