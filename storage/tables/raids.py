"""Raids: where, who took part, whom one met, what sources say was seized, and what was found out.

Addresses and names stand in `raid_place` and `raid_person` alone, with the salt that opens the
ledger's commitment; those two are not held by triggers, so that they can be erased. All the rest is
only ever added to: a later line supersedes an earlier one, and the earlier one stays.
"""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field

from rules.holders import ExhibitKind
from rules.raids import Fate, MetAs, PaperKind, PlaceKind, RaidState, TakesPart
from rules.seizures import Basis, Precision, SourceKind, ValueOf
from storage.tables.columns import Table, identity, instant, refers_to, whole, word


class Raid(Table, table=True):
    """An agency's action against an operator, of a referral where one led to it."""

    __table_args__ = (
        sa.CheckConstraint(
            "(state = 'carried_out') = (carried_out_on IS NOT NULL)", name="day_of_action"
        ),
        sa.CheckConstraint(
            "(state = 'called_off') = (called_off_because IS NOT NULL)", name="off_for_reason"
        ),
        sa.CheckConstraint("(state = 'planned') = (ended_by IS NULL)", name="end_is_somebodys"),
    )
    id: int = identity()
    reference: str = Field(unique=True)
    operator_id: int = refers_to("operator.id")
    agency_id: int = refers_to("agency.id", index=False)
    referral_id: int | None = refers_to("referral.id", optional=True)
    state: RaidState = word(RaidState)
    version: int
    planned_on: date
    carried_out_on: date | None = None
    called_off_because: str | None = None
    planned_by: int = refers_to("person.id", index=False)
    planned_at: datetime = instant()
    ended_by: int | None = refers_to("person.id", optional=True, index=False)
    changed_at: datetime = instant()


class RaidCorrection(Table, table=True):
    """A liaison's word that a raid was carried out on another day, and why.

    A second person agrees, or leaves it and says why. `recorded_on` is the day on record when it
    was asked for, and stays here once another stands in its place.
    """

    __table_args__ = (
        sa.CheckConstraint("instead_on <> recorded_on", name="says_what_is_right"),
        sa.CheckConstraint("decided_by <> asked_by", name="decider_is_not_asker"),
        sa.CheckConstraint("(decided_at IS NULL) = (decided_by IS NULL)", name="decider_is_named"),
        sa.CheckConstraint("(decided_at IS NULL) = (agreed IS NULL)", name="decision_is_whole"),
        sa.Index(
            "uq_raid_correction_open",
            "raid_id",
            unique=True,
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        ),
    )
    id: int = identity()
    raid_id: int = refers_to("raid.id")
    recorded_on: date
    instead_on: date
    reason: str
    asked_by: int = refers_to("person.id", index=False)
    asked_at: datetime = instant()
    decided_at: datetime | None = instant(optional=True)
    decided_by: int | None = refers_to("person.id", optional=True, index=False)
    agreed: bool | None = None
    said: str | None = None


class RaidPlace(Table, table=True):
    """A place that is to be searched, or was, from and to when where that is known."""

    __table_args__ = (
        sa.CheckConstraint("(from_at IS NULL) = (to_at IS NULL)", name="times_are_whole"),
        sa.CheckConstraint("to_at IS NULL OR from_at <= to_at", name="ends_after_it_began"),
    )
    id: int = identity()
    raid_id: int = refers_to("raid.id")
    kind: PlaceKind = word(PlaceKind)
    address: str
    salt: bytes = Field(sa_type=sa.LargeBinary)
    from_at: datetime | None = instant(optional=True)
    to_at: datetime | None = instant(optional=True)
    added_by: int = refers_to("person.id", index=False)
    added_at: datetime = instant()


class RaidParticipant(Table, table=True):
    """An organisation that took part, in one role."""

    __table_args__ = (sa.UniqueConstraint("raid_id", "role", "organisation"),)
    id: int = identity()
    raid_id: int = refers_to("raid.id", index=False)
    role: TakesPart = word(TakesPart)
    organisation: str
    added_by: int = refers_to("person.id", index=False)
    added_at: datetime = instant()


class RaidPerson(Table, table=True):
    """Somebody who was met at a place of the raid."""

    id: int = identity()
    raid_id: int = refers_to("raid.id")
    place_id: int = refers_to("raid_place.id", index=False)
    name: str
    salt: bytes = Field(sa_type=sa.LargeBinary)
    met_as: MetAs = word(MetAs)
    added_by: int = refers_to("person.id", index=False)
    added_at: datetime = instant()


class RaidPersonFate(Table, table=True):
    """What became of somebody who was met, as of a day; a later row follows it."""

    id: int = identity()
    met_id: int = refers_to("raid_person.id")
    fate: Fate = word(Fate)
    as_of: date
    recorded_by: int = refers_to("person.id", index=False)
    recorded_at: datetime = instant()


