"""Making an empty database ready: the newest schema, and the rows the programme starts with.

Runs at every start and changes nothing that is there: edited rows stay as they were edited. On
PostgreSQL the owner of the tables can hold the programme to a role that only adds to what is kept
for good (`restrict`).
"""

from casework.act import Act
from casework.errors import Refused
from casework.shots.shotcheck import PHOTOGRAPHS
from rules import conduct, deadlines, pleading, retention, thresholds
from rules.roles import Role
from storage import ledger, migrations, roles
from storage.roles import Granted
from storage.rows import add_if_absent
from storage.session import Database
from storage.tables import (
    Category,
    CauseOfAction,
    ConductPhrase,
    DeadlinePolicy,
    GoodwillProof,
    RetentionRow,
    ThresholdRow,
)

CATEGORIES = (
    ("watches", "short", PHOTOGRAPHS),
    ("pet food", "short", PHOTOGRAPHS),
    ("shoes", "short", PHOTOGRAPHS),
    ("jewellery", "full", PHOTOGRAPHS),
)
"""Name, shot list and basis of examination to start with (`testbuy set-category` changes them)."""


def prepare(db: Database) -> None:
    """Bring the schema up to date and add what rows are missing."""
    migrations.upgrade(db)
    with db.write() as tx:
        for policy in deadlines.DEFAULTS:
            add_if_absent(
                tx,
                DeadlinePolicy,
                stage=policy.stage,
                owner=policy.owner,
                remind_after_seconds=int(policy.remind_after.total_seconds()),
                escalate_after_seconds=int(policy.escalate_after.total_seconds()),
                escalate_to=policy.escalate_to,
                then=policy.then,
            )
        for row in thresholds.DEFAULT_THRESHOLDS:
            add_if_absent(
                tx,
                ThresholdRow,
                jurisdiction=row.jurisdiction,
                offence=row.offence,
                limb=row.limb,
                amount=row.amount,
                currency=row.currency,
                valid_from=row.valid_from,
                valid_until=row.valid_until,
                source=row.source,
                verified=row.verified,
                reoffender=row.reoffender,
            )
        for phrase in conduct.DEFAULT_PHRASES:
            add_if_absent(
                tx,
                ConductPhrase,
                words=phrase.words,
                language=phrase.language,
                valid_from=phrase.valid_from,
                valid_until=phrase.valid_until,
                source=phrase.source,
                verified=phrase.verified,
            )
        for period in retention.DEFAULT_PERIODS:
            add_if_absent(
                tx,
                RetentionRow,
                jurisdiction=period.jurisdiction,
                outcome=period.outcome,
                months=period.months,
                evidence_months=period.evidence_months,
                valid_from=period.valid_from,
                valid_until=period.valid_until,
                source=period.source,
                verified=period.verified,
            )
        for name, source in pleading.CAUSES:
            add_if_absent(tx, CauseOfAction, name=name, source=source, verified=False)
        for name in pleading.PROOFS:
            plausible = "plausible, not checked"
            add_if_absent(tx, GoodwillProof, name=name, source=plausible, verified=False)
        for name, shot_list, basis in CATEGORIES:
            add_if_absent(tx, Category, name=name, shot_list=shot_list, basis=basis)


def restrict(db: Database, act: Act, role: str) -> Granted:
    """As the owner of the tables, give the programme's `role` what it needs and nothing beyond."""
    if act.role is not Role.ADMINISTRATOR:
        raise Refused("Only an administrator decides what the programme may do to its database.")
    if db.is_sqlite:
        raise Refused(
            "SQLite knows no roles: whoever may write the file may do everything to it. Name a "
            "PostgreSQL in TESTBUY_DATABASE_URL, or rely on the anchors that left the house."
        )
    with db.write() as tx:
        try:
            granted = roles.grant(tx, role)
        except ValueError as error:
            raise Refused(str(error)) from error
        facts = {"what": "database role", "by": act.by, "role": role}
        ledger.append(tx, ledger.PROGRAMME, facts, act.now)
    return granted
