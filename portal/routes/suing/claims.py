"""Civil claims to read: the docket by court, one claim, its papers, courts, campaigns, words."""

from collections.abc import Iterator
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response, StreamingResponse

from casework.outcomes import claims as casework
from casework.record import seals
from casework.suing import claiming, litigation
from casework.suing.claiming import Before
from casework.views import claim as claim_views
from casework.views import claims as views
from casework.views import courts as court_views
from casework.views.claims import Asked, ClaimLine
from evidence.digests import PREFIX
from evidence.media import HEAD, paper_of, suffix_of
from evidence.words import LANGUAGES
from portal.fields import fields
from portal.pages import again, done, page
from portal.paging import turn
from portal.spreadsheets import sheet
from portal.visit import act, addressed, database, now, number, part, settings, vault
from rules.claims import ClaimMove, ClaimState
from rules.pleading import AllocatedTo, HeadKind, PartyRole, ReliefKind

router = APIRouter(prefix="/claims")
COLUMNS = (
    "claim", "court", "city", "jurisdiction", "docket_number", "state", "operator", "campaign",
    "causes", "claimed_minor", "awarded_minor", "recovered_minor", "currency", "filed_on",
    "docketed_on", "announced_on", "judged_on", "final_on",
)  # fmt: skip


@router.get("", name="claims")
def claims(request: Request) -> HTMLResponse:
    """A page of claims, the newest first; the filters stand in the address, as does against whom
    one is to be prepared.
    """
    asked = _asked(request)
    view = views.claims(database(request), asked, turn(request))
    kept = {
        "court": asked.court, "state": asked.state, "words": asked.words,
        "campaign": asked.campaign,
    }  # fmt: skip
    narrowed = {name: value for name, value in kept.items() if value}
    return page(
        request, "suing/claims.html", view=view, asked=asked, narrowed=urlencode(narrowed),
        states=tuple(ClaimState), against=request.query_params.get("against", "")[:20],
    )  # fmt: skip


@router.post("", name="claim_prepare")
@again(claims)
def claim_prepare(request: Request) -> Response:
    """Prepare a claim against an operator."""
    form = fields(request)
    operator = form.text("operator", limit=20)
    before = Before(
        court=form.text("court", limit=200),
        city=form.text("city", limit=80),
        jurisdiction=form.text("jurisdiction", limit=20),
        currency=form.currency(),
        campaign=form.maybe("campaign", limit=80),
    )
    form.check()
    reference = claiming.prepare(database(request), act(request), operator, before)
    return done(f"/claims/{reference}", "saved")


@router.get(".csv", name="claims_csv")
def claims_csv(request: Request) -> Response:
    """The claims that fit, as a table: amounts in minor units with their currency, no names."""
    lines = views.every_claim(database(request), _asked(request))
    return sheet("claims.csv", COLUMNS, _cells(request, lines))


@router.get("/courts", name="claim_courts")
def claim_courts(request: Request) -> HTMLResponse:
    """Claim to award, by court."""
    return page(request, "suing/claim_courts.html", lines=court_views.courts(database(request)))


@router.get("/campaigns", name="claim_campaigns")
def claim_campaigns(request: Request) -> HTMLResponse:
    """Litigation campaigns, and how far each has come."""
    today = now(request).date()
    lines = court_views.campaigns(database(request), today)
    return page(request, "suing/claim_campaigns.html", lines=lines, today=today)


@router.post("/campaigns", name="claim_campaign_open")
@again(claim_campaigns)
def claim_campaign_open(request: Request) -> Response:
    """Open a litigation campaign."""
    form = fields(request)
    name, target = form.text("name", limit=80), form.number("target", least=1, most=100_000)
    opens_on, closes_on = form.day("opens_on"), form.day("closes_on")
    form.check()
    litigation.open_campaign(
        database(request), act(request), name=name, target=target, opens_on=opens_on,
        closes_on=closes_on,
    )  # fmt: skip
    return done("/claims/campaigns", "saved")


@router.get("/words", name="claim_words")
def claim_words(request: Request) -> HTMLResponse:
    """Causes of action and proofs of lost goodwill."""
    return page(request, "suing/claim_words.html", view=court_views.claim_words(database(request)))


