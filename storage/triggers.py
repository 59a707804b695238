"""Triggers that keep what is written once from being changed, as data.

Owns which tables are held and how. The ledger takes only an entry that follows from its last one;
PostgreSQL recomputes the entry's hash too, SQLite knows no SHA-256. Triggers refuse mistakes and
casual tampering; who owns the database can drop them, so that heads must be kept elsewhere too
(`evidence.ledger`). A refusal is an IntegrityError on both databases.
"""

from dataclasses import dataclass

import sqlalchemy as sa

from storage import tallies
from storage.rows import table_of
from storage.session import Transaction
from storage.tables import (
    AgencyCertificate,
    Anchor,
    AnchoredHead,
    AnchorStamp,
    BrushingEstimate,
    ChatMessage,
    ChatTranslation,
    ClaimAllocation,
    ClaimContributor,
    ClaimPayment,
    ClaimProofWaiver,
    ClaimStep,
    ClaimStrike,
    ConductRemark,
    ConductWarning,
    Confirmation,
    CustodyEntry,
    ExaminationPhoto,
    ExhibitCode,
    FiguresChoice,
    Finding,
    FindingMark,
    FollowUp,
    FoundSeller,
    GenuinePriceRow,
    HarmRow,
    HoldLift,
    IdentityCommitment,
    Judgment,
    JudgmentHead,
    JudgmentRelief,
    Kit,
    KitAnswer,
    KitCard,
    KitGiving,
    KitPart,
    KnowledgeRow,
    LedgerRow,
    LegalHold,
    Look,
    LotSample,
    Mask,
    MaskRegion,
    MoveRecord,
    NotaryCertificate,
    NotaryCheck,
    OpeningReading,
    OpeningRequest,
    OutcomeReview,
    PackageWaiver,
    PageCapture,
    PremisesRow,
    RaidCorrection,
    RaidPaper,
    RaidParticipant,
    RaidPersonFate,
    RaidSource,
    ReferenceEntry,
    ReferralCorrection,
    ReferralReview,
    ReferralStep,
    Release,
    ReleaseApproval,
    RightsRow,
    SalesSnapshot,
    SanctionAppeal,
    SanctionNotice,
    SanctionStep,
    SanctionTestBuy,
    SealMismatch,
    SeizureImport,
    SeizureLine,
    SellerPicture,
    ShotListChange,
    ShownPhoto,
    SigningCertificate,
    StatementScan,
    SupersededNotice,
    UndertakingRow,
    Verdict,
    WakeupAgain,
)


@dataclass(frozen=True, slots=True)
class Held:
    """A table whose rows stay. `settable` columns may be filled once and at one go: when the first
    of them is, from NULL, the row is closed for good. `counts`, until then, only rises.
    """

    table: str
    message: str
    settable: str | tuple[str, ...] = ()
    counts: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The settable columns, the one that closes the row first."""
        return (self.settable,) if isinstance(self.settable, str) else self.settable

    @property
    def changeable(self) -> tuple[str, ...]:
        """Every column of which a row ever shows another value."""
        return (*self.columns, self.counts) if self.counts else self.columns

    @property
    def arguments(self) -> tuple[str, ...]:
        """What PostgreSQL's function is told: the message, the counter or "", the settable."""
        return (self.message, self.counts or "", *self.columns) if self.columns else (self.message,)


