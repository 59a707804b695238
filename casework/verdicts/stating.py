"""What a sealed verdict says, as the dossier and its examination statement print it.

Owns the wording of verdicts, findings and frames, and which facts a statement holds. Leaves setting
to `evidence`, and who is given a statement to `casework.verdicts.statements`.
"""

from collections.abc import Iterator, Sequence

from casework.examinations.findings import Found, Marked, SealedVerdict, copy_shown, photos_of
from casework.shots.shotcheck import PHYSICAL
from casework.shots.shotlists import list_of, title
from evidence import dossier, statement
from evidence.vault import Vault
from evidence.words import Words
from rules.audience import PARTS, Level, scan_goes_along
from rules.verdicts import Aspect
from storage.rows import one
from storage.session import Transaction
from storage.tables import Brand, Category, Exhibit, RightsHolder, TestBuy

ORGANISATION = "Test-buy programme"


def verdicts(
    sealed: Sequence[SealedVerdict], employer: str, people: dict[int, str], words: Words
) -> tuple[dossier.Verdict, ...]:
    """The verdicts of a test buy; `people` names by number who handed signed copies in."""
    return tuple(
        _verdict(each, number, len(sealed), employer, people, words)
        for number, each in enumerate(sealed, 1)
    )


def frames(
    sealed: Sequence[SealedVerdict], photo_id: int, words: Words
) -> tuple[dossier.Frame, ...]:
    """The places that findings are about on a photo, over all verdicts."""
    return tuple(
        _frame(mark, _number(place, number, len(sealed)), found, words)
        for place, each in enumerate(sealed, 1)
        for number, found in enumerate(each.findings, 1)
        for mark in found.marks
        if mark.photo.id == photo_id
    )


def stated(
    tx: Transaction, vault: Vault, sealed: SealedVerdict, words: Words, *, demo_authority: bool
) -> statement.Statement:
    """The statement of a verdict; nothing in it tells which test buy it belongs to."""
    verdict, examination = sealed.verdict, sealed.examination
    brand = one(tx, Brand, id=examination.brand_id)
    exhibit = one(tx, Exhibit, id=examination.exhibit_id)
    testbuy = one(tx, TestBuy, id=examination.testbuy_id)
    assert brand and exhibit and testbuy  # foreign keys hold them
    holder = one(tx, RightsHolder, id=brand.rights_holder_id)
    category = one(tx, Category, id=testbuy.category_id)
    assert holder and category
    return statement.Statement(
        reference=examination.public_id,
        brand=brand.name,
        category=words.recorded(category.name),
        kind=words.term(f"kind.{exhibit.kind}"),
        examiner=sealed.examiner,
        employer=holder.name,
        qualification=verdict.qualification,
        authority=verdict.authority,
        interest=verdict.conflict_statement,
        basis=words.term(examination.basis),
        physical=examination.basis == PHYSICAL,
        opened_at=examination.opened_at,
        photos_digest=examination.photos_digest,
        examined=tuple(_examined(tx, vault, sealed, words)),
        method=verdict.method,
        reference_samples=verdict.reference_samples,
        seals_seen=verdict.seals_seen,
        limits=verdict.limits,
        aspects=tuple(
            statement.Aspect(
                words.term(f"aspect.{aspect}"),
                tuple(
                    _seen(found, number, words)
                    for number, found in enumerate(sealed.findings, 1)
                    if found.aspect is aspect
                ),
            )
            for aspect in Aspect
        ),
        verdict=capital(words.term(verdict.value)),
        confidence=words.term(verdict.confidence),
        reasons=verdict.reasons,
        sealed_at=verdict.sealed_at,
        digest=verdict.digest,
        organisation=ORGANISATION,
        demo_authority=demo_authority,
        language=words.language,
    )


def capital(text: str) -> str:
    """`text` as a sentence begins."""
    return text[:1].upper() + text[1:]


def _number(place: int, number: int, of: int) -> str:
    """A finding's number: with its verdict's where there are several."""
    return f"{number}" if of == 1 else f"{place}.{number}"


def _verdict(
    sealed: SealedVerdict,
    place: int,
    of: int,
    employer: str,
    people: dict[int, str],
    words: Words,
) -> dossier.Verdict:
    verdict = sealed.verdict
    superseded = verdict.superseded_at
    return dossier.Verdict(
        exhibit=sealed.exhibit,
        examiner=sealed.examiner,
        examiner_role=words.say("authenticator_of"),
        basis=words.term(sealed.examination.basis),
        verdict=capital(words.term(verdict.value)),
        confidence=words.term(verdict.confidence),
        findings=tuple(
            dossier.Finding(
                words.term(f"aspect.{found.aspect}"),
                words.term(found.code),
                words.term(found.severity),
                found.note,
                _number(place, number, of),
                _on(found),
            )
            for number, found in enumerate(sealed.findings, 1)
        ),
        method=verdict.method,
        reasons=verdict.reasons,
        limits=verdict.limits,
        sealed_at=verdict.sealed_at,
        digest=verdict.digest,
        superseded=words.say("superseded", day=words.day(superseded)) if superseded else None,
        examination=sealed.examination.public_id,
        employer=employer,
        qualification=verdict.qualification,
        authority=verdict.authority,
        interest=verdict.conflict_statement,
        reference_samples=verdict.reference_samples,
        seals_seen=verdict.seals_seen,
        statement=words.say("statement_file"),
        signed=tuple(
            dossier.SignedCopy(
                words.say(
                    "signed_copy"
                    if scan_goes_along(Level.REDACTED, names_place=scan.names_place)
                    else "signed_kept",
                    by=people[scan.handed_in_by],
                    role=words.term(scan.handed_in_as),
                    day=words.day(scan.handed_in_at),
                ),
                scan.digest,
            )
            for scan in sealed.scans
        ),
    )


def _on(found: Found) -> tuple[str, ...]:
    return tuple(dict.fromkeys(mark.photo.shot for mark in found.marks))


def _seen(found: Found, number: int, words: Words) -> statement.Seen:
    code, severity = words.term(found.code), words.term(found.severity)
    return statement.Seen(f"{number}", code, severity, found.note, _on(found))


def _frame(mark: Marked, number: str, found: Found, words: Words) -> dossier.Frame:
    at = mark.region
    edges = [edge / PARTS for edge in (at.left, at.top, at.right, at.bottom)]
    says = words.say(
        "frame_whole" if edges == [0, 0, 1, 1] else "frame",
        code=words.term(found.code),
        severity=words.term(found.severity),
    )
    return dossier.Frame(number, says, *edges)


def _examined(
    tx: Transaction, vault: Vault, sealed: SealedVerdict, words: Words
) -> Iterator[statement.Examined]:
    owner = one(tx, TestBuy, id=sealed.examination.testbuy_id)
    assert owner is not None  # a foreign key holds it
    listed = list_of(tx, owner).listed
    for photo in photos_of(tx, sealed.examination.id):
        drawn = frames([sealed], photo.id, words)
        shown = copy_shown(tx, photo, sealed.verdict)
        assert shown is not None  # what can't be drawn is not among them
        yield statement.Examined(
            photo.shot,
            title(listed, photo.shot, words),
            photo.digest,
            shown,
            vault.read(shown) if drawn else None,
            drawn,
        )
