"""A buyer's tasks, made for a phone: what to buy, the next photo, what became of the order."""

from dataclasses import asdict

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from casework.buying import buying, ending
from casework.custody.custody import NewExhibit
from casework.intake import photographing, receiving
from casework.intake.photographing import PhotoTaken
from casework.views import tasks as views
from casework.views.kits import my_kits
from portal.drawings import qr
from portal.fields import Fields, fields
from portal.pages import again, done, page
from portal.visit import act, addressed, database, part, settings, vault, visitor
from rules import gates
from rules.holders import ExhibitKind
from rules.lifecycle import EarlyEnd, may_end

router = APIRouter(prefix="/tasks")
EXHIBIT_KINDS = tuple(kind.value for kind in ExhibitKind)
_PICTURES = "image/jpeg,image/png,image/webp,image/heic"
_VIDEO = "video/*,.mkv,.avi"
TAKES = {
    "photograph": _PICTURES,
    "screen": _PICTURES,
    "document": f"application/pdf,{_PICTURES}",
    "video": _VIDEO,
    "any": f"{_PICTURES},application/pdf,{_VIDEO}",
}
"""What a file chooser offers for each kind of shot; what is taken is told by content."""
BUYERS_ENDS = (
    EarlyEnd.LISTING_GONE,
    EarlyEnd.PAYMENT_REFUSED,
    EarlyEnd.WRONG_PARCEL,
    EarlyEnd.EMPTY_PARCEL,
    EarlyEnd.DAMAGED,
    EarlyEnd.PARCEL_REFUSED,
    EarlyEnd.BUYER_WITHDREW,
)
ORDERS_ENDS = (
    EarlyEnd.SELLER_CANCELLED,
    EarlyEnd.NOT_SHIPPED,
    EarlyEnd.LOST_IN_TRANSIT,
    EarlyEnd.REFUNDED,
)


@router.get("", name="tasks")
def tasks(request: Request) -> HTMLResponse:
    """The buyer's test buys."""
    me, db = visitor(request).person_id, database(request)
    return page(request, "buying/tasks.html", view=views.tasks(db, me), kits=my_kits(db, me))


@router.get("/{reference}", name="task")
def task(request: Request) -> HTMLResponse:
    """One test buy as its buyer sees it."""
    return _show(request)


@router.get("/{reference}/code", name="task_code_screen")
def code_screen(request: Request) -> HTMLResponse:
    """The challenge code, large, for a second screen that lies beside the parcel."""
    reference = part(request, "reference")
    view = views.task(database(request), visitor(request).person_id, reference)
    word = view.testbuy.challenge_code
    return page(request, "buying/challenge.html", reference=reference, word=word, qr=qr(word))


@router.post("/{reference}/photos", name="task_photo")
@again(task)
def task_photo(request: Request) -> Response:
    """Hand in a photo; the gate's answer stands on the page that follows."""
    form = fields(request)
    shot = form.text("shot", limit=8)
    name, data = form.stream("photo")
    form.check()
    taken = photographing.take_photo(
        database(request),
        vault(request),
        act(request),
        part(request, "reference"),
        shot=shot,
        data=data,
        name=name,
    )
    return _show(request, taken)


@router.post("/{reference}/order", name="task_order")
@again(task)
def task_order(request: Request) -> Response:
    """Record the order that was placed by hand."""
    form = fields(request)
    version, order_number = form.number("version"), form.text("order_number", limit=80)
    currency = form.currency()
    paid = form.money("paid", currency)
    carrier = form.maybe("carrier", limit=80)
    tracking_number = form.maybe("tracking_number", limit=80)
    form.check()
    buying.record_order(
        *addressed(request),
        version=version,
        order_number=order_number,
        paid_minor=paid,
        currency=currency,
        carrier=carrier,
        tracking_number=tracking_number,
    )
    return _back(request, "order")


@router.post("/{reference}/tracking", name="task_tracking")
@again(task)
def task_tracking(request: Request) -> Response:
    """Record the tracking number."""
    form = fields(request)
    carrier = form.text("carrier", limit=80)
    tracking_number = form.text("tracking_number", limit=80)
    form.check()
    buying.record_tracking(*addressed(request), carrier=carrier, tracking_number=tracking_number)
    return _back(request, "tracking")


@router.post("/{reference}/order-failed", name="task_order_failed")
@again(task)
def task_order_failed(request: Request) -> Response:
    """Say that the order is surely dead."""
    form = fields(request)
    version, how = form.number("version"), form.word("how", EarlyEnd)
    note = form.text("note")
    form.check()
    ending.order_failed(*addressed(request), version=version, how=how, note=note)
    return _back(request, "order_failed")


@router.post("/{reference}/receive", name="task_receive")
@again(task)
def task_receive(request: Request) -> Response:
    """The parcel is here, unopened."""
    form = fields(request)
    version = form.number("version")
    form.check()
    receiving.receive(*addressed(request), version=version)
    return _back(request, "received")


@router.post("/{reference}/document", name="task_document")
@again(task)
def task_document(request: Request) -> Response:
    """Record what came out of the parcel; rows without a seal number are left out."""
    form = fields(request)
    version = form.number("version")
    exhibits = _exhibits(form)
    form.check()
    receiving.document(*addressed(request), version=version, exhibits=exhibits)
    return _back(request, "documented")


@router.post("/{reference}/withdraw", name="task_withdraw")
@again(task)
def task_withdraw(request: Request) -> Response:
    """End the test buy early, with the reason."""
    form = fields(request)
    version, why = form.number("version"), form.word("why", EarlyEnd)
    note = form.text("note")
    form.check()
    ending.abandon(*addressed(request), version=version, why=why, note=note)
    return _back(request, "abandoned")


def _show(request: Request, taken: PhotoTaken | None = None) -> HTMLResponse:
    who = visitor(request)
    view = views.task(database(request), who.person_id, part(request, "reference"))
    return page(
        request,
        "buying/task.html",
        view=view,
        taken=taken,
        qr=qr(view.testbuy.challenge_code),
        address_qr=qr(task_address(request)),
        kinds=EXHIBIT_KINDS,
        takes=TAKES,
        gates={
            name: bar for name, bar in asdict(gates.GatePolicy()).items() if name != "clock_skew"
        },
        buyers_ends=[why for why in BUYERS_ENDS if may_end(why, view.testbuy.stage).allowed],
        orders_ends=ORDERS_ENDS,
    )


def task_address(request: Request) -> str:
    """Where people reach the task, for a phone that reads it off another screen."""
    ours = settings(request).public_url.rstrip("/") or str(request.base_url).rstrip("/")
    return f"{ours}/tasks/{part(request, 'reference')}"


def _back(request: Request, did: str) -> Response:
    return done(f"/tasks/{part(request, 'reference')}", did)


def _exhibits(form: Fields) -> list[NewExhibit]:
    rows = list(
        zip(
            form.ticked("kind"),
            form.ticked("description"),
            form.ticked("seal_number"),
            strict=False,
        )
    )
    exhibits: list[NewExhibit] = []
    for kind, description, seal_number in rows:
        if not description and not seal_number:
            continue
        if not description or not seal_number or kind not in EXHIBIT_KINDS:
            form.errors["seal_number"] = "Each exhibit needs kind, description and seal number."
        exhibits.append(NewExhibit(kind, description[:500], seal_number[:80]))
    if not exhibits and not form.errors:
        form.errors["description"] = "Record at least one exhibit: what it is and its seal number."
    return exhibits
