"""What is handed in about a raid, kept bit for bit, and samples taken out of a seized lot.

A paper's bytes are in the vault before its row names them. Leaves what a sample supports to
`rules.sampling`.
"""

from datetime import date

from casework.act import Act
from casework.errors import NotFound, Refused, ensure
from casework.filing import file
from casework.raiding.raid_lines import source_of, standing_line
from casework.raiding.raids import ensure_day, held, seizing, tell
from evidence.digests import sha256_of
from evidence.media import UnknownType
from evidence.vault import Vault
from rules import raids as rule
from rules.raids import PaperKind
from rules.sampling import Drawn, Sample, at_least
from rules.seizures import Precision
from storage import policies
from storage.rows import add, one
from storage.session import Database
from storage.tables import LotSample, RaidPaper


def hand_in(
    db: Database,
    vault: Vault,
    act: Act,
    reference: str,
    *,
    kind: PaperKind,
    title: str,
    data: bytes,
    source: int | None = None,
) -> str:
    """Keep a photo or document about a raid, with its source where it is one's; gives its digest.

    The same file in the same words a second time is kept once.
    """
    if not title.strip():
        raise Refused("Say what the document or photo is.")
    ensure(rule.may_record(act.role))
    with db.read() as tx:
        held(tx, reference)
        in_force = policies.read(tx)
    try:
        filed = file(vault, data, in_force, expected=None)
    except UnknownType as no:
        raise Refused(str(no)) from no
    with db.write() as tx:
        row = seizing(tx, act, reference)
        by = source_of(tx, row, source).id if source is not None else None
        if before := one(tx, RaidPaper, raid_id=row.id, digest=filed.digest):
            if (before.kind, before.title, before.source_id) == (kind, title.strip(), by):
                return filed.digest
            raise Refused("This very file is kept for this raid already, under another name.")
        number = add(
            tx,
            RaidPaper,
            raid_id=row.id,
            kind=kind,
            title=title.strip(),
            digest=filed.digest,
            size=filed.size,
            media_type=filed.seen.media_type,
            preview_digest=filed.preview,
            source_id=by,
            handed_in_by=act.person,
            handed_in_at=act.now,
        )
        facts = {"paper": number, "kind": kind, "digest": filed.digest}
        tell(tx, act, reference, "paper handed in", facts | ({"source": by} if by else {}))
    return filed.digest


def record_sample(
    db: Database,
    act: Act,
    reference: str,
    *,
    line: int,
    examined: int,
    fake: int,
    drawn: Drawn,
    examiner: str,
    examined_on: date,
) -> int:
    """Record that pieces of a lot were examined, and what they support; gives the row's number.

    The lot is a line that stands and says exactly how many pieces there are.
    """
    if not examiner.strip():
        raise Refused("Say who examined the pieces: the organisation, and its authority.")
    with db.write() as tx:
        row = seizing(tx, act, reference)
        lot = standing_line(tx, row, line)
        ensure_day(act, row, examined_on)
        if lot.precision is not Precision.EXACTLY:
            raise Refused(
                "The source does not say exactly how many pieces the lot has, so that a sample "
                "says nothing of it. Choose a line that counts them."
            )
        try:
            sample = Sample(lot.quantity, examined, fake)
        except ValueError as no:
            raise Refused(str(no)) from no
        number = add(
            tx,
            LotSample,
            line_id=line,
            lot=sample.lot,
            examined=examined,
            fake=fake,
            least=at_least(sample) if drawn is Drawn.AT_RANDOM else None,
            examiner=examiner.strip(),
            examined_on=examined_on,
            recorded_by=act.person,
            recorded_at=act.now,
        )
        facts = {"sample": number, "line": line, "examined": examined, "counterfeit": fake}
        facts |= {"drawn": drawn, "examiner": sha256_of(examiner.strip().encode())}
        tell(tx, act, reference, "lot sampled", facts)
        return number


def paper(db: Database, reference: str, number: int) -> RaidPaper:
    """A paper of a raid by its number; NotFound where it is another's."""
    with db.read() as tx:
        row = held(tx, reference)
        found = one(tx, RaidPaper, id=number, raid_id=row.id)
    if found is None:
        raise NotFound(f"{reference} has no document of that number.")
    return found
