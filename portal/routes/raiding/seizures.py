"""What was seized in a raid: sources and their lines, lists, papers, samples."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from casework.errors import NotFound
from casework.raiding import raid_lines, raid_lists, raid_papers
from casework.raiding.raid_lines import NewLine
from casework.views.raid import RaidPage, raid_page
from evidence.media import suffix_of
from portal.fields import Fields, fields
from portal.pages import again, done, page
from portal.picturing import small_picture
from portal.routes.raiding.raids import raid
from portal.spreadsheets import sheet
from portal.visit import act, addressed, database, part, vault
from portal.visit import number as part_number
from rules.holders import ExhibitKind
from rules.money import Money
from rules.raids import PaperKind
from rules.sampling import Drawn
from rules.seizures import Basis, Precision, SourceKind, Value, ValueOf

router = APIRouter(prefix="/raids/{reference}")
_COLUMNS = (
    "raid", "line", "source_kind", "source", "said_on", "taken", "kind", "description", "brand",
    "quantity", "precision", "unit", "value_minor", "currency", "basis", "value_of",
    "value_precision", "place", "place_kind", "corrects", "because", "superseded_by", "recorded_at",
)  # fmt: skip


@router.post("/sources", name="raid_source")
@again(raid)
def raid_source(request: Request) -> Response:
    """Name who says something of the raid."""
    form = fields(request)
    kind, name = form.word("kind", SourceKind), form.text("name", limit=200)
    said_on = form.day("said_on")
    form.check()
    raid_lines.add_source(*addressed(request), kind=kind, name=name, said_on=said_on)
    return _back(request, "saved")


@router.post("/lines", name="raid_line")
@again(raid)
def raid_line(request: Request) -> Response:
    """Record one line of a source."""
    form = fields(request)
    source, line = form.number("source", least=1), _line(form)
    form.check()
    raid_lines.record(*addressed(request), source=source, line=line)
    return _back(request, "seizure")


@router.post("/lines/correct", name="raid_correct")
@again(raid)
def raid_correct(request: Request) -> Response:
    """Supersede a line that stands, with the reason."""
    form = fields(request)
    corrects, line, reason = form.number("corrects", least=1), _line(form), form.text("reason")
    form.check()
    raid_lines.correct(*addressed(request), corrects=corrects, line=line, reason=reason)
    return _back(request, "seizure")


@router.post("/figures", name="raid_figures")
@again(raid)
def raid_figures(request: Request) -> Response:
    """Take one source's figures for the raid."""
    form = fields(request)
    version, source = form.number("version"), form.number("source", least=1)
    reason = form.text("reason")
    form.check()
    raid_lines.choose(*addressed(request), version=version, source=source, reason=reason)
    return _back(request, "saved")


@router.post("/lists", name="raid_list_look")
@again(raid)
def raid_list_look(request: Request) -> Response:
    """What a list holds, line by line; nothing is written."""
    form = fields(request)
    source, (_, data) = form.number("source", least=1), form.upload("list")
    form.check()
    db, reference = database(request), _raid(request)
    looked = raid_lists.look(db, reference, source=source, text=data.decode("utf-8-sig", "replace"))
    view = raid_page(db, reference)
    (by,) = [account.source for account in view.accounts if account.source.id == source]
    return page(request, "raiding/raid_list.html", view=view, looked=looked, by=by)


@router.post("/lists/import", name="raid_list_import")
@again(raid)
def raid_list_import(request: Request) -> Response:
    """Record the list that was looked at, whole."""
    form = fields(request)
    source, digest = form.number("source", least=1), form.text("digest", limit=80)
    text = form.text("text", limit=raid_lists.LARGEST)
    form.check()
    raid_lists.import_list(*addressed(request), source=source, text=text, digest=digest)
    return _back(request, "seizure_list")


@router.get("/seizures.csv", name="raid_seizures_csv")
def raid_seizures_csv(request: Request) -> Response:
    """Every line of every source, superseded ones too; money in minor units, times in UTC."""
    view = raid_page(database(request), _raid(request))
    name = f"{view.raid.reference}-seizures.csv"
    return sheet(name, _COLUMNS, _rows(view))


