"""What ties shops to an operator: identifiers, proposals, who is behind it, and every change of it.

Values, names and handles are data of persons: they stand in these columns alone. A ledger holds the
number of the row and, of an identifier, a commitment that its `salt` opens.
"""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field

from rules.identifiers import Confidence, IdentifierKind, IdentifierState
from rules.linkage import OperatorChangeKind, PersonRole, ProposalState
from storage.tables.columns import Table, identity, instant, refers_to, word


class Identifier(Table, table=True):
    """A dated fact about a shop. `normal` is what it is compared by (`rules.linkage`).

    Its source is a test buy with the photo or exhibit that shows it, a code on goods, or what
    `said_by` names: a person, a record, a file number. `recorded_by` None: the programme, from a
    code on goods or from a feed.
    """

    __table_args__ = (
        sa.Index("ix_identifier_compared", "kind", "normal"),
        sa.CheckConstraint(
            "coalesce(testbuy_id, code_id) IS NOT NULL OR said_by <> ''", name="has_a_source"
        ),
        sa.CheckConstraint(
            "(confirmed_at IS NULL) = (confirmed_by IS NULL)", name="confirmed_by_somebody"
        ),
        sa.CheckConstraint("state <> 'confirmed' OR confirmed_at IS NOT NULL", name="confirmed"),
        sa.CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="withdrawn_at_a_time"
        ),
        sa.CheckConstraint(
            "state <> 'withdrawn' OR withdrawn_because <> ''", name="withdrawn_says_why"
        ),
        sa.CheckConstraint(
            "kind NOT IN ('admission', 'police_finding') OR confirmed_by <> recorded_by",
            name="confirmed_by_another",
        ),
    )
    id: int = identity()
    shop_id: int = refers_to("shop.id")
    kind: IdentifierKind = word(IdentifierKind)
    value: str
    normal: str
    salt: bytes = Field(sa_type=sa.LargeBinary)
    confidence: Confidence = word(Confidence)
    seen_on: date
    testbuy_id: int | None = refers_to("testbuy.id", optional=True)
    photo_id: int | None = refers_to("photo.id", optional=True, index=False)
    exhibit_id: int | None = refers_to("exhibit.id", optional=True, index=False)
    code_id: int | None = refers_to("exhibit_code.id", optional=True)
    said_by: str = ""
    state: IdentifierState = word(IdentifierState)
    recorded_by: int | None = refers_to("person.id", optional=True, index=False)
    recorded_at: datetime = instant()
    confirmed_by: int | None = refers_to("person.id", optional=True, index=False)
    confirmed_at: datetime | None = instant(optional=True)
    withdrawn_by: int | None = refers_to("person.id", optional=True, index=False)
    withdrawn_at: datetime | None = instant(optional=True)
    withdrawn_because: str = ""


class LinkProposal(Table, table=True):
    """That two shops have one operator, put before a person. The lower number is named first."""

    __table_args__ = (
        sa.Index(
            "uq_link_proposal_open",
            "shop_id",
            "other_id",
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        ),
        sa.CheckConstraint("shop_id < other_id", name="lower_first"),
        sa.CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided_at_a_time"),
        sa.CheckConstraint("state = 'open' OR reason <> ''", name="decision_says_why"),
    )
    id: int = identity()
    shop_id: int = refers_to("shop.id")
    other_id: int = refers_to("shop.id")
    state: ProposalState = word(ProposalState, index=True)
    version: int = 1
    raised_at: datetime = instant()
    reason: str = ""
    decided_by: int | None = refers_to("person.id", optional=True, index=False)
    decided_at: datetime | None = instant(optional=True)


class ProposalEvidence(Table, table=True):
    """An identifier that a proposal rests on. `confirmed`: its key was, on both sides, by then."""

    proposal_id: int = refers_to("link_proposal.id", primary_key=True, index=False)
    identifier_id: int = refers_to("identifier.id", primary_key=True)
    confirmed: bool


class OperatorChange(Table, table=True):
    """Shops came to an operator: linked one by one, with another operator's, or split away.

    `operator_id` has them since; `other_id` had them before. `by_person` None: confirmed
    identifiers joined them. Undone once, by a later row's writer, never edited.
    """

    __table_args__ = (
        sa.CheckConstraint("reason <> ''", name="says_why"),
        sa.CheckConstraint("kind = 'link' OR other_id IS NOT NULL", name="between_two"),
        sa.CheckConstraint("other_id IS NULL OR other_id <> operator_id", name="two_operators"),
        sa.CheckConstraint(
            "(undone_at IS NULL) = (undone_because IS NULL)", name="undone_says_why"
        ),
    )
    id: int = identity()
    kind: OperatorChangeKind = word(OperatorChangeKind)
    operator_id: int = refers_to("operator.id")
    other_id: int | None = refers_to("operator.id", optional=True)
    reason: str
    by_person: int | None = refers_to("person.id", optional=True, index=False)
    changed_at: datetime = instant()
    undone_at: datetime | None = instant(optional=True)
    undone_because: str | None = None
    undone_by: int | None = refers_to("person.id", optional=True, index=False)


class MovedShop(Table, table=True):
    """A shop that an operator's change took along: whose it was, whose it is, and on what basis."""

    change_id: int = refers_to("operator_change.id", primary_key=True, index=False)
    shop_id: int = refers_to("shop.id", primary_key=True)
    operator_before: int | None = refers_to("operator.id", optional=True, index=False)
    operator_after: int = refers_to("operator.id", index=False)
    basis_before: str | None = None
    basis_after: str


class OperatorPerson(Table, table=True):
    """Somebody who works for an operator, in a role, from a day on as a source says."""

    __table_args__ = (
        sa.CheckConstraint("until IS NULL OR since IS NULL OR until >= since", name="in_order"),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_because IS NULL)", name="withdrawn_says_why"
        ),
    )
    id: int = identity()
    operator_id: int = refers_to("operator.id")
    name: str
    role: PersonRole = word(PersonRole)
    since: date | None = None
    until: date | None = None
    source: str
    recorded_by: int = refers_to("person.id", index=False)
    recorded_at: datetime = instant()
    withdrawn_by: int | None = refers_to("person.id", optional=True, index=False)
    withdrawn_at: datetime | None = instant(optional=True)
    withdrawn_because: str | None = None


class ExternalHandle(Table, table=True):
    """What an operator is called on another platform."""

    __table_args__ = (
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_because IS NULL)", name="withdrawn_says_why"
        ),
    )
    id: int = identity()
    operator_id: int = refers_to("operator.id")
    platform: str
    handle: str
    source: str
    seen_on: date
    recorded_by: int = refers_to("person.id", index=False)
    recorded_at: datetime = instant()
    withdrawn_by: int | None = refers_to("person.id", optional=True, index=False)
    withdrawn_at: datetime | None = instant(optional=True)
    withdrawn_because: str | None = None