@router.post("/words", name="claim_word_add")
@again(claim_words)
def claim_word_add(request: Request) -> Response:
    """Add a line to one of the two lists."""
    form = fields(request)
    which = form.option("which", tuple(litigation.LISTS))
    name, source = form.text("name", limit=200), form.text("source", limit=300)
    form.check()
    litigation.add_word(database(request), act(request), which, name=name, source=source)
    return done("/claims/words", "saved")


@router.post("/words/{which}/{number}/verify", name="claim_word_verify")
@again(claim_words)
def claim_word_verify(request: Request) -> Response:
    """Counsel has checked a line."""
    litigation.verify_word(*addressed(request, "which"), number(request, "number"))
    return done("/claims/words", "saved")


@router.get("/{reference}", name="claim")
def claim(request: Request) -> HTMLResponse:
    """One claim: what it says, its way, and what came of it."""
    view = claim_views.claim(database(request), part(request, "reference"))
    return page(
        request, "suing/claim.html", view=view, roles=tuple(PartyRole), kinds=tuple(HeadKind),
        reliefs=tuple(ReliefKind), allocated_to=tuple(AllocatedTo),
        ends=tuple(
            each for each in (ClaimMove.WITHDRAW, ClaimMove.SETTLE, ClaimMove.DISMISS)
            if each in view.moves
        ),
    )  # fmt: skip


@router.get("/{reference}/petition.pdf", name="claim_petition")
def claim_petition(request: Request) -> Response:
    """The petition's skeleton as things stand, in the court's language or in the one asked for."""
    # Typesetting is loaded only where somebody wants a paper.
    from casework.papers.petitioning import petition_pdf

    reference = part(request, "reference")
    language = request.query_params.get("language")
    pdf = petition_pdf(
        database(request), reference, now(request), language if language in LANGUAGES else None,
        seals.of(settings(request)),
    )  # fmt: skip
    headers = {
        "cache-control": "private, no-store",
        "content-disposition": f'inline; filename="{reference}.pdf"',
    }
    return Response(pdf, media_type="application/pdf", headers=headers)


@router.get("/{reference}/papers/{name}", name="claim_paper")
def claim_paper(request: Request) -> Response:
    """A paper of a claim, bit for bit as it was handed in, by the 64 digits of its digest."""
    reference, kept = part(request, "reference"), vault(request)
    digest = casework.paper(database(request), reference, PREFIX + part(request, "name"))
    kept.verify(digest)
    media = paper_of(next(iter(kept.chunks(digest)))[:HEAD]) or "application/octet-stream"
    called = f"{reference}-{digest[7:15]}.{suffix_of(media)}"
    headers = {
        "cache-control": "private, no-store",
        "content-length": str(kept.size_of(digest)),
        "content-disposition": f'attachment; filename="{called}"',
    }
    return StreamingResponse(kept.chunks(digest), media_type=media, headers=headers)


def _asked(request: Request) -> Asked:
    asked = request.query_params
    return Asked(*(asked.get(name, "").strip()[:200] for name in Asked.__slots__))


def _cells(request: Request, lines: Iterator[ClaimLine]) -> Iterator[tuple[object, ...]]:
    for line in lines:
        row, days = line.claim, views.days_of(database(request), line.claim.id)
        judged = days.get(ClaimMove.JUDGE_ON_APPEAL) or days.get(ClaimMove.JUDGE)
        yield (
            row.reference, row.court, row.city, row.jurisdiction, row.docket_number or "",
            row.state.value, line.operator.reference, line.campaign or "", "; ".join(line.causes),
            line.claimed.minor, "" if line.awarded is None else line.awarded.minor,
            views.recovered(database(request), row.id), row.currency,
            *(
                day.isoformat() if day else ""
                for day in (
                    days.get(ClaimMove.FILE), days.get(ClaimMove.DOCKET),
                    days.get(ClaimMove.ANNOUNCE), judged, days.get(ClaimMove.BECOME_FINAL),
                )
            ),
        )  # fmt: skip