LEDGER = table_of(LedgerRow).name
HELD = (
    Held(LEDGER, "The ledger is append-only."),
    Held(table_of(MoveRecord).name, "A recorded move is never changed or removed."),
    Held(table_of(SalesSnapshot).name, "A sales snapshot is never changed; add a later one."),
    Held(table_of(CustodyEntry).name, "A custody entry is never changed; add a later one."),
    Held(table_of(SealMismatch).name, "A seal that did not match stays on record."),
    Held(table_of(WakeupAgain).name, "That a person had a run tried again stays on record."),
    Held(table_of(Confirmation).name, "A confirmation is never changed; add a later one."),
    Held(table_of(GenuinePriceRow).name, "The price of a genuine article stays; add a later one."),
    Held(table_of(ShotListChange).name, "A version of a shot list stays; make another."),
    Held(
        table_of(ExhibitCode).name,
        "A recorded code is never changed; it is put on its exhibit once, and corrected later.",
        settable="exhibit_id",
    ),
    Held(
        table_of(ChatMessage).name,
        "A recorded chat message is never changed; that it was translated is recorded once.",
        settable="translated_at",
    ),
    Held(table_of(ChatTranslation).name, "A translation is never changed; add a later one."),
    Held(
        table_of(ConductWarning).name,
        "A conduct warning stays; that it was remarked on is recorded once.",
        settable="remarked_at",
    ),
    Held(table_of(ConductRemark).name, "A remark on conduct is never changed; add a later one."),
    Held(
        table_of(NotaryCertificate).name,
        "The certificate of a notary is never changed; that it was checked is recorded once.",
        settable="checked_at",
    ),
    Held(table_of(NotaryCheck).name, "A check of a certificate is never changed; add a later one."),
    Held(table_of(KitCard).name, "The kit card of a test buy is never changed."),
    Held(table_of(Kit).name, "A kit keeps its number."),
    Held(table_of(KitPart).name, "What lies in a kit is never changed; prepare another."),
    Held(table_of(KitGiving).name, "The giving of a kit is never changed."),
    Held(table_of(KitAnswer).name, "The answer to the giving of a kit is never changed."),
    Held(table_of(Anchor).name, "An anchor is never changed; the next one follows it."),
    Held(table_of(AnchoredHead).name, "An anchored head is never changed."),
    Held(table_of(AnchorStamp).name, "A time stamp is kept as it came."),
    Held(
        table_of(SigningCertificate).name,
        "A certificate that has signed is kept; it may be retired, once.",
        settable="retired_at",
    ),
    Held(table_of(Finding).name, "A finding is sealed with its verdict."),
    Held(table_of(ShownPhoto).name, "What was shown is sealed with its verdict."),
    Held(table_of(ReferenceEntry).name, "An entry of the library stays; add a later version."),
    Held(table_of(FindingMark).name, "A mark is sealed with its finding."),
    Held(
        table_of(StatementScan).name,
        "A signed statement handed in is kept as it came; hand in another beside it.",
    ),
    Held(table_of(ExaminationPhoto).name, "The photos of an examination are frozen."),
    Held(table_of(Mask).name, "A mask is never changed; mark the photo anew."),
    Held(table_of(MaskRegion).name, "A mask is never changed; mark the photo anew."),
    Held(table_of(IdentityCommitment).name, "A commitment is never changed."),
    Held(table_of(Release).name, "A release is never changed; ask for another."),
    Held(table_of(ReleaseApproval).name, "An approval is never taken back."),
    Held(table_of(AgencyCertificate).name, "A certificate is never changed; add a later one."),
    Held(table_of(LegalHold).name, "A legal hold is never changed; it is lifted."),
    Held(table_of(HoldLift).name, "A lifted hold stays lifted; place another."),
    Held(
        table_of(OpeningRequest).name,
        "A request to open an identity stays; it is agreed to once.",
        settable=("approved_at", "approved_by"),
    ),
    Held(table_of(Look).name, "Who looked at what stays on record."),
    Held(table_of(OpeningReading).name, "The reading of an identity stays on record."),
    Held(
        table_of(SupersededNotice).name,
        "Word of a superseded verdict stays; its receipt is recorded once.",
        settable=("acknowledged_at", "acknowledged_by", "recorded_by"),
    ),
    Held(
        table_of(ReferralReview).name,
        "A review of a referral stays; it is decided once.",
        settable=("decided_at", "decision", "decided_by"),
    ),
    Held(
        table_of(OutcomeReview).name,
        "A review of an outcome stays; it is decided once.",
        settable=("decided_at", "decision", "decided_by"),
    ),
    Held(table_of(ClaimContributor).name, "Who had a part in a claim stays on record."),
    Held(table_of(ClaimStep).name, "A recorded step of a claim is never changed or removed."),
    Held(table_of(ClaimProofWaiver).name, "A waived proof stays on record."),
    Held(
        table_of(Judgment).name,
        "A recorded judgment is never changed; it is struck, once.",
        settable="struck_at",
    ),
    Held(table_of(JudgmentHead).name, "What a judgment awarded is never changed."),
    Held(table_of(JudgmentRelief).name, "What a judgment granted is never changed."),
    Held(
        table_of(ClaimPayment).name,
        "A payment under a claim stays on record; it is struck, once.",
        settable="struck_at",
    ),
    Held(
        table_of(ClaimAllocation).name,
        "Where recovered money went stays on record; it is struck, once.",
        settable="struck_at",
    ),
    Held(
        table_of(ClaimStrike).name,
        "A request to have something struck stays; it is decided once.",
        settable=("decided_at", "decided_by", "agreed", "said"),
    ),
    Held(table_of(ReferralStep).name, "A step of a referral is never changed; record the next."),
    Held(
        table_of(ReferralCorrection).name,
        "A request to correct a step stays; it is decided once.",
        settable=("decided_at", "decided_by", "agreed", "said"),
    ),
    Held(table_of(PackageWaiver).name, "What a package was let go stays on record."),
    *(
        Held(table_of(row).name, "A row of the package is never changed; a later one corrects it.")
        for row in (HarmRow, PremisesRow, KnowledgeRow, RightsRow, UndertakingRow)
    ),
    Held(
        table_of(PageCapture).name,
        "A captured page is never changed; only its visits are counted until it is kept.",
        settable=(
            "fetched_at",
            "http_code",
            "problem",
            "complete",
            "names_subject",
            "warc_digest",
            "picture_digest",
            "picture_problem",
            "stamp",
        ),
        counts="asked",
    ),
    Held(
        table_of(SellerPicture).name,
        "A picture of a seller stays as it came; that its shop shows it is recorded once.",
        settable="identifier_id",
    ),
    Held(table_of(SanctionTestBuy).name, "What a sanction was proposed on is never changed."),
    Held(table_of(SanctionStep).name, "A step of a sanction is never changed; the next follows."),
    Held(table_of(SanctionNotice).name, "A notice that was given is kept as it was."),
    Held(
        table_of(SanctionAppeal).name,
        "An appeal is kept as it came; it is decided once.",
        settable=("decided_at", "decided_by", "lifted", "reasons"),
    ),
    Held(
        table_of(BrushingEstimate).name,
        "What a source said of made-up orders is never changed; add a later figure.",
    ),
    Held(table_of(FollowUp).name, "Which sanction a test buy followed is never changed."),
    Held(
        table_of(Verdict).name,
        "A sealed verdict is never changed; a later one may supersede it, once.",
        settable="superseded_at",
    ),
    Held(table_of(SeizureLine).name, "A seizure line is never changed; a later one corrects it."),
    Held(table_of(RaidSource).name, "A source of a raid stays as it was named; name another."),
    Held(table_of(SeizureImport).name, "That a seizure list was imported stays on record."),
    Held(table_of(FiguresChoice).name, "Whose figures were taken stays on record; choose anew."),
    Held(
        table_of(RaidCorrection).name,
        "A request to correct the day of a raid stays; it is decided once.",
        settable=("decided_at", "decided_by", "agreed", "said"),
    ),
    Held(table_of(RaidPaper).name, "What was handed in about a raid is kept as it came."),
    Held(table_of(LotSample).name, "A sample of a lot is never changed; record another."),
    Held(table_of(RaidParticipant).name, "Who took part in a raid stays on record."),
    Held(table_of(RaidPersonFate).name, "What became of somebody stays; add a later row."),
    Held(table_of(FoundSeller).name, "That a seller was found at a raid stays on record."),
)
DOES_NOT_FOLLOW = "This entry does not follow from the last one in the ledger."