class RaidSource(Table, table=True):
    """Who says something of a raid, and on which day: all figures are somebody's."""

    __table_args__ = (sa.UniqueConstraint("raid_id", "kind", "name", "said_on"),)
    id: int = identity()
    raid_id: int = refers_to("raid.id", index=False)
    kind: SourceKind = word(SourceKind)
    name: str
    said_on: date
    recorded_by: int = refers_to("person.id", index=False)
    recorded_at: datetime = instant()


class SeizureImport(Table, table=True):
    """A file of seizure lines that was imported for a source; the same one is imported once."""

    __table_args__ = (sa.UniqueConstraint("raid_id", "source_id", "digest"),)
    id: int = identity()
    raid_id: int = refers_to("raid.id", index=False)
    source_id: int = refers_to("raid_source.id", index=False)
    digest: str
    lines: int
    imported_by: int = refers_to("person.id", index=False)
    imported_at: datetime = instant()


class SeizureLine(Table, table=True):
    """What a source says was seized: so many of a kind, worth so much by a basis.

    `value_of`: whether the value is that of one or of all. `corrects_id`: the line of the same
    source that this one supersedes; a line is superseded once.
    """

    __table_args__ = (
        sa.CheckConstraint("quantity >= 0", name="quantity_counted"),
        sa.CheckConstraint("value_minor IS NULL OR value_minor > 0", name="value_positive"),
        *(
            sa.CheckConstraint(f"(value_minor IS NULL) = ({part} IS NULL)", name=f"{part}_of_value")
            for part in ("currency", "basis", "value_of", "value_precision")
        ),
        sa.CheckConstraint(
            "(corrects_id IS NULL) = (corrected_because IS NULL)", name="corrected_for_reason"
        ),
    )
    id: int = identity()
    raid_id: int = refers_to("raid.id")
    source_id: int = refers_to("raid_source.id", index=False)
    place_id: int | None = refers_to("raid_place.id", optional=True, index=False)
    kind: ExhibitKind = word(ExhibitKind)
    description: str
    brand: str | None = None
    quantity: int = whole()
    precision: Precision = word(Precision)
    unit: str
    value_minor: int | None = whole(optional=True)
    value_of: ValueOf | None = word(ValueOf, optional=True)
    value_precision: Precision | None = word(Precision, optional=True)
    currency: str | None = None
    basis: Basis | None = word(Basis, optional=True)
    corrects_id: int | None = Field(
        default=None, foreign_key="seizure_line.id", unique=True, nullable=True
    )
    corrected_because: str | None = None
    import_id: int | None = refers_to("seizure_import.id", optional=True, index=False)
    recorded_by: int = refers_to("person.id", index=False)
    recorded_at: datetime = instant()


class FiguresChoice(Table, table=True):
    """Whose figures a person takes for a raid, and why; the last choice counts."""

    id: int = identity()
    raid_id: int = refers_to("raid.id")
    source_id: int = refers_to("raid_source.id", index=False)
    reason: str
    chosen_by: int = refers_to("person.id", index=False)
    chosen_at: datetime = instant()


class RaidPaper(Table, table=True):
    """A photo or document about a raid, kept bit for bit; pictures have a `preview_digest`."""

    __table_args__ = (sa.UniqueConstraint("raid_id", "digest"),)
    id: int = identity()
    raid_id: int = refers_to("raid.id", index=False)
    kind: PaperKind = word(PaperKind)
    title: str
    digest: str
    size: int = whole()
    media_type: str
    preview_digest: str | None = None
    source_id: int | None = refers_to("raid_source.id", optional=True, index=False)
    handed_in_by: int = refers_to("person.id", index=False)
    handed_in_at: datetime = instant()


class LotSample(Table, table=True):
    """Pieces of a seized lot that somebody examined, and how many were counterfeit.

    `least`: how many of the lot are counterfeit at least (`rules.sampling`); None where the pieces
    were picked, so that they say nothing of the others.
    """

    __table_args__ = (
        sa.CheckConstraint("fake >= 0 AND fake <= examined", name="found_among_examined"),
        sa.CheckConstraint("examined > 0 AND examined <= lot", name="examined_of_lot"),
        sa.CheckConstraint("least IS NULL OR least <= lot", name="least_of_lot"),
    )
    id: int = identity()
    line_id: int = refers_to("seizure_line.id")
    lot: int
    examined: int
    fake: int
    least: int | None = None
    examiner: str
    examined_on: date
    recorded_by: int = refers_to("person.id", index=False)
    recorded_at: datetime = instant()


class FoundSeller(Table, table=True):
    """Another operator whom a raid led to: found at the same raid, not the same operator."""

    raid_id: int = refers_to("raid.id", primary_key=True, index=False)
    operator_id: int = refers_to("operator.id", primary_key=True)
    basis: str
    found_by: int = refers_to("person.id", index=False)
    found_at: datetime = instant()
