"""What exactly is sealed in a verdict: the statement whose digest the ledger notes.

Owns the statement's form, so that whoever checks a verdict makes it anew from the rows in the same
way. Leaves sealing to `casework.verdicts.judging`, checking to `casework.auditing.verifying`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from evidence import ledger
from evidence.digests import sha256_of
from rules.verdicts import Testimony


def sealed_digest(
    *,
    examination: str,
    examiner: int,
    given_at: datetime,
    sealed_at: datetime | None,
    photos: str,
    shown: Sequence[Mapping[str, str]],
    verdict: str,
    findings: Sequence[Mapping[str, Any]],
    confidence: str,
    method: str,
    reasons: str,
    limits: str,
    conflict_statement: str,
    testimony: Testimony,
) -> str:
    """The digest of a verdict; `photos` is that of the examination's frozen set, `shown` names the
    copies and references that its page showed. `sealed_at` None: the digest of the judgement as it
    is given, which its examiner signs before it is sealed.
    """
    statement = {
        "examination": examination,
        "examiner": examiner,
        "given_at": _instant(given_at),
        **({"sealed_at": _instant(sealed_at)} if sealed_at else {}),
        "photos": photos,
        "shown": [dict(each) for each in shown],
        "verdict": verdict,
        "findings": [dict(each) for each in findings],
        "confidence": confidence,
        "method": method,
        "reasons": reasons,
        "limits": limits,
        "conflict_statement": conflict_statement,
        **asdict(testimony),
    }
    return sha256_of(ledger.canonical(statement))


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