_PREFIX = "keeps_"

# A trigger sees NEW.hash and NEW.id before their keys do: INSERT OR REPLACE with those of another
# entry would otherwise remove that one wherever recursive_triggers is off.
_LEDGER_ON_SQLITE = f"""
CREATE TRIGGER {_PREFIX}{LEDGER}_insert BEFORE INSERT ON {LEDGER}
WHEN typeof(NEW.seq) <> 'integer'
  OR typeof(NEW.prev) <> 'blob' OR length(NEW.prev) <> 32
  OR typeof(NEW.hash) <> 'blob' OR length(NEW.hash) <> 32
  OR NEW.seq <> coalesce((SELECT max(seq) FROM {LEDGER} WHERE subject = NEW.subject), 0) + 1
  OR NEW.prev <> coalesce(
      (SELECT hash FROM {LEDGER} WHERE subject = NEW.subject ORDER BY seq DESC LIMIT 1), NEW.prev)
  OR EXISTS (SELECT 1 FROM {LEDGER} WHERE hash = NEW.hash)
  OR EXISTS (SELECT 1 FROM {LEDGER} WHERE id = NEW.id)
BEGIN SELECT raise(ABORT, '{DOES_NOT_FOLLOW}'); END
"""  # noqa: S608 - built from the constants above

