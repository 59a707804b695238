"""Accounts: opening them, granting roles and brands, invitations, log-in links, what is reset."""

from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from casework.people import access, binding, invitations, second_factor, shutting_out
from casework.programme import programme
from casework.views import people as views
from portal.drawings import qr
from portal.fields import fields
from portal.pages import again, done, page
from portal.paging import turn
from portal.visit import act, database, now, number, settings
from rules.roles import PERSONS, Role

router = APIRouter(prefix="/people")
_LONGEST_LINK_HOURS = 24 * 14


@router.get("", name="people")
def people(request: Request) -> HTMLResponse:
    """A page of the accounts, and the form for a new one."""
    return _show(request)


@router.post("", name="person_create")
@again(people)
def person_create(request: Request) -> Response:
    """Open an account."""
    form = fields(request)
    name, email = form.text("name", limit=120), form.text("email", limit=200)
    password = form.maybe("password", limit=200)
    roles = form.words("roles", Role)
    if not roles:
        form.errors["roles"] = "Grant at least one role."
    form.check()
    person_id = access.create_person(
        database(request), act(request), name, email, password, roles, form.ticked("brands")
    )
    if form.raw("invite") == "yes":
        return _invited(request, person_id)
    return done(f"/people?at={person_id}", "person")


@router.post("/{person_id}/grants", name="person_grants")
@again(people)
def person_grants(request: Request) -> Response:
    """Set a person's roles and brands."""
    form = fields(request)
    roles = form.words("roles", Role)
    form.check()
    access.change_grants(
        database(request),
        act(request),
        number(request, "person_id"),
        roles,
        form.ticked("brands"),
    )
    return _done(request, "saved")


@router.post("/{person_id}/active", name="person_active")
@again(people)
def person_active(request: Request) -> Response:
    """Close an account or open it again."""
    form = fields(request)
    active = form.option("active", ("yes", "no")) == "yes"
    form.check()
    access.set_active(database(request), act(request), number(request, "person_id"), active)
    return _done(request, "saved")


@router.post("/{person_id}/link", name="person_link")
@again(people)
def person_link(request: Request) -> Response:
    """Make a log-in link; it is shown once."""
    form = fields(request)
    hours = form.number("hours", least=1, most=_LONGEST_LINK_HOURS)
    form.check()
    person_id = number(request, "person_id")
    token = access.make_link(database(request), act(request), person_id, timedelta(hours=hours))
    return _show(request, link=f"{_base(request)}/link/{token}", link_for=person_id)


@router.post("/{person_id}/invite", name="person_invite")
@again(people)
def person_invite(request: Request) -> Response:
    """Invite a person to set a password: by mail, and by an address that is shown once."""
    return _invited(request, number(request, "person_id"))


@router.post("/{person_id}/log-ins/end", name="person_log_ins_end")
@again(people)
def person_log_ins_end(request: Request) -> Response:
    """End all log-ins of a person, with links and invitations; tokens where it is ticked."""
    tokens = fields(request).raw("tokens") == "revoke"
    shutting_out.of(database(request), act(request), number(request, "person_id"), tokens=tokens)
    return _done(request, "log_ins_ended")


@router.post("/{person_id}/second-factor/reset", name="person_second_factor_reset")
@again(people)
def person_second_factor_reset(request: Request) -> Response:
    """Take a person's second factor away, for a lost device."""
    second_factor.reset(database(request), act(request), number(request, "person_id"))
    return _done(request, "second_factor_reset")


@router.post("/{person_id}/sign-on/undo", name="person_sign_on_undo")
@again(people)
def person_sign_on_undo(request: Request) -> Response:
    """Undo whom of the provider an account belongs to."""
    form = fields(request)
    reason = form.text("reason", limit=500)
    form.check()
    person_id = number(request, "person_id")
    binding.undo(database(request), act(request), person_id, reason=reason)
    return _done(request, "sign_on_undone")


@router.post("/{person_id}/buyer", name="person_buyer")
@again(people)
def person_buyer(request: Request) -> Response:
    """Make a person a mystery buyer, with an advance."""
    form = fields(request)
    region, capacity = form.text("region", limit=20), form.number("capacity", least=1, most=100)
    currency = form.currency()
    advance = form.money("advance", currency)
    form.check()
    programme.enrol_buyer(
        database(request),
        act(request),
        person_id=number(request, "person_id"),
        region=region,
        capacity=capacity,
        advance_minor=advance,
        currency=currency,
    )
    return _done(request, "saved")


@router.post("/{person_id}/buyer/leave", name="person_on_leave")
@again(people)
def person_on_leave(request: Request) -> Response:
    """Send a buyer on leave, or take them back."""
    form = fields(request)
    on_leave = form.option("on_leave", ("yes", "no")) == "yes"
    form.check()
    programme.set_on_leave(
        database(request), act(request), number(request, "person_id"), on_leave=on_leave
    )
    return done("/people", "saved")


@router.post("/{person_id}/personas", name="persona_add")
@again(people)
def persona_add(request: Request) -> Response:
    """Give a buyer a persona."""
    form = fields(request)
    label, recipient = form.text("label", limit=80), form.text("recipient", limit=120)
    address, region = form.text("address"), form.text("region", limit=20)
    most = form.number("max_exposure", least=1, most=1000)
    form.check()
    programme.add_persona(
        database(request),
        act(request),
        buyer_id=number(request, "person_id"),
        label=label,
        recipient=recipient,
        address=address,
        region=region,
        max_exposure=most,
    )
    return _done(request, "saved")


@router.post("/{person_id}/personas/{persona_id}", name="persona_set")
@again(people)
def persona_set(request: Request) -> Response:
    """Switch a persona off, or on again."""
    form = fields(request)
    active, reason = form.option("active", ("yes", "no")) == "yes", form.text("reason", limit=300)
    form.check()
    programme.switch_persona(
        database(request),
        act(request),
        number(request, "persona_id"),
        buyer_id=number(request, "person_id"),
        active=active,
        reason=reason,
    )
    return _done(request, "saved")


def _done(request: Request, did: str) -> Response:
    """Back to the page of the list that the person stands on."""
    return done(f"/people?at={number(request, 'person_id')}", did)


def _invited(request: Request, person_id: int) -> HTMLResponse:
    # A mail leads to the address that was told at start alone: a request's own may be anybody's.
    mailed = bool(settings(request).public_url)
    base = _base(request)
    invited = invitations.invite(database(request), act(request), person_id, base, mailed=mailed)
    return _show(request, invited.address, person_id, invited)


def _base(request: Request) -> str:
    return settings(request).public_url.rstrip("/") or str(request.base_url).rstrip("/")


def _show(
    request: Request,
    link: str | None = None,
    link_for: int | None = None,
    invited: invitations.Invited | None = None,
) -> HTMLResponse:
    db = database(request)
    about = number(request, "person_id") if "person_id" in request.path_params else link_for
    return page(
        request,
        "people/people.html",
        view=views.accounts(db, now(request), turn(request, at=about)),
        brands=views.brand_names(db),
        roles=sorted(PERSONS),
        link=link,
        link_for=link_for,
        link_qr=qr(link) if link else None,
        until=invited.expires_at if invited else None,
        mailed=invited.mailed if invited else False,
    )