@router.post("/papers", name="raid_paper")
@again(raid)
def raid_paper(request: Request) -> Response:
    """Hand in a photo or document."""
    form = fields(request)
    kind, title = form.word("kind", PaperKind), form.text("title", limit=200)
    source = form.maybe_number("source", least=1)
    _, data = form.upload("paper")
    form.check()
    raid_papers.hand_in(
        database(request),
        vault(request),
        act(request),
        _raid(request),
        kind=kind,
        title=title,
        data=data,
        source=source,
    )
    return _back(request, "saved")


@router.get("/papers/{paper}", name="raid_paper_file")
def raid_paper_file(request: Request) -> Response:
    """A photo or document, bit for bit as it was handed in."""
    row = raid_papers.paper(database(request), _raid(request), part_number(request, "paper"))
    kept = vault(request)
    kept.verify(row.digest)
    name = f"{_raid(request)}-{row.id}.{suffix_of(row.media_type)}"
    headers = {
        "cache-control": "private, no-store",
        "content-disposition": f'attachment; filename="{name}"',
    }
    return Response(b"".join(kept.chunks(row.digest)), media_type=row.media_type, headers=headers)


@router.get("/papers/{paper}/small", name="raid_paper_small")
def raid_paper_small(request: Request) -> Response:
    """The small copy of a photo, without any metadata, as the page of the raid shows it."""
    row = raid_papers.paper(database(request), _raid(request), part_number(request, "paper"))
    if row.preview_digest is None:
        raise NotFound("No picture is drawn of this document. Open it instead.")
    return small_picture(request, row.preview_digest, {})


@router.post("/samples", name="raid_sample")
@again(raid)
def raid_sample(request: Request) -> Response:
    """Record a sample of a lot."""
    form = fields(request)
    line, drawn = form.number("line", least=1), form.word("drawn", Drawn)
    examined, fake = form.number("examined", least=1), form.number("fake")
    examiner, examined_on = form.text("examiner", limit=200), form.day("examined_on")
    form.check()
    raid_papers.record_sample(
        *addressed(request),
        line=line,
        examined=examined,
        fake=fake,
        drawn=drawn,
        examiner=examiner,
        examined_on=examined_on,
    )
    return _back(request, "saved")


def _raid(request: Request) -> str:
    return part(request, "reference")


def _back(request: Request, did: str) -> Response:
    return done(f"/raids/{_raid(request)}", did)


def _line(form: Fields) -> NewLine:
    return NewLine(
        kind=form.word("kind", ExhibitKind),
        description=form.text("description", limit=300),
        brand=form.maybe("brand", limit=120),
        quantity=form.number("quantity", most=raid_lines.LARGEST),
        precision=form.word("precision", Precision),
        unit=form.text("unit", limit=40),
        value=_value(form),
        place=form.maybe_number("at_place", least=1),
    )


def _value(form: Fields) -> Value | None:
    """The value, where an amount is given; without one its other fields say nothing."""
    if not form.raw("amount"):
        return None
    currency = form.currency()
    if "currency" in form.errors:
        return None
    amount = form.money("amount", currency)
    return Value(
        Money(amount, currency),
        form.word("value_of", ValueOf),
        form.word("value_precision", Precision),
        form.word("basis", Basis),
    )


def _rows(view: RaidPage) -> list[tuple[object, ...]]:
    return [
        (
            view.raid.reference, line.id, account.source.kind.value, account.source.name,
            account.source.said_on, "yes" if view.taken == account.source.id else "no",
            line.kind.value, line.description, line.brand, line.quantity, line.precision.value,
            line.unit, line.value_minor, line.currency, line.basis and line.basis.value,
            line.value_of and line.value_of.value,
            line.value_precision and line.value_precision.value, line.place_id,
            shown.place.kind.value if shown.place else None, line.corrects_id,
            line.corrected_because, shown.superseded_by, line.recorded_at.isoformat(),
        )
        for account in view.accounts
        for shown in account.lines
        for line in [shown.line]
    ]  # fmt: skip