# The path is fixed: a session's own, or a temporary table of the ledger's name, would otherwise
# decide which ledger the chain is compared with.
_PATH = "SET search_path = pg_catalog, {schema}, pg_temp"
_BODIES = {
    "row": """
DECLARE counts text; risen bigint;
BEGIN
  IF TG_OP = 'UPDATE' AND TG_NARGS > 2 AND to_jsonb(OLD) -> TG_ARGV[2] = 'null' THEN
    counts := TG_ARGV[1];
    risen := coalesce(
      (to_jsonb(NEW) ->> counts)::bigint - (to_jsonb(OLD) ->> counts)::bigint, 0);
    IF to_jsonb(NEW) -> TG_ARGV[2] <> 'null' AND risen >= 0
      AND to_jsonb(OLD) - TG_ARGV[1:] = to_jsonb(NEW) - TG_ARGV[1:] THEN
      RETURN NEW;
    END IF;
    IF risen > 0 AND to_jsonb(OLD) - counts = to_jsonb(NEW) - counts THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION USING ERRCODE = 'restrict_violation', MESSAGE = TG_ARGV[0];
END """,
    f"{LEDGER}_chain": f"""
DECLARE last record;
BEGIN
  SELECT seq, hash INTO last FROM {LEDGER}
    WHERE subject = NEW.subject ORDER BY seq DESC LIMIT 1;
  IF NEW.seq <> coalesce(last.seq, 0) + 1 OR NEW.prev <> coalesce(last.hash, NEW.prev)
    OR length(NEW.prev) <> 32
    OR NEW.hash <> sha256('\\x01'::bytea || NEW.prev || NEW.body) THEN
    RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE = '{DOES_NOT_FOLLOW}';
  END IF;
  RETURN NEW;
END """,  # noqa: S608 - built from the constants above
}


def on_sqlite(held: Held, columns: frozenset[str]) -> tuple[str, ...]:
    """The statements that hold a table with `columns` on SQLite."""
    name, table = f"{_PREFIX}{held.table}", held.table
    refuse = f"BEGIN SELECT raise(ABORT, '{held.message}'); END"
    unless = ""
    if held.columns:
        closes = held.columns[0]
        filled = [f"NEW.{closes} IS NOT NULL", *_same(columns - set(held.changeable))]
        counted = ["0"]
        if held.counts:
            filled.append(f"NEW.{held.counts} >= OLD.{held.counts}")
            counted = [f"NEW.{held.counts} > OLD.{held.counts}", *_same(columns - {held.counts})]
        allowed = f"(({' AND '.join(filled)}) OR ({' AND '.join(counted)}))"
        unless = f"WHEN OLD.{closes} IS NOT NULL OR NOT {allowed} "
    statements = [
        f"DROP TRIGGER IF EXISTS {name}_update",
        f"DROP TRIGGER IF EXISTS {name}_delete",
        f"CREATE TRIGGER {name}_update BEFORE UPDATE ON {table} {unless}{refuse}",
        f"CREATE TRIGGER {name}_delete BEFORE DELETE ON {table} {refuse}",
    ]
    if table == LEDGER:
        statements += [f"DROP TRIGGER IF EXISTS {name}_insert", _LEDGER_ON_SQLITE]
    return tuple(statements)


def _same(columns: frozenset[str]) -> list[str]:
    return [f'OLD."{column}" IS NEW."{column}"' for column in sorted(columns)]


def on_postgresql(held: Held) -> tuple[str, ...]:
    """The statements that hold a table on PostgreSQL, for a replica's applier too (ALWAYS)."""
    arguments = ", ".join(f"'{word}'" for word in held.arguments)
    row = f"EXECUTE FUNCTION {_PREFIX}row({arguments})"
    triggers = {
        "update": f"BEFORE UPDATE ON {held.table} FOR EACH ROW {row}",
        "delete": f"BEFORE DELETE ON {held.table} FOR EACH ROW {row}",
        "truncate": f"BEFORE TRUNCATE ON {held.table} FOR EACH STATEMENT {row}",
    }
    if held.table == LEDGER:
        chain = f"EXECUTE FUNCTION {_PREFIX}{LEDGER}_chain()"
        triggers["insert"] = f"BEFORE INSERT ON {held.table} FOR EACH ROW {chain}"
    statements: list[str] = []
    for event, rest in triggers.items():
        name = f"{_PREFIX}{held.table}_{event}"
        statements += [
            f"CREATE OR REPLACE TRIGGER {name} {rest}",
            f"ALTER TABLE {held.table} ENABLE ALWAYS TRIGGER {name}",
        ]
    return tuple(statements)


def install(tx: Transaction) -> None:
    """Put every trigger in place, where it is there already by the same one again."""
    found = sa.inspect(tx)
    present = set(found.get_table_names())
    if tx.dialect.name == "postgresql":
        schema = tx.exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
        for name, body in _BODIES.items():
            tx.exec_driver_sql(
                f"CREATE OR REPLACE FUNCTION {_PREFIX}{name}() RETURNS trigger LANGUAGE plpgsql "
                f"{_PATH.format(schema=schema)} AS $${body}$$"
            )
    for held in HELD:
        if held.table not in present:
            continue
        if tx.dialect.name == "postgresql":
            statements = on_postgresql(held)
        else:
            columns = frozenset(column["name"] for column in found.get_columns(held.table))
            statements = on_sqlite(held, columns)
        for statement in statements:
            tx.exec_driver_sql(statement)
    tallies.install(tx)


def missing(tx: Transaction) -> list[str]:
    """The names of triggers that should be there and are not, or not as they were installed."""
    if tx.dialect.name == "postgresql":
        lost = {name for name, _ in _wanted_on_postgresql() - _found_on_postgresql(tx)}
        return sorted({*lost, *tallies.missing(tx)})
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    found = {row.name: row.sql.strip() for row in tx.exec_driver_sql(query)}
    lost = {name for name, text in _wanted_on_sqlite().items() if found.get(name) != text}
    return sorted({*lost, *tallies.missing(tx)})


def _wanted_on_sqlite() -> dict[str, str]:
    tables = LedgerRow.metadata.tables
    return {
        statement.split()[2]: statement.strip()
        for held in HELD
        for statement in on_sqlite(held, frozenset(tables[held.table].columns.keys()))
        if statement.split()[0] == "CREATE"
    }


_TYPES = {"update": 19, "delete": 11, "truncate": 34, "insert": 7}
"""PostgreSQL's numbers for BEFORE each event, for each row (truncate: once)."""


def _wanted_on_postgresql() -> set[tuple[str, tuple[str, str, bytes, int]]]:
    wanted: set[tuple[str, tuple[str, str, bytes, int]]] = set()
    for held in HELD:
        said = b"".join(word.encode() + b"\0" for word in held.arguments)
        for event in ("update", "delete", "truncate"):
            as_it_is = held.table, _BODIES["row"], said, _TYPES[event]
            wanted.add((f"{_PREFIX}{held.table}_{event}", as_it_is))
    chain = LEDGER, _BODIES[f"{LEDGER}_chain"], b"", _TYPES["insert"]
    wanted.add((f"{_PREFIX}{LEDGER}_insert", chain))
    return wanted


def _found_on_postgresql(tx: Transaction) -> set[tuple[str, tuple[str, str, bytes, int]]]:
    """Those that always fire, without a condition, for every column."""
    query = sa.text(
        "SELECT tgname, relname, prosrc, tgargs, tgtype FROM pg_trigger "
        "JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_proc ON pg_proc.oid = tgfoid "
        "WHERE tgenabled = 'A' AND tgqual IS NULL AND tgattr::text = '' "
        "AND relnamespace = current_schema()::regnamespace"
    )
    return {
        (row.tgname, (row.relname, row.prosrc, bytes(row.tgargs), row.tgtype))
        for row in tx.execute(query)
    }
