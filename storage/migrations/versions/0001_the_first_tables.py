"""The first tables.

Revision 0001, after nothing.
"""

import sqlalchemy as sa
from alembic import op

from storage.tables.columns import Instant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agency",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("jurisdiction", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("needs", sa.String(), nullable=False),
        sa.Column("needs_exhibit", sa.Boolean(), nullable=True),
        sa.Column(
            "delivery",
            sa.Enum(
                "interface", "folder", "mail", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency")),
        sa.UniqueConstraint("name", name=op.f("uq_agency_name")),
    )
    op.create_table(
        "anchor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.String(), nullable=False),
        sa.Column("previous", sa.String(), nullable=True),
        sa.Column("statement", sa.String(), nullable=False),
        sa.Column("through", sa.Integer(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_anchor")),
        sa.UniqueConstraint("previous", name=op.f("uq_anchor_previous")),
        sa.UniqueConstraint("root", name=op.f("uq_anchor_root")),
    )
    op.create_table(
        "category",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("shot_list", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category")),
        sa.UniqueConstraint("name", name=op.f("uq_category_name")),
    )
    op.create_table(
        "cause_of_action",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cause_of_action")),
        sa.UniqueConstraint("name", name=op.f("uq_cause_of_action_name")),
    )
    op.create_table(
        "conduct_phrase",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conduct_phrase")),
        sa.UniqueConstraint("words", "valid_from", name=op.f("uq_conduct_phrase_words_valid_from")),
    )
    op.create_table(
        "counter",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counter")),
    )
    op.create_table(
        "daily_round",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_daily_round")),
    )
    op.create_table(
        "deadline_policy",
        sa.Column(
            "stage",
            sa.Enum(
                "requested",
                "authorised",
                "assigned",
                "ordered",
                "received",
                "documented",
                "submitted",
                "judged",
                "referred",
                "closed",
                "declined",
                "abandoned",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "owner",
            sa.Enum(
                "analyst",
                "approver",
                "buyer",
                "clerk",
                "supervisor",
                "authenticator",
                "desk",
                "liaison",
                "counsel",
                "auditor",
                "engineer",
                "administrator",
                "programme",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("remind_after_seconds", sa.Integer(), nullable=False),
        sa.Column("escalate_after_seconds", sa.Integer(), nullable=False),
        sa.Column(
            "escalate_to",
            sa.Enum(
                "analyst",
                "approver",
                "buyer",
                "clerk",
                "supervisor",
                "authenticator",
                "desk",
                "liaison",
                "counsel",
                "auditor",
                "engineer",
                "administrator",
                "programme",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("then", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("stage", name=op.f("pk_deadline_policy")),
    )
    op.create_table(
        "duty",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("held_until", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_duty")),
    )
    op.create_table(
        "form_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key_digest", sa.String(), nullable=False),
        sa.Column("sent", sa.LargeBinary(), nullable=False),
        sa.Column("code", sa.Integer(), nullable=False),
        sa.Column("location", sa.String(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("answered_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_answer")),
        sa.UniqueConstraint("key_digest", name=op.f("uq_form_answer_key_digest")),
    )
    with op.batch_alter_table("form_answer", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_form_answer_answered_at"), ["answered_at"], unique=False
        )

    op.create_table(
        "goodwill_proof",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goodwill_proof")),
        sa.UniqueConstraint("name", name=op.f("uq_goodwill_proof_name")),
    )
    op.create_table(
        "ledger",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("prev", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger")),
        sa.UniqueConstraint("hash", name=op.f("uq_ledger_hash")),
        sa.UniqueConstraint("subject", "seq", name=op.f("uq_ledger_subject_seq")),
    )
    op.create_table(
        "operator",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["merged_into_id"], ["operator.id"], name=op.f("fk_operator_merged_into_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operator")),
        sa.UniqueConstraint("reference", name=op.f("uq_operator_reference")),
    )
    with op.batch_alter_table("operator", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_operator_merged_into_id"), ["merged_into_id"], unique=False
        )

    op.create_table(
        "pattern_band",
        sa.Column("band", sa.Integer(), nullable=False),
        sa.Column("code", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("band", "code", name=op.f("pk_pattern_band")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "pattern_of_code",
        sa.Column("code", sa.BigInteger(), nullable=False),
        sa.Column("pattern", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("code", "pattern", name=op.f("pk_pattern_of_code")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column(
            "mail_when",
            sa.Enum(
                "at_once", "daily", "never", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
    )
    op.create_table(
        "policy",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_policy")),
    )
    op.create_table(
        "rights_holder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rights_holder")),
        sa.UniqueConstraint("name", name=op.f("uq_rights_holder_name")),
    )
    op.create_table(
        "search_word",
        sa.Column(
            "kind",
            sa.Enum(
                "shop",
                "listing",
                "operator",
                "address",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("word", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "word", "number", name=op.f("pk_search_word")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sign_on",
        sa.Column("state_digest", sa.String(), nullable=False),
        sa.Column("browser_digest", sa.String(), nullable=False),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("verifier", sa.String(), nullable=False),
        sa.Column("wanted", sa.String(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("state_digest", name=op.f("pk_sign_on")),
    )
    op.create_table(
        "signing_certificate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("serial", sa.String(), nullable=False),
        sa.Column("pem", sa.String(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("not_after", Instant(), nullable=False),
        sa.Column("added_at", Instant(), nullable=False),
        sa.Column("retired_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_certificate")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_signing_certificate_fingerprint")),
    )
    op.create_table(
        "threshold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("jurisdiction", sa.String(), nullable=False),
        sa.Column("offence", sa.String(), nullable=False),
        sa.Column("limb", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("reoffender", sa.Boolean(), nullable=False),
        sa.Column("added_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_threshold")),
        sa.UniqueConstraint(
            "jurisdiction",
            "offence",
            "limb",
            "reoffender",
            "valid_from",
            name=op.f("uq_threshold_jurisdiction_offence_limb_reoffender_valid_from"),
        ),
    )
    with op.batch_alter_table("threshold", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_threshold_jurisdiction"), ["jurisdiction"], unique=False
        )

    op.create_table(
        "tries",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("reached", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_tries")),
    )
    op.create_table(
        "agency_certificate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("pem", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=True),
        sa.Column("added_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by"], ["person.id"], name=op.f("fk_agency_certificate_added_by")
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_agency_certificate_agency_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency_certificate")),
    )
    with op.batch_alter_table("agency_certificate", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_agency_certificate_agency_id"), ["agency_id"], unique=False
        )

    op.create_table(
        "anchor_stamp",
        sa.Column("anchor_id", sa.Integer(), nullable=False),
        sa.Column("authority", sa.String(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("stamped_at", Instant(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["anchor_id"], ["anchor.id"], name=op.f("fk_anchor_stamp_anchor_id")
        ),
        sa.PrimaryKeyConstraint("anchor_id", name=op.f("pk_anchor_stamp")),
    )
    op.create_table(
        "anchored_head",
        sa.Column("anchor_id", sa.Integer(), nullable=False),
        sa.Column("leaf_index", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.Column("leaf", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["anchor_id"], ["anchor.id"], name=op.f("fk_anchored_head_anchor_id")
        ),
        sa.PrimaryKeyConstraint("anchor_id", "leaf_index", name=op.f("pk_anchored_head")),
    )
    with op.batch_alter_table("anchored_head", schema=None) as batch_op:
        batch_op.create_index("ix_anchored_head_subject_seq", ["subject", "seq"], unique=False)

    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("hint", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.Column("revoked_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by"], ["person.id"], name=op.f("fk_api_token_created_by")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_api_token_person_id")),
        sa.ForeignKeyConstraint(
            ["revoked_by"], ["person.id"], name=op.f("fk_api_token_revoked_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_token_digest")),
    )
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_token_person_id"), ["person_id"], unique=False)

    op.create_table(
        "brand",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rights_holder_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["rights_holder_id"], ["rights_holder.id"], name=op.f("fk_brand_rights_holder_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand")),
        sa.UniqueConstraint("name", name=op.f("uq_brand_name")),
    )
    with op.batch_alter_table("brand", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_brand_rights_holder_id"), ["rights_holder_id"], unique=False
        )

    op.create_table(
        "buyer",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_buyer_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_buyer")),
    )
    op.create_table(
        "campaign",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("brands", sa.JSON(), nullable=False),
        sa.Column("categories", sa.JSON(), nullable=False),
        sa.Column("max_price_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("max_buys", sa.Integer(), nullable=False),
        sa.Column("budget_minor", sa.BigInteger(), nullable=False),
        sa.Column("opens_at", Instant(), nullable=False),
        sa.Column("closes_at", Instant(), nullable=False),
        sa.Column("requested_by", sa.Integer(), nullable=True),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.Column("approved_at", Instant(), nullable=True),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.Column("withdrawal_reason", sa.String(), nullable=True),
        sa.Column("buys", sa.Integer(), nullable=False),
        sa.Column("committed_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "approved_by <> requested_by", name=op.f("ck_campaign_approver_is_not_requester")
        ),
        sa.CheckConstraint("buys BETWEEN 0 AND max_buys", name=op.f("ck_campaign_inside_buys")),
        sa.CheckConstraint(
            "committed_minor BETWEEN 0 AND budget_minor", name=op.f("ck_campaign_inside_budget")
        ),
        sa.ForeignKeyConstraint(
            ["approved_by"], ["person.id"], name=op.f("fk_campaign_approved_by")
        ),
        sa.ForeignKeyConstraint(
            ["requested_by"], ["person.id"], name=op.f("fk_campaign_requested_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
        sa.UniqueConstraint("name", name=op.f("uq_campaign_name")),
    )
    op.create_table(
        "erasure_mention",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "what",
            sa.Enum(
                "identifier",
                "registrant",
                "person",
                "handle",
                "premises",
                "place",
                "person_met",
                "party",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("erased", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("found_at", Instant(), nullable=False),
        sa.Column("covered_at", Instant(), nullable=True),
        sa.Column("covered_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["covered_by"], ["person.id"], name=op.f("fk_erasure_mention_covered_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure_mention")),
        sa.UniqueConstraint(
            "what", "erased", "place", "row", name=op.f("uq_erasure_mention_what_erased_place_row")
        ),
    )
    op.create_table(
        "external_handle",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("handle", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.Column("withdrawn_because", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_because IS NULL)",
            name=op.f("ck_external_handle_withdrawn_says_why"),
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_external_handle_operator_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["person.id"], name=op.f("fk_external_handle_recorded_by")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"], ["person.id"], name=op.f("fk_external_handle_withdrawn_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_handle")),
    )
    with op.batch_alter_table("external_handle", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_external_handle_operator_id"), ["operator_id"], unique=False
        )

    op.create_table(
        "harm",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("document", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=False),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "safety", "victims", "refunds", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("figure", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.CheckConstraint(
            "corrects_id IS NULL OR reason <> ''", name=op.f("ck_harm_correction_says_why")
        ),
        sa.CheckConstraint(
            "NOT withdrawn OR corrects_id IS NOT NULL", name=op.f("ck_harm_withdraws_something")
        ),
        sa.CheckConstraint(
            "currency IS NULL OR figure IS NOT NULL", name=op.f("ck_harm_amount_is_whole")
        ),
        sa.CheckConstraint(
            "figure IS NULL OR figure >= 0", name=op.f("ck_harm_figure_not_negative")
        ),
        sa.ForeignKeyConstraint(["corrects_id"], ["harm.id"], name=op.f("fk_harm_corrects_id")),
        sa.ForeignKeyConstraint(["operator_id"], ["operator.id"], name=op.f("fk_harm_operator_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_harm_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_harm")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_harm_corrects_id")),
    )
    with op.batch_alter_table("harm", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_harm_operator_id"), ["operator_id"], unique=False)

    op.create_table(
        "invitation",
        sa.Column("token_digest", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_invitation_person_id")),
        sa.PrimaryKeyConstraint("token_digest", name=op.f("pk_invitation")),
    )
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitation_person_id"), ["person_id"], unique=False)

    op.create_table(
        "kit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("prepared_by", sa.Integer(), nullable=False),
        sa.Column("prepared_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["prepared_by"], ["person.id"], name=op.f("fk_kit_prepared_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kit")),
        sa.UniqueConstraint("number", name=op.f("uq_kit_number")),
    )
    op.create_table(
        "litigation_campaign",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("target", sa.Integer(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.CheckConstraint("closes_on >= opens_on", name=op.f("ck_litigation_campaign_window")),
        sa.CheckConstraint("target > 0", name=op.f("ck_litigation_campaign_some_suits")),
        sa.ForeignKeyConstraint(
            ["opened_by"], ["person.id"], name=op.f("fk_litigation_campaign_opened_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_litigation_campaign")),
        sa.UniqueConstraint("name", name=op.f("uq_litigation_campaign_name")),
    )
    op.create_table(
        "log_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_digest", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("csrf_token", sa.String(), nullable=False),
        sa.Column(
            "began",
            sa.Enum(
                "password",
                "link",
                "invitation",
                "sign_on",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("second_factor_at", Instant(), nullable=True),
        sa.Column("browser", sa.String(), nullable=False),
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_log_in_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_in")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_log_in_token_digest")),
    )
    with op.batch_alter_table("log_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_log_in_person_id"), ["person_id"], unique=False)

    op.create_table(
        "log_in_link",
        sa.Column("token_digest", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_log_in_link_person_id")
        ),
        sa.PrimaryKeyConstraint("token_digest", name=op.f("pk_log_in_link")),
    )
    with op.batch_alter_table("log_in_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_log_in_link_person_id"), ["person_id"], unique=False)

    op.create_table(
        "look",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "analyst",
                "approver",
                "buyer",
                "clerk",
                "supervisor",
                "authenticator",
                "desk",
                "liaison",
                "counsel",
                "auditor",
                "engineer",
                "administrator",
                "programme",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("route", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("looked_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_look_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_look")),
    )
    with op.batch_alter_table("look", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_look_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_look_subject_id", ["subject", "id"], unique=False)

    op.create_table(
        "operator_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("link", "merge", "split", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("operator_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by_person", sa.Integer(), nullable=True),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("undone_at", Instant(), nullable=True),
        sa.Column("undone_because", sa.String(), nullable=True),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind = 'link' OR other_id IS NOT NULL", name=op.f("ck_operator_change_between_two")
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_operator_change_says_why")),
        sa.CheckConstraint(
            "(undone_at IS NULL) = (undone_because IS NULL)",
            name=op.f("ck_operator_change_undone_says_why"),
        ),
        sa.CheckConstraint(
            "other_id IS NULL OR other_id <> operator_id",
            name=op.f("ck_operator_change_two_operators"),
        ),
        sa.ForeignKeyConstraint(
            ["by_person"], ["person.id"], name=op.f("fk_operator_change_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_operator_change_operator_id")
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["operator.id"], name=op.f("fk_operator_change_other_id")
        ),
        sa.ForeignKeyConstraint(
            ["undone_by"], ["person.id"], name=op.f("fk_operator_change_undone_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operator_change")),
    )
    with op.batch_alter_table("operator_change", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_operator_change_operator_id"), ["operator_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_operator_change_other_id"), ["other_id"], unique=False)

    op.create_table(
        "operator_person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "controller",
                "seller",
                "nominee",
                "producer",
                "seal_maker",
                "warehouse",
                "courier",
                "brusher",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.Column("withdrawn_because", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_because IS NULL)",
            name=op.f("ck_operator_person_withdrawn_says_why"),
        ),
        sa.CheckConstraint(
            "until IS NULL OR since IS NULL OR until >= since",
            name=op.f("ck_operator_person_in_order"),
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_operator_person_operator_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["person.id"], name=op.f("fk_operator_person_recorded_by")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"], ["person.id"], name=op.f("fk_operator_person_withdrawn_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operator_person")),
    )
    with op.batch_alter_table("operator_person", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_operator_person_operator_id"), ["operator_id"], unique=False
        )

    op.create_table(
        "premises",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("document", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=False),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "business",
                "residence",
                "warehouse",
                "collection_point",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("happens", sa.String(), nullable=False),
        sa.Column("hour", sa.String(), nullable=False),
        sa.CheckConstraint(
            "corrects_id IS NULL OR reason <> ''", name=op.f("ck_premises_correction_says_why")
        ),
        sa.CheckConstraint(
            "NOT withdrawn OR corrects_id IS NOT NULL", name=op.f("ck_premises_withdraws_something")
        ),
        sa.ForeignKeyConstraint(
            ["corrects_id"], ["premises.id"], name=op.f("fk_premises_corrects_id")
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_premises_operator_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["person.id"], name=op.f("fk_premises_recorded_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_premises")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_premises_corrects_id")),
    )
    with op.batch_alter_table("premises", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_premises_operator_id"), ["operator_id"], unique=False)

    op.create_table(
        "recovery_code",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_recovery_code_person_id")
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_recovery_code")),
    )
    with op.batch_alter_table("recovery_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recovery_code_person_id"), ["person_id"], unique=False)

    op.create_table(
        "referral",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "drafted",
                "approved",
                "sent",
                "acknowledged",
                "accepted",
                "declined",
                "withdrawn",
                "planned",
                "raided",
                "filed",
                "indicted",
                "sentenced",
                "closed",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("grounds", sa.JSON(), nullable=False),
        sa.Column("drafted_by", sa.Integer(), nullable=True),
        sa.Column("drafted_at", Instant(), nullable=False),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.Column("approved_at", Instant(), nullable=True),
        sa.Column("intended_at", Instant(), nullable=True),
        sa.Column(
            "intended_way",
            sa.Enum(
                "interface", "folder", "mail", native_enum=False, create_constraint=True, length=40
            ),
            nullable=True,
        ),
        sa.Column("packed_digest", sa.String(), nullable=True),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("unsent_because", sa.String(), nullable=True),
        sa.Column("bundle_digest", sa.String(), nullable=True),
        sa.Column("agency_number", sa.String(), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "approved_by <> drafted_by", name=op.f("ck_referral_approver_is_not_drafter")
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_referral_agency_id")),
        sa.ForeignKeyConstraint(
            ["approved_by"], ["person.id"], name=op.f("fk_referral_approved_by")
        ),
        sa.ForeignKeyConstraint(["drafted_by"], ["person.id"], name=op.f("fk_referral_drafted_by")),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_referral_operator_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
        sa.UniqueConstraint("key", name=op.f("uq_referral_key")),
        sa.UniqueConstraint("reference", name=op.f("uq_referral_reference")),
    )
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_referral_state"), ["state"], unique=False)
        batch_op.create_index(
            "uq_referral_open",
            ["operator_id", "agency_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('drafted', 'approved')"),
            postgresql_where=sa.text("state IN ('drafted', 'approved')"),
        )

    op.create_table(
        "retention",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("jurisdiction", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("evidence_months", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("set_at", Instant(), nullable=True),
        sa.Column("set_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "months BETWEEN 0 AND evidence_months", name=op.f("ck_retention_evidence_outlasts")
        ),
        sa.ForeignKeyConstraint(["set_by"], ["person.id"], name=op.f("fk_retention_set_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention")),
        sa.UniqueConstraint(
            "jurisdiction",
            "outcome",
            "valid_from",
            name=op.f("uq_retention_jurisdiction_outcome_valid_from"),
        ),
    )
    op.create_table(
        "role_grant",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "analyst",
                "approver",
                "buyer",
                "clerk",
                "supervisor",
                "authenticator",
                "desk",
                "liaison",
                "counsel",
                "auditor",
                "engineer",
                "administrator",
                "programme",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_role_grant_person_id")),
        sa.PrimaryKeyConstraint("person_id", "role", name=op.f("pk_role_grant")),
    )
    op.create_table(
        "second_factor",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("pending", sa.LargeBinary(), nullable=True),
        sa.Column("pending_of", sa.String(), nullable=True),
        sa.Column("confirmed_at", Instant(), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_second_factor_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_second_factor")),
    )
    op.create_table(
        "shop",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("platform_shop_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("registrant", sa.String(), nullable=True),
        sa.Column("region", sa.String(), nullable=True),
        sa.Column("operator_id", sa.Integer(), nullable=True),
        sa.Column("link_basis", sa.String(), nullable=True),
        sa.Column("cleared_at", Instant(), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["operator_id"], ["operator.id"], name=op.f("fk_shop_operator_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop")),
        sa.UniqueConstraint(
            "platform", "platform_shop_id", name=op.f("uq_shop_platform_platform_shop_id")
        ),
    )
    with op.batch_alter_table("shop", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shop_operator_id"), ["operator_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_shop_platform_shop_id"), ["platform_shop_id"], unique=False
        )

    op.create_table(
        "shot_list_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "change",
            sa.Enum(
                "base",
                "add",
                "require",
                "relax",
                "reword",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("shot", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("instruction", sa.String(), nullable=False),
        sa.Column("example", sa.String(), nullable=False),
        sa.Column("title_zh", sa.String(), nullable=False),
        sa.Column("instruction_zh", sa.String(), nullable=False),
        sa.Column("example_zh", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "change <> 'relax' OR reason <> ''",
            name=op.f("ck_shot_list_change_relaxed_for_a_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_shot_list_change_category_id")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["person.id"], name=op.f("fk_shot_list_change_made_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shot_list_change")),
        sa.UniqueConstraint(
            "category_id", "version", name=op.f("uq_shot_list_change_category_id_version")
        ),
    )
    op.create_table(
        "sign_on_binding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("bound_at", Instant(), nullable=False),
        sa.Column("refused_at", Instant(), nullable=True),
        sa.Column("undone_at", Instant(), nullable=True),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_sign_on_binding_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["undone_by"], ["person.id"], name=op.f("fk_sign_on_binding_undone_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_on_binding")),
    )
    with op.batch_alter_table("sign_on_binding", schema=None) as batch_op:
        batch_op.create_index(
            "uq_sign_on_binding_of_person",
            ["person_id"],
            unique=True,
            sqlite_where=sa.text("undone_at IS NULL"),
            postgresql_where=sa.text("undone_at IS NULL"),
        )
        batch_op.create_index(
            "uq_sign_on_binding_pair",
            ["issuer", "subject"],
            unique=True,
            sqlite_where=sa.text("undone_at IS NULL"),
            postgresql_where=sa.text("undone_at IS NULL"),
        )

    op.create_table(
        "storage_place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("room", sa.String(), nullable=False),
        sa.Column("shelf", sa.String(), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=True),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("closed_by", sa.Integer(), nullable=True),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("closed_because", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (closed_because IS NULL)",
            name=op.f("ck_storage_place_closed_for_a_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["closed_by"], ["person.id"], name=op.f("fk_storage_place_closed_by")
        ),
        sa.ForeignKeyConstraint(
            ["opened_by"], ["person.id"], name=op.f("fk_storage_place_opened_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_storage_place")),
        sa.UniqueConstraint("name", name=op.f("uq_storage_place_name")),
    )
    op.create_table(
        "undertaking",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("document", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=False),
        sa.Column("rights_holder_id", sa.Integer(), nullable=False),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("position", sa.String(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "corrects_id IS NULL OR reason <> ''", name=op.f("ck_undertaking_correction_says_why")
        ),
        sa.CheckConstraint(
            "NOT withdrawn OR corrects_id IS NOT NULL",
            name=op.f("ck_undertaking_withdraws_something"),
        ),
        sa.ForeignKeyConstraint(
            ["corrects_id"], ["undertaking.id"], name=op.f("fk_undertaking_corrects_id")
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_undertaking_operator_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["person.id"], name=op.f("fk_undertaking_recorded_by")
        ),
        sa.ForeignKeyConstraint(
            ["rights_holder_id"], ["rights_holder.id"], name=op.f("fk_undertaking_rights_holder_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_undertaking")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_undertaking_corrects_id")),
    )
    with op.batch_alter_table("undertaking", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_undertaking_operator_id"), ["operator_id"], unique=False
        )

    op.create_table(
        "webhook",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("off_because", sa.String(), nullable=True),
        sa.Column("removed_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_webhook_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
        sa.UniqueConstraint("public_id", name=op.f("uq_webhook_public_id")),
    )
    with op.batch_alter_table("webhook", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_webhook_active"), ["active"], unique=False)
        batch_op.create_index(batch_op.f("ix_webhook_person_id"), ["person_id"], unique=False)

    op.create_table(
        "api_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("request_digest", sa.String(), nullable=False),
        sa.Column("code", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("answered_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["token_id"], ["api_token.id"], name=op.f("fk_api_answer_token_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_answer")),
        sa.UniqueConstraint("token_id", "key", name=op.f("uq_api_answer_token_id_key")),
    )
    with op.batch_alter_table("api_answer", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_api_answer_answered_at"), ["answered_at"], unique=False
        )

    op.create_table(
        "brand_grant",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("brand_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_brand_grant_brand_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_brand_grant_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", "brand_id", name=op.f("pk_brand_grant")),
    )
    with op.batch_alter_table("brand_grant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_brand_grant_brand_id"), ["brand_id"], unique=False)

    op.create_table(
        "genuine_price",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("brand_id", sa.Integer(), nullable=False),
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("added_at", Instant(), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_genuine_price_price_positive")),
        sa.ForeignKeyConstraint(
            ["added_by"], ["person.id"], name=op.f("fk_genuine_price_added_by")
        ),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_genuine_price_brand_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_genuine_price")),
    )
    with op.batch_alter_table("genuine_price", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_genuine_price_brand_id"), ["brand_id"], unique=False)

    op.create_table(
        "kit_giving",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kit_id", sa.Integer(), nullable=False),
        sa.Column("given_by", sa.Integer(), nullable=False),
        sa.Column("to_person", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("given_at", Instant(), nullable=False),
        sa.Column("utc_offset_minutes", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["given_by"], ["person.id"], name=op.f("fk_kit_giving_given_by")),
        sa.ForeignKeyConstraint(["kit_id"], ["kit.id"], name=op.f("fk_kit_giving_kit_id")),
        sa.ForeignKeyConstraint(["to_person"], ["person.id"], name=op.f("fk_kit_giving_to_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kit_giving")),
    )
    with op.batch_alter_table("kit_giving", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kit_giving_kit_id"), ["kit_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_kit_giving_to_person"), ["to_person"], unique=False)

    op.create_table(
        "kit_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kit_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "seal_bags",
                "colour_card",
                "kit_cards",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("first", sa.String(), nullable=False),
        sa.Column("last", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["kit_id"], ["kit.id"], name=op.f("fk_kit_part_kit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kit_part")),
        sa.UniqueConstraint("kit_id", "kind", name=op.f("uq_kit_part_kit_id_kind")),
    )
    op.create_table(
        "link_proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "accepted",
                "rejected",
                "lapsed",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("raised_at", Instant(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "(state = 'open') = (decided_at IS NULL)",
            name=op.f("ck_link_proposal_decided_at_a_time"),
        ),
        sa.CheckConstraint(
            "state = 'open' OR reason <> ''", name=op.f("ck_link_proposal_decision_says_why")
        ),
        sa.CheckConstraint("shop_id < other_id", name=op.f("ck_link_proposal_lower_first")),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["person.id"], name=op.f("fk_link_proposal_decided_by")
        ),
        sa.ForeignKeyConstraint(["other_id"], ["shop.id"], name=op.f("fk_link_proposal_other_id")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_link_proposal_shop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_proposal")),
    )
    with op.batch_alter_table("link_proposal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_link_proposal_other_id"), ["other_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_link_proposal_shop_id"), ["shop_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_link_proposal_state"), ["state"], unique=False)
        batch_op.create_index(
            "uq_link_proposal_open",
            ["shop_id", "other_id"],
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )

    op.create_table(
        "listing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("platform_listing_id", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("brand_id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_listing_brand_id")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_listing_category_id")
        ),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_listing_shop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing")),
        sa.UniqueConstraint(
            "shop_id", "platform_listing_id", name=op.f("uq_listing_shop_id_platform_listing_id")
        ),
    )
    with op.batch_alter_table("listing", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_listing_brand_id"), ["brand_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_listing_category_id"), ["category_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_listing_platform_listing_id"), ["platform_listing_id"], unique=False
        )

    op.create_table(
        "moved_shop",
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("operator_before", sa.Integer(), nullable=True),
        sa.Column("operator_after", sa.Integer(), nullable=False),
        sa.Column("basis_before", sa.String(), nullable=True),
        sa.Column("basis_after", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["change_id"], ["operator_change.id"], name=op.f("fk_moved_shop_change_id")
        ),
        sa.ForeignKeyConstraint(
            ["operator_after"], ["operator.id"], name=op.f("fk_moved_shop_operator_after")
        ),
        sa.ForeignKeyConstraint(
            ["operator_before"], ["operator.id"], name=op.f("fk_moved_shop_operator_before")
        ),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_moved_shop_shop_id")),
        sa.PrimaryKeyConstraint("change_id", "shop_id", name=op.f("pk_moved_shop")),
    )
    with op.batch_alter_table("moved_shop", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_moved_shop_shop_id"), ["shop_id"], unique=False)

    op.create_table(
        "package_waiver",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("referral_id", sa.Integer(), nullable=False),
        sa.Column(
            "part",
            sa.Enum(
                "rights",
                "links",
                "verdicts",
                "examination",
                "sales",
                "genuine_price",
                "knowledge",
                "harm",
                "premises",
                "undertaking",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("lacked", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("waived_by", sa.Integer(), nullable=False),
        sa.Column(
            "waived_as",
            sa.Enum(
                "analyst",
                "approver",
                "buyer",
                "clerk",
                "supervisor",
                "authenticator",
                "desk",
                "liaison",
                "counsel",
                "auditor",
                "engineer",
                "administrator",
                "programme",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("waived_at", Instant(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_package_waiver_says_why")),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name=op.f("fk_package_waiver_referral_id")
        ),
        sa.ForeignKeyConstraint(
            ["waived_by"], ["person.id"], name=op.f("fk_package_waiver_waived_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_package_waiver")),
    )
    with op.batch_alter_table("package_waiver", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_package_waiver_referral_id"), ["referral_id"], unique=False
        )

    op.create_table(
        "persona",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("buyer_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("max_exposure", sa.Integer(), nullable=False),
        sa.Column("exposure", sa.Integer(), nullable=False),
        sa.Column("last_used_at", Instant(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("switched_at", Instant(), nullable=True),
        sa.Column("switched_by", sa.Integer(), nullable=True),
        sa.Column("switched_because", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["buyer_id"], ["buyer.person_id"], name=op.f("fk_persona_buyer_id")
        ),
        sa.ForeignKeyConstraint(
            ["switched_by"], ["person.id"], name=op.f("fk_persona_switched_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_persona")),
        sa.UniqueConstraint("label", name=op.f("uq_persona_label")),
    )
    with op.batch_alter_table("persona", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_persona_buyer_id"), ["buyer_id"], unique=False)

    op.create_table(
        "place_access",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "analyst",
                "approver",
                "buyer",
                "clerk",
                "supervisor",
                "authenticator",
                "desk",
                "liaison",
                "counsel",
                "auditor",
                "engineer",
                "administrator",
                "programme",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(role IS NULL) <> (person_id IS NULL)", name=op.f("ck_place_access_role_or_person")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_place_access_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["storage_place.id"], name=op.f("fk_place_access_place_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_access")),
    )
    with op.batch_alter_table("place_access", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_place_access_place_id"), ["place_id"], unique=False)

    op.create_table(
        "premises_address",
        sa.Column("premises_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["premises_id"], ["premises.id"], name=op.f("fk_premises_address_premises_id")
        ),
        sa.PrimaryKeyConstraint("premises_id", name=op.f("pk_premises_address")),
    )
    op.create_table(
        "proceeding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "referral",
                "claim",
                "administrative",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("referral_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column(
            "ended_how",
            sa.Enum(
                "convicted",
                "acquitted",
                "penalty",
                "final_judgment",
                "settled",
                "withdrawn",
                "dismissed",
                "discontinued",
                "agency_closed",
                "other",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("ended_said", sa.String(), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'referral') = (referral_id IS NOT NULL)",
            name=op.f("ck_proceeding_of_referral"),
        ),
        sa.CheckConstraint(
            "(ended_on IS NULL) = (ended_how IS NULL)", name=op.f("ck_proceeding_end_is_whole")
        ),
        sa.ForeignKeyConstraint(["ended_by"], ["person.id"], name=op.f("fk_proceeding_ended_by")),
        sa.ForeignKeyConstraint(["opened_by"], ["person.id"], name=op.f("fk_proceeding_opened_by")),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_proceeding_operator_id")
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name=op.f("fk_proceeding_referral_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proceeding")),
    )
    with op.batch_alter_table("proceeding", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_proceeding_operator_id"), ["operator_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_proceeding_referral_id"), ["referral_id"], unique=False
        )

    op.create_table(
        "product",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("brand_id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=False),
        sa.Column("added_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["added_by"], ["person.id"], name=op.f("fk_product_added_by")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_product_brand_id")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_product_category_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product")),
        sa.UniqueConstraint(
            "brand_id", "category_id", "name", name=op.f("uq_product_brand_id_category_id_name")
        ),
    )
    op.create_table(
        "raid",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("referral_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "carried_out",
                "called_off",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("carried_out_on", sa.Date(), nullable=True),
        sa.Column("called_off_because", sa.String(), nullable=True),
        sa.Column("planned_by", sa.Integer(), nullable=False),
        sa.Column("planned_at", Instant(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "(state = 'called_off') = (called_off_because IS NOT NULL)",
            name=op.f("ck_raid_off_for_reason"),
        ),
        sa.CheckConstraint(
            "(state = 'carried_out') = (carried_out_on IS NOT NULL)",
            name=op.f("ck_raid_day_of_action"),
        ),
        sa.CheckConstraint(
            "(state = 'planned') = (ended_by IS NULL)", name=op.f("ck_raid_end_is_somebodys")
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_raid_agency_id")),
        sa.ForeignKeyConstraint(["ended_by"], ["person.id"], name=op.f("fk_raid_ended_by")),
        sa.ForeignKeyConstraint(["operator_id"], ["operator.id"], name=op.f("fk_raid_operator_id")),
        sa.ForeignKeyConstraint(["planned_by"], ["person.id"], name=op.f("fk_raid_planned_by")),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_raid_referral_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_raid")),
        sa.UniqueConstraint("reference", name=op.f("uq_raid_reference")),
    )
    with op.batch_alter_table("raid", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_raid_operator_id"), ["operator_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_raid_referral_id"), ["referral_id"], unique=False)

    op.create_table(
        "rights",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("document", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("brand_id", sa.Integer(), nullable=False),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("registration", sa.String(), nullable=False),
        sa.Column("classes", sa.String(), nullable=False),
        sa.Column("territory", sa.String(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("signatory", sa.String(), nullable=False),
        sa.Column("authority", sa.String(), nullable=False),
        sa.CheckConstraint(
            "corrects_id IS NULL OR reason <> ''", name=op.f("ck_rights_correction_says_why")
        ),
        sa.CheckConstraint(
            "NOT withdrawn OR corrects_id IS NOT NULL", name=op.f("ck_rights_withdraws_something")
        ),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_rights_brand_id")),
        sa.ForeignKeyConstraint(["corrects_id"], ["rights.id"], name=op.f("fk_rights_corrects_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_rights_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rights")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_rights_corrects_id")),
    )
    with op.batch_alter_table("rights", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rights_brand_id"), ["brand_id"], unique=False)

    op.create_table(
        "sales_snapshot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("taken_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_sales_snapshot_shop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales_snapshot")),
        sa.UniqueConstraint(
            "shop_id",
            "period_start",
            "period_end",
            "source",
            "taken_at",
            name=op.f("uq_sales_snapshot_shop_id_period_start_period_end_source_taken_at"),
        ),
    )
    op.create_table(
        "stage_tally",
        sa.Column("brand_id", sa.Integer(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "requested",
                "authorised",
                "assigned",
                "ordered",
                "received",
                "documented",
                "submitted",
                "judged",
                "referred",
                "closed",
                "declined",
                "abandoned",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("buys", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_stage_tally_brand_id")),
        sa.PrimaryKeyConstraint("brand_id", "stage", "slot", name=op.f("pk_stage_tally")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("webhook_id", sa.Integer(), nullable=False),
        sa.Column(
            "event",
            sa.Enum(
                "testbuy.moved",
                "referral.changed",
                "examination.opened",
                "examination.sealed",
                "examination.withdrawn",
                "webhook.test",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("claimed_until", Instant(), nullable=True),
        sa.Column("tried_at", Instant(), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("delivered_at", Instant(), nullable=True),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "delivered_at IS NULL OR settled_at IS NOT NULL",
            name=op.f("ck_webhook_delivery_is_settled"),
        ),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhook.id"], name=op.f("fk_webhook_delivery_webhook_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_delivery")),
        sa.UniqueConstraint("public_id", name=op.f("uq_webhook_delivery_public_id")),
    )
    with op.batch_alter_table("webhook_delivery", schema=None) as batch_op:
        batch_op.create_index(
            "ix_webhook_delivery_owed",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("settled_at IS NULL"),
            postgresql_where=sa.text("settled_at IS NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_webhook_delivery_webhook_id"), ["webhook_id"], unique=False
        )

    op.create_table(
        "claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("court", sa.String(), nullable=False),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("jurisdiction", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("docket_number", sa.String(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "prepared",
                "approved",
                "filed",
                "docketed",
                "announced",
                "heard",
                "judged",
                "appealed",
                "judged_on_appeal",
                "final",
                "recovered",
                "closed",
                "withdrawn",
                "settled",
                "dismissed",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("clause", sa.String(), nullable=True),
        sa.Column("clause_version", sa.String(), nullable=True),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("acceptance_digest", sa.String(), nullable=True),
        sa.Column("prepared_by", sa.Integer(), nullable=False),
        sa.Column("prepared_at", Instant(), nullable=False),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.Column("approved_at", Instant(), nullable=True),
        sa.Column("proceeding_id", sa.Integer(), nullable=True),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "(accepted_on IS NULL) = (acceptance_digest IS NULL)",
            name=op.f("ck_claim_acceptance_is_whole"),
        ),
        sa.CheckConstraint(
            "(approved_by IS NULL) = (approved_at IS NULL)", name=op.f("ck_claim_approval_whole")
        ),
        sa.CheckConstraint(
            "approved_by <> prepared_by", name=op.f("ck_claim_approver_is_not_preparer")
        ),
        sa.ForeignKeyConstraint(["approved_by"], ["person.id"], name=op.f("fk_claim_approved_by")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["litigation_campaign.id"], name=op.f("fk_claim_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_claim_operator_id")
        ),
        sa.ForeignKeyConstraint(["prepared_by"], ["person.id"], name=op.f("fk_claim_prepared_by")),
        sa.ForeignKeyConstraint(
            ["proceeding_id"], ["proceeding.id"], name=op.f("fk_claim_proceeding_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
        sa.UniqueConstraint("reference", name=op.f("uq_claim_reference")),
    )
    with op.batch_alter_table("claim", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_claim_campaign_id"), ["campaign_id"], unique=False)
        batch_op.create_index("ix_claim_court", ["court", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_claim_operator_id"), ["operator_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_claim_proceeding_id"), ["proceeding_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_claim_state"), ["state"], unique=False)

    op.create_table(
        "flag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "counterfeit", "brushing", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_flag_id", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("model_version", sa.String(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("signals", sa.JSON(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("imported_at", Instant(), nullable=False),
        sa.Column("proved_wrong_at", Instant(), nullable=True),
        sa.Column("dismissed_at", Instant(), nullable=True),
        sa.Column("dismissed_by", sa.Integer(), nullable=True),
        sa.Column("dismissed_because", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["dismissed_by"], ["person.id"], name=op.f("fk_flag_dismissed_by")),
        sa.ForeignKeyConstraint(["listing_id"], ["listing.id"], name=op.f("fk_flag_listing_id")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_flag_shop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag")),
        sa.UniqueConstraint("source", "source_flag_id", name=op.f("uq_flag_source_source_flag_id")),
    )
    with op.batch_alter_table("flag", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_flag_listing_id"), ["listing_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_flag_shop_id"), ["shop_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_flag_source_flag_id"), ["source_flag_id"], unique=False
        )

    op.create_table(
        "found_seller",
        sa.Column("raid_id", sa.Integer(), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("found_by", sa.Integer(), nullable=False),
        sa.Column("found_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["found_by"], ["person.id"], name=op.f("fk_found_seller_found_by")),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_found_seller_operator_id")
        ),
        sa.ForeignKeyConstraint(["raid_id"], ["raid.id"], name=op.f("fk_found_seller_raid_id")),
        sa.PrimaryKeyConstraint("raid_id", "operator_id", name=op.f("pk_found_seller")),
    )
    with op.batch_alter_table("found_seller", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_found_seller_operator_id"), ["operator_id"], unique=False
        )

    op.create_table(
        "kit_answer",
        sa.Column("giving_id", sa.Integer(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("condition", sa.String(), nullable=False),
        sa.Column("answered_by", sa.Integer(), nullable=False),
        sa.Column("answered_at", Instant(), nullable=False),
        sa.Column("utc_offset_minutes", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["person.id"], name=op.f("fk_kit_answer_answered_by")
        ),
        sa.ForeignKeyConstraint(
            ["giving_id"], ["kit_giving.id"], name=op.f("fk_kit_answer_giving_id")
        ),
        sa.PrimaryKeyConstraint("giving_id", name=op.f("pk_kit_answer")),
    )
    op.create_table(
        "raid_correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("raid_id", sa.Integer(), nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("instead_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("agreed", sa.Boolean(), nullable=True),
        sa.Column("said", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (agreed IS NULL)",
            name=op.f("ck_raid_correction_decision_is_whole"),
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decided_by IS NULL)",
            name=op.f("ck_raid_correction_decider_is_named"),
        ),
        sa.CheckConstraint(
            "decided_by <> asked_by", name=op.f("ck_raid_correction_decider_is_not_asker")
        ),
        sa.CheckConstraint(
            "instead_on <> recorded_on", name=op.f("ck_raid_correction_says_what_is_right")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["person.id"], name=op.f("fk_raid_correction_asked_by")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["person.id"], name=op.f("fk_raid_correction_decided_by")
        ),
        sa.ForeignKeyConstraint(["raid_id"], ["raid.id"], name=op.f("fk_raid_correction_raid_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_raid_correction")),
    )
    with op.batch_alter_table("raid_correction", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_raid_correction_raid_id"), ["raid_id"], unique=False)
        batch_op.create_index(
            "uq_raid_correction_open",
            ["raid_id"],
            unique=True,
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        )

    op.create_table(
        "raid_participant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("raid_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "police",
                "market_regulator",
                "customs",
                "prosecutor",
                "notary",
                "rights_holder",
                "platform",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=False),
        sa.Column("added_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by"], ["person.id"], name=op.f("fk_raid_participant_added_by")
        ),
        sa.ForeignKeyConstraint(["raid_id"], ["raid.id"], name=op.f("fk_raid_participant_raid_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_raid_participant")),
        sa.UniqueConstraint(
            "raid_id",
            "role",
            "organisation",
            name=op.f("uq_raid_participant_raid_id_role_organisation"),
        ),
    )
    op.create_table(
        "raid_place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("raid_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "business",
                "residence",
                "warehouse",
                "workshop",
                "vehicle",
                "other",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("from_at", Instant(), nullable=True),
        sa.Column("to_at", Instant(), nullable=True),
        sa.Column("added_by", sa.Integer(), nullable=False),
        sa.Column("added_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "(from_at IS NULL) = (to_at IS NULL)", name=op.f("ck_raid_place_times_are_whole")
        ),
        sa.CheckConstraint(
            "to_at IS NULL OR from_at <= to_at", name=op.f("ck_raid_place_ends_after_it_began")
        ),
        sa.ForeignKeyConstraint(["added_by"], ["person.id"], name=op.f("fk_raid_place_added_by")),
        sa.ForeignKeyConstraint(["raid_id"], ["raid.id"], name=op.f("fk_raid_place_raid_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_raid_place")),
    )
    with op.batch_alter_table("raid_place", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_raid_place_raid_id"), ["raid_id"], unique=False)

    op.create_table(
        "raid_source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("raid_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "agency_list",
                "agency_statement",
                "appraisal",
                "court",
                "rights_holder",
                "platform",
                "press",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("said_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["raid_id"], ["raid.id"], name=op.f("fk_raid_source_raid_id")),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["person.id"], name=op.f("fk_raid_source_recorded_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_raid_source")),
        sa.UniqueConstraint(
            "raid_id",
            "kind",
            "name",
            "said_on",
            name=op.f("uq_raid_source_raid_id_kind_name_said_on"),
        ),
    )
    op.create_table(
        "reference_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "genuine_photo",
                "security_feature",
                "known_tell",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("shot", sa.String(), nullable=True),
        sa.Column("digest", sa.String(), nullable=True),
        sa.Column("preview_digest", sa.String(), nullable=True),
        sa.Column("close_digest", sa.String(), nullable=True),
        sa.Column("left", sa.Integer(), nullable=True),
        sa.Column("top", sa.Integer(), nullable=True),
        sa.Column("right", sa.Integer(), nullable=True),
        sa.Column("bottom", sa.Integer(), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=False),
        sa.Column("added_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "(digest IS NULL) = (close_digest IS NULL)",
            name=op.f("ck_reference_entry_close_of_photo"),
        ),
        sa.CheckConstraint(
            "(digest IS NULL) = (preview_digest IS NULL)",
            name=op.f("ck_reference_entry_copy_of_photo"),
        ),
        sa.ForeignKeyConstraint(
            ["added_by"], ["person.id"], name=op.f("fk_reference_entry_added_by")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_reference_entry_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reference_entry")),
        sa.UniqueConstraint(
            "product_id",
            "number",
            "version",
            name=op.f("uq_reference_entry_product_id_number_version"),
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_reference_entry_public_id")),
    )
    op.create_table(
        "referral_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("referral_id", sa.Integer(), nullable=False),
        sa.Column(
            "move",
            sa.Enum(
                "draft",
                "approve",
                "send",
                "acknowledge",
                "accept",
                "decline_by_agency",
                "withdraw",
                "ask_material",
                "send_material",
                "plan",
                "raid",
                "file",
                "indict",
                "sentence",
                "close",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column(
            "decline_reason",
            sa.Enum(
                "below_threshold",
                "jurisdiction",
                "evidence",
                "rights",
                "resources",
                "other",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("raid_id", sa.Integer(), nullable=True),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "decline_reason IS NULL OR move = 'decline_by_agency'",
            name=op.f("ck_referral_step_reason_of_a_decline"),
        ),
        sa.ForeignKeyConstraint(
            ["corrects_id"], ["referral_step.id"], name=op.f("fk_referral_step_corrects_id")
        ),
        sa.ForeignKeyConstraint(["raid_id"], ["raid.id"], name=op.f("fk_referral_step_raid_id")),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["person.id"], name=op.f("fk_referral_step_recorded_by")
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name=op.f("fk_referral_step_referral_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_step")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_referral_step_corrects_id")),
    )
    with op.batch_alter_table("referral_step", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_referral_step_referral_id"), ["referral_id"], unique=False
        )

    op.create_table(
        "brushing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("flag_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "established",
                "unfounded",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.String(), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.Column("settled_because", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (settled_because IS NULL)",
            name=op.f("ck_brushing_settled_with_reasons"),
        ),
        sa.CheckConstraint(
            "settled_by <> opened_by", name=op.f("ck_brushing_settler_is_not_opener")
        ),
        sa.ForeignKeyConstraint(["flag_id"], ["flag.id"], name=op.f("fk_brushing_flag_id")),
        sa.ForeignKeyConstraint(["opened_by"], ["person.id"], name=op.f("fk_brushing_opened_by")),
        sa.ForeignKeyConstraint(["settled_by"], ["person.id"], name=op.f("fk_brushing_settled_by")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_brushing_shop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brushing")),
        sa.UniqueConstraint("reference", name=op.f("uq_brushing_reference")),
    )
    with op.batch_alter_table("brushing", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_brushing_flag_id"), ["flag_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_brushing_state"), ["state"], unique=False)
        batch_op.create_index(
            "uq_brushing_open",
            ["shop_id"],
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )

    op.create_table(
        "claim_allocation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column(
            "to",
            sa.Enum(
                "consumer_fund",
                "rights_holder",
                "co_plaintiff",
                "costs",
                "platform",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("said", sa.String(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("allocated_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("struck_at", Instant(), nullable=True),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_claim_allocation_some_money")),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claim.id"], name=op.f("fk_claim_allocation_claim_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["person.id"], name=op.f("fk_claim_allocation_recorded_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_allocation")),
    )
    with op.batch_alter_table("claim_allocation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_claim_allocation_claim_id"), ["claim_id"], unique=False
        )

    op.create_table(
        "claim_cause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("cause_id", sa.Integer(), nullable=False),
        sa.Column("said", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["cause_id"], ["cause_of_action.id"], name=op.f("fk_claim_cause_cause_id")
        ),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_claim_cause_claim_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_cause")),
        sa.UniqueConstraint("claim_id", "cause_id", name=op.f("uq_claim_cause_claim_id_cause_id")),
    )
    op.create_table(
        "claim_contributor",
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claim.id"], name=op.f("fk_claim_contributor_claim_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_claim_contributor_person_id")
        ),
        sa.PrimaryKeyConstraint("claim_id", "person_id", name=op.f("pk_claim_contributor")),
    )
    op.create_table(
        "claim_party",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "platform",
                "rights_holder",
                "genuine_seller",
                "consumer",
                "defendant",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_claim_party_claim_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_party")),
    )
    with op.batch_alter_table("claim_party", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_claim_party_claim_id"), ["claim_id"], unique=False)

    op.create_table(
        "claim_payment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(), nullable=True),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("struck_at", Instant(), nullable=True),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_claim_payment_some_money")),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_claim_payment_claim_id")),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["person.id"], name=op.f("fk_claim_payment_recorded_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_payment")),
    )
    with op.batch_alter_table("claim_payment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_claim_payment_claim_id"), ["claim_id"], unique=False)

    op.create_table(
        "claim_proof",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("proof_id", sa.Integer(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_claim_proof_claim_id")),
        sa.ForeignKeyConstraint(
            ["proof_id"], ["goodwill_proof.id"], name=op.f("fk_claim_proof_proof_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_proof")),
        sa.UniqueConstraint("claim_id", "proof_id", name=op.f("uq_claim_proof_claim_id_proof_id")),
    )
    op.create_table(
        "claim_proof_waiver",
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("proof_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("waived_by", sa.Integer(), nullable=False),
        sa.Column("waived_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claim.id"], name=op.f("fk_claim_proof_waiver_claim_id")
        ),
        sa.ForeignKeyConstraint(
            ["proof_id"], ["goodwill_proof.id"], name=op.f("fk_claim_proof_waiver_proof_id")
        ),
        sa.ForeignKeyConstraint(
            ["waived_by"], ["person.id"], name=op.f("fk_claim_proof_waiver_waived_by")
        ),
        sa.PrimaryKeyConstraint("claim_id", "proof_id", name=op.f("pk_claim_proof_waiver")),
    )
    with op.batch_alter_table("claim_proof_waiver", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_claim_proof_waiver_proof_id"), ["proof_id"], unique=False
        )

    op.create_table(
        "claim_relief",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "apology",
                "publication",
                "injunction",
                "destruction",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("said", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_claim_relief_claim_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_relief")),
        sa.UniqueConstraint("claim_id", "kind", name=op.f("uq_claim_relief_claim_id_kind")),
    )
    op.create_table(
        "figures_choice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("raid_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("chosen_by", sa.Integer(), nullable=False),
        sa.Column("chosen_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chosen_by"], ["person.id"], name=op.f("fk_figures_choice_chosen_by")
        ),
        sa.ForeignKeyConstraint(["raid_id"], ["raid.id"], name=op.f("fk_figures_choice_raid_id")),
        sa.ForeignKeyConstraint(
            ["source_id"], ["raid_source.id"], name=op.f("fk_figures_choice_source_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figures_choice")),
    )
    with op.batch_alter_table("figures_choice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_figures_choice_raid_id"), ["raid_id"], unique=False)

    op.create_table(
        "judgment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("instance", sa.Integer(), nullable=False),
        sa.Column("judged_on", sa.Date(), nullable=False),
        sa.Column("reasons", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("struck_at", Instant(), nullable=True),
        sa.CheckConstraint("instance IN (1, 2)", name=op.f("ck_judgment_two_instances")),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_judgment_claim_id")),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["person.id"], name=op.f("fk_judgment_recorded_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judgment")),
    )
    with op.batch_alter_table("judgment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_judgment_claim_id"), ["claim_id"], unique=False)
        batch_op.create_index(
            "uq_judgment_claim_id_instance",
            ["claim_id", "instance"],
            unique=True,
            sqlite_where=sa.text("struck_at IS NULL"),
            postgresql_where=sa.text("struck_at IS NULL"),
        )

    op.create_table(
        "raid_paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("raid_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "seizure_list",
                "photo",
                "decision",
                "appraisal",
                "press",
                "other",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("preview_digest", sa.String(), nullable=True),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("handed_in_by", sa.Integer(), nullable=False),
        sa.Column("handed_in_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["handed_in_by"], ["person.id"], name=op.f("fk_raid_paper_handed_in_by")
        ),
        sa.ForeignKeyConstraint(["raid_id"], ["raid.id"], name=op.f("fk_raid_paper_raid_id")),
        sa.ForeignKeyConstraint(
            ["source_id"], ["raid_source.id"], name=op.f("fk_raid_paper_source_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_raid_paper")),
        sa.UniqueConstraint("raid_id", "digest", name=op.f("uq_raid_paper_raid_id_digest")),
    )
    op.create_table(
        "raid_person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("raid_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column(
            "met_as",
            sa.Enum(
                "controller",
                "seller",
                "nominee",
                "producer",
                "seal_maker",
                "staff",
                "family",
                "other",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("added_by", sa.Integer(), nullable=False),
        sa.Column("added_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["added_by"], ["person.id"], name=op.f("fk_raid_person_added_by")),
        sa.ForeignKeyConstraint(
            ["place_id"], ["raid_place.id"], name=op.f("fk_raid_person_place_id")
        ),
        sa.ForeignKeyConstraint(["raid_id"], ["raid.id"], name=op.f("fk_raid_person_raid_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_raid_person")),
    )
    with op.batch_alter_table("raid_person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_raid_person_raid_id"), ["raid_id"], unique=False)

    op.create_table(
        "referral_correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("referral_id", sa.Integer(), nullable=False),
        sa.Column("step_id", sa.Integer(), nullable=False),
        sa.Column("instead_on", sa.Date(), nullable=True),
        sa.Column("instead_number", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("agreed", sa.Boolean(), nullable=True),
        sa.Column("said", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (agreed IS NULL)",
            name=op.f("ck_referral_correction_decision_is_whole"),
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decided_by IS NULL)",
            name=op.f("ck_referral_correction_decider_is_named"),
        ),
        sa.CheckConstraint(
            "decided_by <> asked_by", name=op.f("ck_referral_correction_decider_is_not_asker")
        ),
        sa.CheckConstraint(
            "instead_on IS NOT NULL OR instead_number IS NOT NULL",
            name=op.f("ck_referral_correction_says_what_is_right"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["person.id"], name=op.f("fk_referral_correction_asked_by")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["person.id"], name=op.f("fk_referral_correction_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name=op.f("fk_referral_correction_referral_id")
        ),
        sa.ForeignKeyConstraint(
            ["step_id"], ["referral_step.id"], name=op.f("fk_referral_correction_step_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_correction")),
    )
    with op.batch_alter_table("referral_correction", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_referral_correction_referral_id"), ["referral_id"], unique=False
        )
        batch_op.create_index(
            "uq_referral_correction_open",
            ["step_id"],
            unique=True,
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        )

    op.create_table(
        "seizure_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("raid_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("imported_by", sa.Integer(), nullable=False),
        sa.Column("imported_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["imported_by"], ["person.id"], name=op.f("fk_seizure_import_imported_by")
        ),
        sa.ForeignKeyConstraint(["raid_id"], ["raid.id"], name=op.f("fk_seizure_import_raid_id")),
        sa.ForeignKeyConstraint(
            ["source_id"], ["raid_source.id"], name=op.f("fk_seizure_import_source_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seizure_import")),
        sa.UniqueConstraint(
            "raid_id",
            "source_id",
            "digest",
            name=op.f("uq_seizure_import_raid_id_source_id_digest"),
        ),
    )
    op.create_table(
        "testbuy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("flag_id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("brand_id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("shot_list_version", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column(
            "route",
            sa.Enum("by_hand", "interface", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column(
            "requested_via",
            sa.Enum(
                "portal",
                "command",
                "control_room",
                "api",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("requested_by", sa.Integer(), nullable=True),
        sa.Column("requested_at", Instant(), nullable=False),
        sa.Column("authorised_by", sa.Integer(), nullable=True),
        sa.Column("buyer_id", sa.Integer(), nullable=True),
        sa.Column("persona_id", sa.Integer(), nullable=True),
        sa.Column("challenge_code", sa.String(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "requested",
                "authorised",
                "assigned",
                "ordered",
                "received",
                "documented",
                "submitted",
                "judged",
                "referred",
                "closed",
                "declined",
                "abandoned",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column(
            "conclusion",
            sa.Enum(
                "counterfeit",
                "genuine",
                "inconclusive",
                "grey_market",
                "altered_genuine",
                "genuine_packaging_counterfeit_contents",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "early_end",
            sa.Enum(
                "listing_gone",
                "seller_cancelled",
                "payment_refused",
                "not_shipped",
                "lost_in_transit",
                "parcel_refused",
                "wrong_parcel",
                "empty_parcel",
                "damaged",
                "buyer_withdrew",
                "budget_withdrawn",
                "refunded",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("waiting_name", sa.String(), nullable=False),
        sa.Column(
            "waiting_role",
            sa.Enum(
                "analyst",
                "approver",
                "buyer",
                "clerk",
                "supervisor",
                "authenticator",
                "desk",
                "liaison",
                "counsel",
                "auditor",
                "engineer",
                "administrator",
                "programme",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("waiting_since", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("late_from", Instant(), nullable=True),
        sa.Column("waiting_reasons", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("reminded_at", Instant(), nullable=True),
        sa.Column("escalated_at", Instant(), nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("lease_holder", sa.String(), nullable=True),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column("flow_run_id", sa.String(), nullable=True),
        sa.Column("flow_runs", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(stage = 'abandoned') = (early_end IS NOT NULL)",
            name=op.f("ck_testbuy_abandoned_says_why"),
        ),
        sa.CheckConstraint("price_minor > 0", name=op.f("ck_testbuy_price_positive")),
        sa.ForeignKeyConstraint(
            ["authorised_by"], ["person.id"], name=op.f("fk_testbuy_authorised_by")
        ),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_testbuy_brand_id")),
        sa.ForeignKeyConstraint(
            ["buyer_id"], ["buyer.person_id"], name=op.f("fk_testbuy_buyer_id")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_testbuy_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_testbuy_category_id")
        ),
        sa.ForeignKeyConstraint(["flag_id"], ["flag.id"], name=op.f("fk_testbuy_flag_id")),
        sa.ForeignKeyConstraint(["listing_id"], ["listing.id"], name=op.f("fk_testbuy_listing_id")),
        sa.ForeignKeyConstraint(["persona_id"], ["persona.id"], name=op.f("fk_testbuy_persona_id")),
        sa.ForeignKeyConstraint(
            ["requested_by"], ["person.id"], name=op.f("fk_testbuy_requested_by")
        ),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_testbuy_shop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_testbuy")),
        sa.UniqueConstraint("reference", name=op.f("uq_testbuy_reference")),
    )
    with op.batch_alter_table("testbuy", schema=None) as batch_op:
        batch_op.create_index("ix_testbuy_brand_id_id", ["brand_id", "id"], unique=False)
        batch_op.create_index(
            "ix_testbuy_brand_id_stage_id", ["brand_id", "stage", "id"], unique=False
        )
        batch_op.create_index(
            "ix_testbuy_buyer_id_id",
            ["buyer_id", "id"],
            unique=False,
            sqlite_where=sa.text("buyer_id IS NOT NULL"),
            postgresql_where=sa.text("buyer_id IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_testbuy_campaign_id_id",
            ["campaign_id", "id"],
            unique=False,
            sqlite_where=sa.text("campaign_id IS NOT NULL"),
            postgresql_where=sa.text("campaign_id IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_testbuy_due_at",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("due_at IS NOT NULL"),
            postgresql_where=sa.text("due_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_testbuy_escalated",
            ["escalated_at"],
            unique=False,
            sqlite_where=sa.text("escalated_at IS NOT NULL AND waiting_role IS NOT NULL"),
            postgresql_where=sa.text("escalated_at IS NOT NULL AND waiting_role IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_testbuy_flag_id"), ["flag_id"], unique=False)
        batch_op.create_index(
            "ix_testbuy_late",
            ["waiting_role", "waiting_name", "reminded_at"],
            unique=False,
            sqlite_where=sa.text("reminded_at IS NOT NULL AND waiting_role IS NOT NULL"),
            postgresql_where=sa.text("reminded_at IS NOT NULL AND waiting_role IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_testbuy_late_from_id",
            ["late_from", "id"],
            unique=False,
            sqlite_where=sa.text("late_from IS NOT NULL"),
            postgresql_where=sa.text("late_from IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_testbuy_listing_id"), ["listing_id"], unique=False)
        batch_op.create_index("ix_testbuy_requested_at", ["requested_at"], unique=False)
        batch_op.create_index("ix_testbuy_requested_by_id", ["requested_by", "id"], unique=False)
        batch_op.create_index("ix_testbuy_shop_id_id", ["shop_id", "id"], unique=False)
        batch_op.create_index("ix_testbuy_stage_id", ["stage", "id"], unique=False)
        batch_op.create_index(
            "ix_testbuy_waiting",
            ["waiting_role", "waiting_name", "due_at"],
            unique=False,
            sqlite_where=sa.text("waiting_role IS NOT NULL"),
            postgresql_where=sa.text("waiting_role IS NOT NULL"),
        )
        batch_op.create_index("ix_testbuy_waiting_name_id", ["waiting_name", "id"], unique=False)
        batch_op.create_index(
            "ix_testbuy_waiting_since_id",
            ["waiting_since", "id"],
            unique=False,
            sqlite_where=sa.text("waiting_role IS NOT NULL"),
            postgresql_where=sa.text("waiting_role IS NOT NULL"),
        )

    op.create_table(
        "account_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("buyer_id", sa.Integer(), nullable=False),
        sa.Column("testbuy_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("booked_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["buyer_id"], ["buyer.person_id"], name=op.f("fk_account_entry_buyer_id")
        ),
        sa.ForeignKeyConstraint(
            ["testbuy_id"], ["testbuy.id"], name=op.f("fk_account_entry_testbuy_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_entry")),
    )
    with op.batch_alter_table("account_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_entry_buyer_id"), ["buyer_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_account_entry_testbuy_id"), ["testbuy_id"], unique=False
        )

    op.create_table(
        "brushing_estimate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("brushing_id", sa.Integer(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("orders_low", sa.Integer(), nullable=False),
        sa.Column("orders_high", sa.Integer(), nullable=False),
        sa.Column("amount_low_minor", sa.BigInteger(), nullable=True),
        sa.Column("amount_high_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "(amount_low_minor IS NULL) = (amount_high_minor IS NULL)",
            name=op.f("ck_brushing_estimate_two_ends"),
        ),
        sa.CheckConstraint(
            "(amount_low_minor IS NULL) = (currency IS NULL)",
            name=op.f("ck_brushing_estimate_with_currency"),
        ),
        sa.CheckConstraint(
            "0 <= amount_low_minor AND amount_low_minor <= amount_high_minor",
            name=op.f("ck_brushing_estimate_amounts_in_order"),
        ),
        sa.CheckConstraint(
            "0 <= orders_low AND orders_low <= orders_high",
            name=op.f("ck_brushing_estimate_orders_in_order"),
        ),
        sa.CheckConstraint(
            "period_start <= period_end", name=op.f("ck_brushing_estimate_period_in_order")
        ),
        sa.ForeignKeyConstraint(
            ["brushing_id"], ["brushing.id"], name=op.f("fk_brushing_estimate_brushing_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["person.id"], name=op.f("fk_brushing_estimate_recorded_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brushing_estimate")),
    )
    with op.batch_alter_table("brushing_estimate", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_brushing_estimate_brushing_id"), ["brushing_id"], unique=False
        )

    op.create_table(
        "chat_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("testbuy_id", sa.Integer(), nullable=False),
        sa.Column(
            "said_by",
            sa.Enum("buyer", "seller", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("said_at", Instant(), nullable=False),
        sa.Column("utc_offset_minutes", sa.Integer(), nullable=True),
        sa.Column(
            "clock",
            sa.Enum("device", "chosen", native_enum=False, create_constraint=True, length=40),
            nullable=True,
        ),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("to_translate", sa.Boolean(), nullable=False),
        sa.Column("translated_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["person.id"], name=op.f("fk_chat_message_recorded_by")
        ),
        sa.ForeignKeyConstraint(
            ["testbuy_id"], ["testbuy.id"], name=op.f("fk_chat_message_testbuy_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_message")),
    )
    with op.batch_alter_table("chat_message", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_chat_message_testbuy_id"), ["testbuy_id"], unique=False
        )
        batch_op.create_index(
            "ix_chat_message_untranslated",
            ["testbuy_id", "id"],
            unique=False,
            sqlite_where=sa.text("to_translate = 1 AND translated_at IS NULL"),
            postgresql_where=sa.text("to_translate = true AND translated_at IS NULL"),
        )

    op.create_table(
        "claim_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("claim_cause_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "damages",
                "goodwill",
                "reasonable_expenses",
                "punitive",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("claimed_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("claimed_minor > 0", name=op.f("ck_claim_head_some_money")),
        sa.ForeignKeyConstraint(
            ["claim_cause_id"], ["claim_cause.id"], name=op.f("fk_claim_head_claim_cause_id")
        ),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_claim_head_claim_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_head")),
        sa.UniqueConstraint(
            "claim_id",
            "claim_cause_id",
            "kind",
            name=op.f("uq_claim_head_claim_id_claim_cause_id_kind"),
        ),
    )
    with op.batch_alter_table("claim_head", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_claim_head_claim_cause_id"), ["claim_cause_id"], unique=False
        )

    op.create_table(
        "claim_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column(
            "move",
            sa.Enum(
                "prepare",
                "approve",
                "send_back",
                "file",
                "docket",
                "announce",
                "hear",
                "judge",
                "appeal",
                "withdraw_appeal",
                "judge_on_appeal",
                "become_final",
                "recover",
                "close",
                "withdraw",
                "settle",
                "dismiss",
                "reopen",
                "strike_judgment",
                "strike_judgment_on_appeal",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "prepared",
                "approved",
                "filed",
                "docketed",
                "announced",
                "heard",
                "judged",
                "appealed",
                "judged_on_appeal",
                "final",
                "recovered",
                "closed",
                "withdrawn",
                "settled",
                "dismissed",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("digest", sa.String(), nullable=True),
        sa.Column("party_id", sa.Integer(), nullable=True),
        sa.Column("said", sa.String(), nullable=True),
        sa.Column("docket_number", sa.String(), nullable=True),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "(move = 'docket') = (docket_number IS NOT NULL)",
            name=op.f("ck_claim_step_number_of_docketing"),
        ),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_claim_step_claim_id")),
        sa.ForeignKeyConstraint(
            ["corrects_id"], ["claim_step.id"], name=op.f("fk_claim_step_corrects_id")
        ),
        sa.ForeignKeyConstraint(
            ["party_id"], ["claim_party.id"], name=op.f("fk_claim_step_party_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["person.id"], name=op.f("fk_claim_step_recorded_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_step")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_claim_step_corrects_id")),
    )
    with op.batch_alter_table("claim_step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_claim_step_claim_id"), ["claim_id"], unique=False)

    op.create_table(
        "claim_test_buy",
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("testbuy_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claim.id"], name=op.f("fk_claim_test_buy_claim_id")
        ),
        sa.ForeignKeyConstraint(
            ["testbuy_id"], ["testbuy.id"], name=op.f("fk_claim_test_buy_testbuy_id")
        ),
        sa.PrimaryKeyConstraint("claim_id", "testbuy_id", name=op.f("pk_claim_test_buy")),
    )
    with op.batch_alter_table("claim_test_buy", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_claim_test_buy_testbuy_id"), ["testbuy_id"], unique=False
        )

    op.create_table(
        "exhibit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("testbuy_id", sa.Integer(), nullable=False),
        sa.Column("part_of", sa.Integer(), nullable=True),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("seal_number", sa.String(), nullable=False),
        sa.Column("kit_id", sa.Integer(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["kit_id"], ["kit.id"], name=op.f("fk_exhibit_kit_id")),
        sa.ForeignKeyConstraint(["part_of"], ["exhibit.id"], name=op.f("fk_exhibit_part_of")),
        sa.ForeignKeyConstraint(["testbuy_id"], ["testbuy.id"], name=op.f("fk_exhibit_testbuy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exhibit")),
        sa.UniqueConstraint("reference", name=op.f("uq_exhibit_reference")),
        sa.UniqueConstraint("seal_number", name=op.f("uq_exhibit_seal_number")),
    )
    with op.batch_alter_table("exhibit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_exhibit_part_of"), ["part_of"], unique=False)
        batch_op.create_index(batch_op.f("ix_exhibit_testbuy_id"), ["testbuy_id"], unique=False)

    op.create_table(
        "identity_commitment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("testbuy_id", sa.Integer(), nullable=False),
        sa.Column("buyer_id", sa.Integer(), nullable=False),
        sa.Column("commitment", sa.String(), nullable=False),
        sa.Column("committed_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["buyer_id"], ["buyer.person_id"], name=op.f("fk_identity_commitment_buyer_id")
        ),
        sa.ForeignKeyConstraint(
            ["testbuy_id"], ["testbuy.id"], name=op.f("fk_identity_commitment_testbuy_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_commitment")),
        sa.UniqueConstraint("commitment", name=op.f("uq_identity_commitment_commitment")),
        sa.UniqueConstraint(
            "testbuy_id", "buyer_id", name=op.f("uq_identity_commitment_testbuy_id_buyer_id")
        ),
    )
    op.create_table(
        "judgment_relief",
        sa.Column("judgment_id", sa.Integer(), nullable=False),
        sa.Column("relief_id", sa.Integer(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["judgment_id"], ["judgment.id"], name=op.f("fk_judgment_relief_judgment_id")
        ),
        sa.ForeignKeyConstraint(
            ["relief_id"], ["claim_relief.id"], name=op.f("fk_judgment_relief_relief_id")
        ),
        sa.PrimaryKeyConstraint("judgment_id", "relief_id", name=op.f("pk_judgment_relief")),
    )
    with op.batch_alter_table("judgment_relief", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_judgment_relief_relief_id"), ["relief_id"], unique=False
        )

    op.create_table(
        "kit_card",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("testbuy_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["person.id"], name=op.f("fk_kit_card_recorded_by")
        ),
        sa.ForeignKeyConstraint(
            ["testbuy_id"], ["testbuy.id"], name=op.f("fk_kit_card_testbuy_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kit_card")),
        sa.UniqueConstraint("number", name=op.f("uq_kit_card_number")),
        sa.UniqueConstraint("testbuy_id", name=op.f("uq_kit_card_testbuy_id")),
    )
    op.create_table(
        "knowledge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("document", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=False),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "earlier_notice",
                "sanction",
                "chat",
                "hidden_origin",
                "reoffending",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("known_on", sa.Date(), nullable=False),
        sa.Column("testbuy_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "corrects_id IS NULL OR reason <> ''", name=op.f("ck_knowledge_correction_says_why")
        ),
        sa.CheckConstraint(
            "NOT withdrawn OR corrects_id IS NOT NULL",
            name=op.f("ck_knowledge_withdraws_something"),
        ),
        sa.ForeignKeyConstraint(
            ["corrects_id"], ["knowledge.id"], name=op.f("fk_knowledge_corrects_id")
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_knowledge_operator_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["person.id"], name=op.f("fk_knowledge_recorded_by")
        ),
        sa.ForeignKeyConstraint(
            ["testbuy_id"], ["testbuy.id"], name=op.f("fk_knowledge_testbuy_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_knowledge_corrects_id")),
    )
    with op.batch_alter_table("knowledge", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_knowledge_operator_id"), ["operator_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_knowledge_testbuy_id"), ["testbuy_id"], unique=False)

    op.create_table(
        "move_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("testbuy_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "move",
            sa.Enum(
                "request",
                "authorise",
                "decline",
                "assign",
                "place_order",
                "order_again",
                "receive",
                "document",
                "submit",
                "ask_photo",
                "judge",
                "judge_again",
                "refer",
                "close",
                "abandon",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "source",
            sa.Enum(
                "requested",
                "authorised",
                "assigned",
                "ordered",
                "received",
                "documented",
                "submitted",
                "judged",
                "referred",
                "closed",
                "declined",
                "abandoned",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "target",
            sa.Enum(
                "requested",
                "authorised",
                "assigned",
                "ordered",
                "received",
                "documented",
                "submitted",
                "judged",
                "referred",
                "closed",
                "declined",
                "abandoned",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("moved_at", Instant(), nullable=False),
        sa.Column(
            "by_role",
            sa.Enum(
                "analyst",
                "approver",
                "buyer",
                "clerk",
                "supervisor",
                "authenticator",
                "desk",
                "liaison",
                "counsel",
                "auditor",
                "engineer",
                "administrator",
                "programme",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("by_person", sa.Integer(), nullable=True),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_person"], ["person.id"], name=op.f("fk_move_record_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["testbuy_id"], ["testbuy.id"], name=op.f("fk_move_record_testbuy_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_move_record")),
        sa.UniqueConstraint(
            "testbuy_id", "version", name=op.f("uq_move_record_testbuy_id_version")
        ),
    )
    op.create_table(
        "notary_certificate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("testbuy_id", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("covers", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("handed_in_by", sa.Integer(), nullable=False),
        sa.Column("handed_in_at", Instant(), nullable=False),
        sa.Column("checked_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["handed_in_by"], ["person.id"], name=op.f("fk_notary_certificate_handed_in_by")
        ),
        sa.ForeignKeyConstraint(
            ["testbuy_id"], ["testbuy.id"], name=op.f("fk_notary_certificate_testbuy_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notary_certificate")),
        sa.UniqueConstraint(
            "testbuy_id", "digest", name=op.f("uq_notary_certificate_testbuy_id_digest")
        ),
    )
    with op.batch_alter_table("notary_certificate", schema=None) as batch_op:
        batch_op.create_index(
            "ix_notary_certificate_unchecked",
            ["id"],
            unique=False,
            sqlite_where=sa.text("checked_at IS NULL"),
            postgresql_where=sa.text("checked_at IS NULL"),
        )

    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "reminded",
                "escalated",
                "looks_alike",
                "lead",
                "conduct",
                "level_asked",
                "level_agreed",
                "identity_asked",
                "identity_agreed",
                "disposal_asked",
                "hand_over",
                "kit",
                "superseded",
                "review",
                "verdict_superseded",
                "asset_recalled",
                "asset_gone",
                "seal_broken",
                "page_gone",
                "flag_wrong",
                "grey_market",
                "buyers_wanted",
                "left_behind",
                "sanction",
                "other",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column(
            "to_role",
            sa.Enum(
                "analyst",
                "approver",
                "buyer",
                "clerk",
                "supervisor",
                "authenticator",
                "desk",
                "liaison",
                "counsel",
                "auditor",
                "engineer",
                "administrator",
                "programme",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("to_person", sa.Integer(), nullable=True),
        sa.Column("testbuy_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("mailed_at", Instant(), nullable=True),
        sa.Column("read_at", Instant(), nullable=True),
        sa.Column("read_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["read_by"], ["person.id"], name=op.f("fk_notice_read_by")),
        sa.ForeignKeyConstraint(["testbuy_id"], ["testbuy.id"], name=op.f("fk_notice_testbuy_id")),
        sa.ForeignKeyConstraint(["to_person"], ["person.id"], name=op.f("fk_notice_to_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("key", name=op.f("uq_notice_key")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index(
            "ix_notice_open_person",
            ["to_person"],
            unique=False,
            sqlite_where=sa.text("read_at IS NULL AND shown = 1"),
            postgresql_where=sa.text("read_at IS NULL AND shown = true"),
        )
        batch_op.create_index(
            "ix_notice_open_role",
            ["to_role"],
            unique=False,
            sqlite_where=sa.text("read_at IS NULL AND shown = 1"),
            postgresql_where=sa.text("read_at IS NULL AND shown = true"),
        )
        batch_op.create_index(batch_op.f("ix_notice_testbuy_id"), ["testbuy_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_notice_to_person"), ["to_person"], unique=False)
        batch_op.create_index(batch_op.f("ix_notice_to_role"), ["to_role"], unique=False)
        batch_op.create_index(
            "ix_notice_unmailed",
            ["id"],
            unique=False,
            sqlite_where=sa.text("mailed_at IS NULL"),
            postgresql_where=sa.text("mailed_at IS NULL"),
        )

    op.create_table(
        "order_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("testbuy_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column(
            "route",
            sa.Enum("by_hand", "interface", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "intended",
                "unknown",
                "placed",
                "cancelling",
                "refused",
                "dead",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("order_number", sa.String(), nullable=True),
        sa.Column("paid_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("then_end", sa.Boolean(), nullable=False),
        sa.Column("intended_at", Instant(), nullable=False),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["testbuy_id"], ["testbuy.id"], name=op.f("fk_order_attempt_testbuy_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_attempt")),
        sa.UniqueConstraint("key", name=op.f("uq_order_attempt_key")),
        sa.UniqueConstraint(
            "testbuy_id", "number", name=op.f("uq_order_attempt_testbuy_id_number")
        ),
    )
    with op.batch_alter_table("order_attempt", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_order_attempt_order_number"), ["order_number"], unique=False
        )
        batch_op.create_index(
            "uq_order_attempt_live",
            ["testbuy_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('intended', 'unknown', 'placed', 'cancelling')"),
            postgresql_where=sa.text("state IN ('intended', 'unknown', 'placed', 'cancelling')"),
        )

    op.create_table(
        "page_capture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("testbuy_id", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column(
            "what",
            sa.Enum("listing", "seller", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("intended_at", Instant(), nullable=False),
        sa.Column("fetched_at", Instant(), nullable=True),
        sa.Column("http_code", sa.Integer(), nullable=True),
        sa.Column("problem", sa.String(), nullable=True),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("names_subject", sa.Boolean(), nullable=False),
        sa.Column("warc_digest", sa.String(), nullable=True),
        sa.Column("picture_digest", sa.String(), nullable=True),
        sa.Column("picture_problem", sa.String(), nullable=True),
        sa.Column("stamp", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["testbuy_id"], ["testbuy.id"], name=op.f("fk_page_capture_testbuy_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_capture")),
        sa.UniqueConstraint(
            "testbuy_id", "attempt", "what", name=op.f("uq_page_capture_testbuy_id_attempt_what")
        ),
    )
    op.create_table(
        "persona_use",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("persona_id", sa.Integer(), nullable=False),
        sa.Column("testbuy_id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("used_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["persona_id"], ["persona.id"], name=op.f("fk_persona_use_persona_id")
        ),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_persona_use_shop_id")),
        sa.ForeignKeyConstraint(
            ["testbuy_id"], ["testbuy.id"], name=op.f("fk_persona_use_testbuy_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_persona_use")),
        sa.UniqueConstraint(
            "persona_id", "testbuy_id", name=op.f("uq_persona_use_persona_id_testbuy_id")
        ),
    )
    with op.batch_alter_table("persona_use", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_persona_use_shop_id"), ["shop_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_persona_use_testbuy_id"), ["testbuy_id"], unique=False)

    op.create_table(
        "raid_person_fate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("met_id", sa.Integer(), nullable=False),
        sa.Column(
            "fate",
            sa.Enum(
                "let_go",
                "questioned",
                "detained",
                "on_bail",
                "arrested",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["met_id"], ["raid_person.id"], name=op.f("fk_raid_person_fate_met_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["person.id"], name=op.f("fk_raid_person_fate_recorded_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_raid_person_fate")),
    )
    with op.batch_alter_table("raid_person_fate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_raid_person_fate_met_id"), ["met_id"], unique=False)

    op.create_table(
        "referral_test_buy",
        sa.Column("referral_id", sa.Integer(), nullable=False),
        sa.Column("testbuy_id", sa.Integer(), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["added_by"], ["person.id"], name=op.f("fk_referral_test_buy_added_by")
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name=op.f("fk_referral_test_buy_referral_id")
        ),
        sa.ForeignKeyConstraint(
            ["testbuy_id"], ["testbuy.id"], name=op.f("fk_referral_test_buy_testbuy_id")
        ),
        sa.PrimaryKeyConstraint("referral_id", "testbuy_id", name=op.f("pk_referral_test_buy")),
    )
    with op.batch_alter_table("referral_test_buy", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_referral_test_buy_testbuy_id"), ["testbuy_id"], unique=False
        )

    op.create_table(
        "release",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "level",
            sa.Enum("full", "redacted", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("testbuy_id", sa.Integer(), nullable=True),
        sa.Column("referral_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "(testbuy_id IS NULL) <> (referral_id IS NULL)", name=op.f("ck_release_about_one_thing")
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], name=op.f("fk_release_asked_by")),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name=op.f("fk_release_referral_id")
        ),
        sa.ForeignKeyConstraint(["testbuy_id"], ["testbuy.id"], name=op.f("fk_release_testbuy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release")),
    )
    with op.batch_alter_table("release", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_release_referral_id"), ["referral_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_release_testbuy_id"), ["testbuy_id"], unique=False)

    op.create_table(
        "sanction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "warned",
                "listing_removed",
                "shop_closed",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "ground",
            sa.Enum(
                "counterfeit", "brushing", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("brushing_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "decided",
                "notified",
                "in_force",
                "appealed",
                "upheld",
                "lifted",
                "reopened",
                "declined",
                "withdrawn",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("clause", sa.String(), nullable=False),
        sa.Column("reasons", sa.String(), nullable=False),
        sa.Column("objections_to", sa.String(), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=False),
        sa.Column("proposed_at", Instant(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("notified_at", Instant(), nullable=True),
        sa.Column("objections_end_at", Instant(), nullable=True),
        sa.Column("in_force_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "(ground = 'brushing') = (brushing_id IS NOT NULL)",
            name=op.f("ck_sanction_brushing_names_its_case"),
        ),
        sa.CheckConstraint(
            "(notified_at IS NULL) = (objections_end_at IS NULL)",
            name=op.f("ck_sanction_told_with_a_last_day"),
        ),
        sa.CheckConstraint(
            "decided_by <> proposed_by", name=op.f("ck_sanction_decider_is_not_proposer")
        ),
        sa.ForeignKeyConstraint(
            ["brushing_id"], ["brushing.id"], name=op.f("fk_sanction_brushing_id")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_sanction_decided_by")),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["person.id"], name=op.f("fk_sanction_proposed_by")
        ),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_sanction_shop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sanction")),
        sa.UniqueConstraint("reference", name=op.f("uq_sanction_reference")),
    )
    with op.batch_alter_table("sanction", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sanction_brushing_id"), ["brushing_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sanction_state"), ["state"], unique=False)
        batch_op.create_index(
            "uq_sanction_open",
            ["shop_id", "kind"],
            unique=True,
            sqlite_where=sa.text("state NOT IN ('lifted', 'reopened', 'declined', 'withdrawn')"),
            postgresql_where=sa.text(
                "state NOT IN ('lifted', 'reopened', 'declined', 'withdrawn')"
            ),
        )

    op.create_table(
        "seizure_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("raid_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "goods",
                "packaging",
                "label",
                "seal",
                "hologram",
                "tool",
                "document",
                "device",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("brand", sa.String(), nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column(
            "precision",
            sa.Enum(
                "exactly",
                "at_least",
                "over",
                "about",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("value_minor", sa.BigInteger(), nullable=True),
        sa.Column(
            "value_of",
            sa.Enum("each", "all", native_enum=False, create_constraint=True, length=40),
            nullable=True,
        ),
        sa.Column(
            "value_precision",
            sa.Enum(
                "exactly",
                "at_least",
                "over",
                "about",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column(
            "basis",
            sa.Enum(
                "counterfeit_price",
                "marked_price",
                "genuine_price",
                "appraisal",
                "estimate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("corrected_because", sa.String(), nullable=True),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "(corrects_id IS NULL) = (corrected_because IS NULL)",
            name=op.f("ck_seizure_line_corrected_for_reason"),
        ),
        sa.CheckConstraint(
            "(value_minor IS NULL) = (basis IS NULL)", name=op.f("ck_seizure_line_basis_of_value")
        ),
        sa.CheckConstraint(
            "(value_minor IS NULL) = (currency IS NULL)",
            name=op.f("ck_seizure_line_currency_of_value"),
        ),
        sa.CheckConstraint(
            "(value_minor IS NULL) = (value_of IS NULL)",
            name=op.f("ck_seizure_line_value_of_of_value"),
        ),
        sa.CheckConstraint(
            "(value_minor IS NULL) = (value_precision IS NULL)",
            name=op.f("ck_seizure_line_value_precision_of_value"),
        ),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_seizure_line_quantity_counted")),
        sa.CheckConstraint(
            "value_minor IS NULL OR value_minor > 0", name=op.f("ck_seizure_line_value_positive")
        ),
        sa.ForeignKeyConstraint(
            ["corrects_id"], ["seizure_line.id"], name=op.f("fk_seizure_line_corrects_id")
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["seizure_import.id"], name=op.f("fk_seizure_line_import_id")
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["raid_place.id"], name=op.f("fk_seizure_line_place_id")
        ),
        sa.ForeignKeyConstraint(["raid_id"], ["raid.id"], name=op.f("fk_seizure_line_raid_id")),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["person.id"], name=op.f("fk_seizure_line_recorded_by")
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["raid_source.id"], name=op.f("fk_seizure_line_source_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seizure_line")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_seizure_line_corrects_id")),
    )
    with op.batch_alter_table("seizure_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seizure_line_raid_id"), ["raid_id"], unique=False)

    op.create_table(
        "waiver",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("testbuy_id", sa.Integer(), nullable=False),
        sa.Column("shot", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("waived_by", sa.Integer(), nullable=False),
        sa.Column("waived_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["testbuy_id"], ["testbuy.id"], name=op.f("fk_waiver_testbuy_id")),
        sa.ForeignKeyConstraint(["waived_by"], ["person.id"], name=op.f("fk_waiver_waived_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiver")),
        sa.UniqueConstraint("testbuy_id", "shot", name=op.f("uq_waiver_testbuy_id_shot")),
    )
    op.create_table(
        "wakeup",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("testbuy_id", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("claimed_until", Instant(), nullable=True),
        sa.Column("dispatched_at", Instant(), nullable=True),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.Column("flow_run_id", sa.String(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["testbuy_id"], ["testbuy.id"], name=op.f("fk_wakeup_testbuy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wakeup")),
    )
    with op.batch_alter_table("wakeup", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_wakeup_testbuy_id"), ["testbuy_id"], unique=False)
        batch_op.create_index(
            "ix_wakeup_unfinished",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("finished_at IS NULL"),
            postgresql_where=sa.text("finished_at IS NULL"),
        )
        batch_op.create_index(
            "uq_wakeup_open",
            ["testbuy_id"],
            unique=True,
            sqlite_where=sa.text("claimed_until IS NULL AND finished_at IS NULL"),
            postgresql_where=sa.text("claimed_until IS NULL AND finished_at IS NULL"),
        )

    op.create_table(
        "chat_translation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("translator", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["chat_message.id"], name=op.f("fk_chat_translation_message_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["person.id"], name=op.f("fk_chat_translation_recorded_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_translation")),
    )
    with op.batch_alter_table("chat_translation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_chat_translation_message_id"), ["message_id"], unique=False
        )

    op.create_table(
        "claim_strike",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column(
            "what",
            sa.Enum(
                "payment",
                "allocation",
                "judgment",
                "step",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("payment_id", sa.Integer(), nullable=True),
        sa.Column("allocation_id", sa.Integer(), nullable=True),
        sa.Column("judgment_id", sa.Integer(), nullable=True),
        sa.Column("step_id", sa.Integer(), nullable=True),
        sa.Column("instead_on", sa.Date(), nullable=True),
        sa.Column("instead_number", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("agreed", sa.Boolean(), nullable=True),
        sa.Column("said", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(what = 'allocation') = (allocation_id IS NOT NULL)",
            name=op.f("ck_claim_strike_of_allocation"),
        ),
        sa.CheckConstraint(
            "(what = 'judgment') = (judgment_id IS NOT NULL)",
            name=op.f("ck_claim_strike_of_judgment"),
        ),
        sa.CheckConstraint(
            "(what = 'payment') = (payment_id IS NOT NULL)", name=op.f("ck_claim_strike_of_payment")
        ),
        sa.CheckConstraint(
            "(what = 'step') = (step_id IS NOT NULL)", name=op.f("ck_claim_strike_of_step")
        ),
        sa.CheckConstraint(
            "instead_on IS NULL OR what = 'step'", name=op.f("ck_claim_strike_day_of_step")
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (agreed IS NULL)",
            name=op.f("ck_claim_strike_decision_is_whole"),
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decided_by IS NULL)",
            name=op.f("ck_claim_strike_decider_is_named"),
        ),
        sa.CheckConstraint(
            "decided_by <> asked_by", name=op.f("ck_claim_strike_decider_is_not_asker")
        ),
        sa.CheckConstraint(
            "instead_number IS NULL OR instead_on IS NOT NULL",
            name=op.f("ck_claim_strike_number_of_docketing"),
        ),
        sa.ForeignKeyConstraint(
            ["allocation_id"], ["claim_allocation.id"], name=op.f("fk_claim_strike_allocation_id")
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], name=op.f("fk_claim_strike_asked_by")),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_claim_strike_claim_id")),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["person.id"], name=op.f("fk_claim_strike_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["judgment_id"], ["judgment.id"], name=op.f("fk_claim_strike_judgment_id")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["claim_payment.id"], name=op.f("fk_claim_strike_payment_id")
        ),
        sa.ForeignKeyConstraint(
            ["step_id"], ["claim_step.id"], name=op.f("fk_claim_strike_step_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_strike")),
    )
    with op.batch_alter_table("claim_strike", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_claim_strike_claim_id"), ["claim_id"], unique=False)
        batch_op.create_index(
            "uq_claim_strike_allocation_id",
            ["allocation_id"],
            unique=True,
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        )
        batch_op.create_index(
            "uq_claim_strike_judgment_id",
            ["judgment_id"],
            unique=True,
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        )
        batch_op.create_index(
            "uq_claim_strike_payment_id",
            ["payment_id"],
            unique=True,
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        )
        batch_op.create_index(
            "uq_claim_strike_step_id",
            ["step_id"],
            unique=True,
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        )

    op.create_table(
        "conclusion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("testbuy_id", sa.Integer(), nullable=False),
        sa.Column("exhibit_id", sa.Integer(), nullable=False),
        sa.Column(
            "value",
            sa.Enum(
                "counterfeit",
                "genuine",
                "inconclusive",
                "grey_market",
                "altered_genuine",
                "genuine_packaging_counterfeit_contents",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("verdict_ids", sa.JSON(), nullable=False),
        sa.Column("concluded_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["exhibit_id"], ["exhibit.id"], name=op.f("fk_conclusion_exhibit_id")
        ),
        sa.ForeignKeyConstraint(
            ["testbuy_id"], ["testbuy.id"], name=op.f("fk_conclusion_testbuy_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conclusion")),
    )
    with op.batch_alter_table("conclusion", schema=None) as batch_op:
        batch_op.create_index(
            "ix_conclusion_testbuy_id_exhibit_id", ["testbuy_id", "exhibit_id"], unique=False
        )

    op.create_table(
        "conduct_warning",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("testbuy_id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("matched", sa.JSON(), nullable=False),
        sa.Column("rule_version", sa.String(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("raised_at", Instant(), nullable=False),
        sa.Column("remarked_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["message_id"], ["chat_message.id"], name=op.f("fk_conduct_warning_message_id")
        ),
        sa.ForeignKeyConstraint(
            ["testbuy_id"], ["testbuy.id"], name=op.f("fk_conduct_warning_testbuy_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conduct_warning")),
        sa.UniqueConstraint("message_id", name=op.f("uq_conduct_warning_message_id")),
    )
    with op.batch_alter_table("conduct_warning", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_conduct_warning_testbuy_id"), ["testbuy_id"], unique=False
        )
        batch_op.create_index(
            "ix_conduct_warning_unremarked",
            ["id"],
            unique=False,
            sqlite_where=sa.text("remarked_at IS NULL"),
            postgresql_where=sa.text("remarked_at IS NULL"),
        )

    op.create_table(
        "examination",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("testbuy_id", sa.Integer(), nullable=False),
        sa.Column("exhibit_id", sa.Integer(), nullable=False),
        sa.Column("brand_id", sa.Integer(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open", "sealed", "withdrawn", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("follows_id", sa.Integer(), nullable=True),
        sa.Column("supersedes", sa.Boolean(), nullable=False),
        sa.Column("claimed_by", sa.Integer(), nullable=True),
        sa.Column("claimed_until", Instant(), nullable=True),
        sa.Column("photos_digest", sa.String(), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_examination_brand_id")),
        sa.ForeignKeyConstraint(
            ["claimed_by"], ["person.id"], name=op.f("fk_examination_claimed_by")
        ),
        sa.ForeignKeyConstraint(
            ["exhibit_id"], ["exhibit.id"], name=op.f("fk_examination_exhibit_id")
        ),
        sa.ForeignKeyConstraint(
            ["follows_id"], ["examination.id"], name=op.f("fk_examination_follows_id")
        ),
        sa.ForeignKeyConstraint(
            ["testbuy_id"], ["testbuy.id"], name=op.f("fk_examination_testbuy_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_examination")),
        sa.UniqueConstraint("public_id", name=op.f("uq_examination_public_id")),
    )
    with op.batch_alter_table("examination", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_examination_brand_id"), ["brand_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_examination_exhibit_id"), ["exhibit_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_examination_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_examination_testbuy_id"), ["testbuy_id"], unique=False)

    op.create_table(
        "follow_up",
        sa.Column("testbuy_id", sa.Integer(), nullable=False),
        sa.Column("sanction_id", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=True),
        sa.Column("launched_by", sa.Integer(), nullable=False),
        sa.Column("launched_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["first_id"], ["testbuy.id"], name=op.f("fk_follow_up_first_id")),
        sa.ForeignKeyConstraint(
            ["launched_by"], ["person.id"], name=op.f("fk_follow_up_launched_by")
        ),
        sa.ForeignKeyConstraint(
            ["sanction_id"], ["sanction.id"], name=op.f("fk_follow_up_sanction_id")
        ),
        sa.ForeignKeyConstraint(
            ["testbuy_id"], ["testbuy.id"], name=op.f("fk_follow_up_testbuy_id")
        ),
        sa.PrimaryKeyConstraint("testbuy_id", name=op.f("pk_follow_up")),
    )
    with op.batch_alter_table("follow_up", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_follow_up_first_id"), ["first_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_follow_up_sanction_id"), ["sanction_id"], unique=False)

    op.create_table(
        "hand_over",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("exhibit_id", sa.Integer(), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=False),
        sa.Column(
            "from_kind",
            sa.Enum(
                "parcel",
                "person",
                "place",
                "carrier",
                "police",
                "laboratory",
                "rights_holder",
                "owner",
                "asset",
                "disposed",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("from_holder", sa.String(), nullable=False),
        sa.Column(
            "to_kind",
            sa.Enum(
                "parcel",
                "person",
                "place",
                "carrier",
                "police",
                "laboratory",
                "rights_holder",
                "owner",
                "asset",
                "disposed",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("to_holder", sa.String(), nullable=False),
        sa.Column("to_person", sa.Integer(), nullable=True),
        sa.Column(
            "method",
            sa.Enum(
                "in_person",
                "by_carrier",
                "in_place",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("seal_out", sa.String(), nullable=False),
        sa.Column("condition", sa.String(), nullable=False),
        sa.Column("weight_grams", sa.Integer(), nullable=True),
        sa.Column("tracking_number", sa.String(), nullable=True),
        sa.Column("consigned_to", sa.Integer(), nullable=True),
        sa.Column("photos", sa.JSON(), nullable=False),
        sa.Column("crosses_border", sa.Boolean(), nullable=False),
        sa.Column("customs_letter", sa.String(), nullable=True),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("utc_offset_minutes", sa.Integer(), nullable=True),
        sa.Column("completed_at", Instant(), nullable=True),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "NOT crosses_border OR customs_letter IS NOT NULL",
            name=op.f("ck_hand_over_customs_letter_at_a_border"),
        ),
        sa.CheckConstraint(
            "completed_at IS NULL OR withdrawn_at IS NULL", name=op.f("ck_hand_over_one_end")
        ),
        sa.CheckConstraint("weight_grams > 0", name=op.f("ck_hand_over_weighs_something")),
        sa.ForeignKeyConstraint(
            ["consigned_to"], ["rights_holder.id"], name=op.f("fk_hand_over_consigned_to")
        ),
        sa.ForeignKeyConstraint(
            ["exhibit_id"], ["exhibit.id"], name=op.f("fk_hand_over_exhibit_id")
        ),
        sa.ForeignKeyConstraint(["opened_by"], ["person.id"], name=op.f("fk_hand_over_opened_by")),
        sa.ForeignKeyConstraint(["to_person"], ["person.id"], name=op.f("fk_hand_over_to_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_over")),
    )
    with op.batch_alter_table("hand_over", schema=None) as batch_op:
        batch_op.create_index(
            "ix_hand_over_consigned",
            ["consigned_to"],
            unique=False,
            sqlite_where=sa.text("consigned_to IS NOT NULL AND withdrawn_at IS NULL"),
            postgresql_where=sa.text("consigned_to IS NOT NULL AND withdrawn_at IS NULL"),
        )
        batch_op.create_index(batch_op.f("ix_hand_over_exhibit_id"), ["exhibit_id"], unique=False)
        batch_op.create_index(
            "ix_hand_over_open_to",
            ["to_person"],
            unique=False,
            sqlite_where=sa.text("completed_at IS NULL AND withdrawn_at IS NULL"),
            postgresql_where=sa.text("completed_at IS NULL AND withdrawn_at IS NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_hand_over_tracking_number"), ["tracking_number"], unique=False
        )

    op.create_table(
        "identity_opening",
        sa.Column("commitment_id", sa.Integer(), nullable=False),
        sa.Column("opened", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["commitment_id"],
            ["identity_commitment.id"],
            name=op.f("fk_identity_opening_commitment_id"),
        ),
        sa.PrimaryKeyConstraint("commitment_id", name=op.f("pk_identity_opening")),
    )
    op.create_table(
        "judgment_head",
        sa.Column("judgment_id", sa.Integer(), nullable=False),
        sa.Column("head_id", sa.Integer(), nullable=False),
        sa.Column("awarded_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("awarded_minor >= 0", name=op.f("ck_judgment_head_not_below_zero")),
        sa.ForeignKeyConstraint(
            ["head_id"], ["claim_head.id"], name=op.f("fk_judgment_head_head_id")
        ),
        sa.ForeignKeyConstraint(
            ["judgment_id"], ["judgment.id"], name=op.f("fk_judgment_head_judgment_id")
        ),
        sa.PrimaryKeyConstraint("judgment_id", "head_id", name=op.f("pk_judgment_head")),
    )
    with op.batch_alter_table("judgment_head", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_judgment_head_head_id"), ["head_id"], unique=False)

    op.create_table(
        "legal_hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("exhibit_id", sa.Integer(), nullable=True),
        sa.Column("testbuy_id", sa.Integer(), nullable=True),
        sa.Column("operator_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("placed_by", sa.Integer(), nullable=False),
        sa.Column(
            "placed_as",
            sa.Enum(
                "analyst",
                "approver",
                "buyer",
                "clerk",
                "supervisor",
                "authenticator",
                "desk",
                "liaison",
                "counsel",
                "auditor",
                "engineer",
                "administrator",
                "programme",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("placed_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "coalesce(exhibit_id, testbuy_id, operator_id) IS NOT NULL",
            name=op.f("ck_legal_hold_on_something"),
        ),
        sa.CheckConstraint(
            "exhibit_id IS NULL OR testbuy_id IS NULL", name=op.f("ck_legal_hold_on_one_thing")
        ),
        sa.CheckConstraint(
            "operator_id IS NULL OR coalesce(exhibit_id, testbuy_id) IS NULL",
            name=op.f("ck_legal_hold_or_on_all"),
        ),
        sa.ForeignKeyConstraint(
            ["exhibit_id"], ["exhibit.id"], name=op.f("fk_legal_hold_exhibit_id")
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_legal_hold_operator_id")
        ),
        sa.ForeignKeyConstraint(["placed_by"], ["person.id"], name=op.f("fk_legal_hold_placed_by")),
        sa.ForeignKeyConstraint(
            ["testbuy_id"], ["testbuy.id"], name=op.f("fk_legal_hold_testbuy_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_hold")),
    )
    with op.batch_alter_table("legal_hold", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_legal_hold_exhibit_id"), ["exhibit_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_legal_hold_operator_id"), ["operator_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_legal_hold_testbuy_id"), ["testbuy_id"], unique=False)

    op.create_table(
        "lot_sample",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("lot", sa.Integer(), nullable=False),
        sa.Column("examined", sa.Integer(), nullable=False),
        sa.Column("fake", sa.Integer(), nullable=False),
        sa.Column("least", sa.Integer(), nullable=True),
        sa.Column("examiner", sa.String(), nullable=False),
        sa.Column("examined_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "examined > 0 AND examined <= lot", name=op.f("ck_lot_sample_examined_of_lot")
        ),
        sa.CheckConstraint(
            "fake >= 0 AND fake <= examined", name=op.f("ck_lot_sample_found_among_examined")
        ),
        sa.CheckConstraint(
            "least IS NULL OR least <= lot", name=op.f("ck_lot_sample_least_of_lot")
        ),
        sa.ForeignKeyConstraint(
            ["line_id"], ["seizure_line.id"], name=op.f("fk_lot_sample_line_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["person.id"], name=op.f("fk_lot_sample_recorded_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot_sample")),
    )
    with op.batch_alter_table("lot_sample", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lot_sample_line_id"), ["line_id"], unique=False)

    op.create_table(
        "mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "notice",
                "daily",
                "invitation",
                "referral",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("to_person", sa.Integer(), nullable=True),
        sa.Column("notice_id", sa.Integer(), nullable=True),
        sa.Column("referral_id", sa.Integer(), nullable=True),
        sa.Column("attached", sa.String(), nullable=True),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("unsure", sa.Boolean(), nullable=False),
        sa.Column("claimed_until", Instant(), nullable=True),
        sa.Column("tried_because", sa.String(), nullable=True),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.Column("sent_to", sa.String(), nullable=True),
        sa.Column("given_up_at", Instant(), nullable=True),
        sa.Column("given_up_because", sa.String(), nullable=True),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'notice') = (notice_id IS NOT NULL)", name=op.f("ck_mail_of_a_notice")
        ),
        sa.CheckConstraint(
            "(kind = 'referral') = (attached IS NOT NULL)", name=op.f("ck_mail_brings_a_package")
        ),
        sa.CheckConstraint(
            "(kind = 'referral') = (referral_id IS NOT NULL)", name=op.f("ck_mail_of_a_referral")
        ),
        sa.CheckConstraint(
            "(kind = 'referral') = (to_person IS NULL)", name=op.f("ck_mail_to_a_person")
        ),
        sa.CheckConstraint(
            "(given_up_at IS NULL) = (given_up_because IS NULL)",
            name=op.f("ck_mail_given_up_says_why"),
        ),
        sa.CheckConstraint("sent_at IS NULL OR given_up_at IS NULL", name=op.f("ck_mail_one_end")),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_mail_notice_id")),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_mail_referral_id")),
        sa.ForeignKeyConstraint(["settled_by"], ["person.id"], name=op.f("fk_mail_settled_by")),
        sa.ForeignKeyConstraint(["to_person"], ["person.id"], name=op.f("fk_mail_to_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
        sa.UniqueConstraint("key", name=op.f("uq_mail_key")),
        sa.UniqueConstraint("message_id", name=op.f("uq_mail_message_id")),
    )
    with op.batch_alter_table("mail", schema=None) as batch_op:
        batch_op.create_index(
            "ix_mail_owed",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("sent_at IS NULL AND given_up_at IS NULL"),
            postgresql_where=sa.text("sent_at IS NULL AND given_up_at IS NULL"),
        )
        batch_op.create_index(batch_op.f("ix_mail_referral_id"), ["referral_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mail_to_person"), ["to_person"], unique=False)
        batch_op.create_index(
            "ix_mail_unsettled",
            ["id"],
            unique=False,
            sqlite_where=sa.text("given_up_at IS NOT NULL AND settled_at IS NULL"),
            postgresql_where=sa.text("given_up_at IS NOT NULL AND settled_at IS NULL"),
        )

    op.create_table(
        "notary_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=False),
        sa.Column("in_order", sa.Boolean(), nullable=False),
        sa.Column("remark", sa.String(), nullable=False),
        sa.Column("checked_by", sa.Integer(), nullable=False),
        sa.Column("checked_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["notary_certificate.id"],
            name=op.f("fk_notary_check_certificate_id"),
        ),
        sa.ForeignKeyConstraint(
            ["checked_by"], ["person.id"], name=op.f("fk_notary_check_checked_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notary_check")),
    )
    with op.batch_alter_table("notary_check", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_notary_check_certificate_id"), ["certificate_id"], unique=False
        )

    op.create_table(
        "opening_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commitment_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.Column("approved_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "approved_by <> asked_by", name=op.f("ck_opening_request_approver_is_not_asker")
        ),
        sa.ForeignKeyConstraint(
            ["approved_by"], ["person.id"], name=op.f("fk_opening_request_approved_by")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["person.id"], name=op.f("fk_opening_request_asked_by")
        ),
        sa.ForeignKeyConstraint(
            ["commitment_id"],
            ["identity_commitment.id"],
            name=op.f("fk_opening_request_commitment_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_request")),
    )
    with op.batch_alter_table("opening_request", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_opening_request_commitment_id"), ["commitment_id"], unique=False
        )

    op.create_table(
        "parcel",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_attempt_id", sa.Integer(), nullable=False),
        sa.Column("tracking_number", sa.String(), nullable=False),
        sa.Column("carrier", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_attempt_id"], ["order_attempt.id"], name=op.f("fk_parcel_order_attempt_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcel")),
        sa.UniqueConstraint(
            "order_attempt_id",
            "tracking_number",
            name=op.f("uq_parcel_order_attempt_id_tracking_number"),
        ),
    )
    with op.batch_alter_table("parcel", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_parcel_tracking_number"), ["tracking_number"], unique=False
        )

    op.create_table(
        "photo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("testbuy_id", sa.Integer(), nullable=False),
        sa.Column("exhibit_id", sa.Integer(), nullable=True),
        sa.Column("shot", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("readable", sa.Boolean(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("kept_for_supervisor", sa.Boolean(), nullable=False),
        sa.Column("to_confirm", sa.Boolean(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("remarks", sa.JSON(), nullable=False),
        sa.Column("sharpness", sa.Float(), nullable=True),
        sa.Column("dhash", sa.BigInteger(), nullable=True),
        sa.Column("barcode", sa.String(), nullable=True),
        sa.Column("challenge_found", sa.Boolean(), nullable=True),
        sa.Column("preview_digest", sa.String(), nullable=True),
        sa.Column("close_digest", sa.String(), nullable=True),
        sa.Column("original_name", sa.String(), nullable=False),
        sa.Column("received_by", sa.Integer(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["exhibit_id"], ["exhibit.id"], name=op.f("fk_photo_exhibit_id")),
        sa.ForeignKeyConstraint(["received_by"], ["person.id"], name=op.f("fk_photo_received_by")),
        sa.ForeignKeyConstraint(["testbuy_id"], ["testbuy.id"], name=op.f("fk_photo_testbuy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo")),
        sa.UniqueConstraint("public_id", name=op.f("uq_photo_public_id")),
    )
    with op.batch_alter_table("photo", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_photo_dhash"), ["dhash"], unique=False)
        batch_op.create_index(batch_op.f("ix_photo_digest"), ["digest"], unique=False)
        batch_op.create_index(
            "ix_photo_for_supervisor",
            ["id"],
            unique=False,
            sqlite_where=sa.text("kept_for_supervisor = 1 AND accepted = 0"),
            postgresql_where=sa.text("kept_for_supervisor = true AND accepted = false"),
        )
        batch_op.create_index("ix_photo_testbuy_shot", ["testbuy_id", "shot"], unique=False)
        batch_op.create_index(
            "ix_photo_to_confirm",
            ["id"],
            unique=False,
            sqlite_where=sa.text("to_confirm = 1"),
            postgresql_where=sa.text("to_confirm = true"),
        )

    op.create_table(
        "release_approval",
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "analyst",
                "approver",
                "buyer",
                "clerk",
                "supervisor",
                "authenticator",
                "desk",
                "liaison",
                "counsel",
                "auditor",
                "engineer",
                "administrator",
                "programme",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("approved_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_release_approval_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release.id"], name=op.f("fk_release_approval_release_id")
        ),
        sa.PrimaryKeyConstraint("release_id", "person_id", name=op.f("pk_release_approval")),
    )
    with op.batch_alter_table("release_approval", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_release_approval_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "sanction_appeal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sanction_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("lifted", sa.Boolean(), nullable=True),
        sa.Column("reasons", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decided_by IS NULL)",
            name=op.f("ck_sanction_appeal_somebody_decides"),
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (lifted IS NULL)",
            name=op.f("ck_sanction_appeal_decision_is_whole"),
        ),
        sa.CheckConstraint(
            "(lifted IS NULL) = (reasons IS NULL)",
            name=op.f("ck_sanction_appeal_decision_has_reasons"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["person.id"], name=op.f("fk_sanction_appeal_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["person.id"], name=op.f("fk_sanction_appeal_recorded_by")
        ),
        sa.ForeignKeyConstraint(
            ["sanction_id"], ["sanction.id"], name=op.f("fk_sanction_appeal_sanction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sanction_appeal")),
        sa.UniqueConstraint(
            "sanction_id", "number", name=op.f("uq_sanction_appeal_sanction_id_number")
        ),
    )
    op.create_table(
        "sanction_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sanction_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("given_by", sa.String(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sanction_id"], ["sanction.id"], name=op.f("fk_sanction_notice_sanction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sanction_notice")),
        sa.UniqueConstraint(
            "sanction_id", "language", name=op.f("uq_sanction_notice_sanction_id_language")
        ),
    )
    op.create_table(
        "sanction_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sanction_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "move",
            sa.Enum(
                "propose",
                "decide",
                "decline",
                "withdraw",
                "notify",
                "enforce",
                "appeal",
                "uphold",
                "lift",
                "reopen",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "decided",
                "notified",
                "in_force",
                "appealed",
                "upheld",
                "lifted",
                "reopened",
                "declined",
                "withdrawn",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("said", sa.String(), nullable=True),
        sa.Column("shop_closed_at", Instant(), nullable=True),
        sa.Column(
            "by_role",
            sa.Enum(
                "analyst",
                "approver",
                "buyer",
                "clerk",
                "supervisor",
                "authenticator",
                "desk",
                "liaison",
                "counsel",
                "auditor",
                "engineer",
                "administrator",
                "programme",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("by_person", sa.Integer(), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_person"], ["person.id"], name=op.f("fk_sanction_step_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["sanction_id"], ["sanction.id"], name=op.f("fk_sanction_step_sanction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sanction_step")),
        sa.UniqueConstraint(
            "sanction_id", "number", name=op.f("uq_sanction_step_sanction_id_number")
        ),
    )
    op.create_table(
        "sanction_test_buy",
        sa.Column("sanction_id", sa.Integer(), nullable=False),
        sa.Column("testbuy_id", sa.Integer(), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by"], ["person.id"], name=op.f("fk_sanction_test_buy_added_by")
        ),
        sa.ForeignKeyConstraint(
            ["sanction_id"], ["sanction.id"], name=op.f("fk_sanction_test_buy_sanction_id")
        ),
        sa.ForeignKeyConstraint(
            ["testbuy_id"], ["testbuy.id"], name=op.f("fk_sanction_test_buy_testbuy_id")
        ),
        sa.PrimaryKeyConstraint("sanction_id", "testbuy_id", name=op.f("pk_sanction_test_buy")),
    )
    with op.batch_alter_table("sanction_test_buy", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_sanction_test_buy_testbuy_id"), ["testbuy_id"], unique=False
        )

    op.create_table(
        "seal_mismatch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("exhibit_id", sa.Integer(), nullable=False),
        sa.Column("due", sa.String(), nullable=False),
        sa.Column("read", sa.String(), nullable=False),
        sa.Column("found_by", sa.Integer(), nullable=False),
        sa.Column("found_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["exhibit_id"], ["exhibit.id"], name=op.f("fk_seal_mismatch_exhibit_id")
        ),
        sa.ForeignKeyConstraint(
            ["found_by"], ["person.id"], name=op.f("fk_seal_mismatch_found_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seal_mismatch")),
    )
    with op.batch_alter_table("seal_mismatch", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_seal_mismatch_exhibit_id"), ["exhibit_id"], unique=False
        )

    op.create_table(
        "wakeup_again",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("wakeup_id", sa.String(), nullable=False),
        sa.Column("testbuy_id", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], name=op.f("fk_wakeup_again_asked_by")),
        sa.ForeignKeyConstraint(
            ["testbuy_id"], ["testbuy.id"], name=op.f("fk_wakeup_again_testbuy_id")
        ),
        sa.ForeignKeyConstraint(
            ["wakeup_id"], ["wakeup.id"], name=op.f("fk_wakeup_again_wakeup_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wakeup_again")),
    )
    with op.batch_alter_table("wakeup_again", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_wakeup_again_wakeup_id"), ["wakeup_id"], unique=False)

    op.create_table(
        "conduct_remark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("warning_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("written_by", sa.Integer(), nullable=False),
        sa.Column("written_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["warning_id"], ["conduct_warning.id"], name=op.f("fk_conduct_remark_warning_id")
        ),
        sa.ForeignKeyConstraint(
            ["written_by"], ["person.id"], name=op.f("fk_conduct_remark_written_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conduct_remark")),
    )
    with op.batch_alter_table("conduct_remark", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_conduct_remark_warning_id"), ["warning_id"], unique=False
        )

    op.create_table(
        "confirmation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("testbuy_id", sa.Integer(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column(
            "proof",
            sa.Enum(
                "challenge", "seal", "waybill", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("agrees", sa.Boolean(), nullable=False),
        sa.Column("compared_with", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("confirmed_by", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["confirmed_by"], ["person.id"], name=op.f("fk_confirmation_confirmed_by")
        ),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name=op.f("fk_confirmation_photo_id")),
        sa.ForeignKeyConstraint(
            ["testbuy_id"], ["testbuy.id"], name=op.f("fk_confirmation_testbuy_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmation")),
    )
    with op.batch_alter_table("confirmation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_confirmation_photo_id"), ["photo_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_confirmation_testbuy_id"), ["testbuy_id"], unique=False
        )

    op.create_table(
        "custody_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("exhibit_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("is_intake", sa.Boolean(), nullable=False),
        sa.Column(
            "from_kind",
            sa.Enum(
                "parcel",
                "person",
                "place",
                "carrier",
                "police",
                "laboratory",
                "rights_holder",
                "owner",
                "asset",
                "disposed",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("from_holder", sa.String(), nullable=False),
        sa.Column(
            "to_kind",
            sa.Enum(
                "parcel",
                "person",
                "place",
                "carrier",
                "police",
                "laboratory",
                "rights_holder",
                "owner",
                "asset",
                "disposed",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("to_holder", sa.String(), nullable=False),
        sa.Column(
            "method",
            sa.Enum(
                "in_person",
                "by_carrier",
                "in_place",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("seal_out", sa.String(), nullable=False),
        sa.Column("seal_in", sa.String(), nullable=False),
        sa.Column("condition", sa.String(), nullable=False),
        sa.Column("seal_intact", sa.Boolean(), nullable=False),
        sa.Column("given_weight_grams", sa.Integer(), nullable=True),
        sa.Column("weight_grams", sa.Integer(), nullable=True),
        sa.Column("tracking_number", sa.String(), nullable=True),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("given_at", Instant(), nullable=False),
        sa.Column("given_offset_minutes", sa.Integer(), nullable=True),
        sa.Column("handed_at", Instant(), nullable=False),
        sa.Column("utc_offset_minutes", sa.Integer(), nullable=True),
        sa.Column(
            "from_vouched",
            sa.Enum(
                "account",
                "glass",
                "receipt",
                "tracking",
                "nobody",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "to_vouched",
            sa.Enum(
                "account",
                "glass",
                "receipt",
                "tracking",
                "nobody",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("from_signature", sa.String(), nullable=True),
        sa.Column("to_signature", sa.String(), nullable=True),
        sa.Column("photos", sa.JSON(), nullable=False),
        sa.Column("hand_over_id", sa.Integer(), nullable=True),
        sa.Column("by_person", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "place_id IS NULL OR to_kind = 'place'", name=op.f("ck_custody_entry_place_takes_it")
        ),
        sa.CheckConstraint("weight_grams > 0", name=op.f("ck_custody_entry_weighs_something")),
        sa.ForeignKeyConstraint(
            ["by_person"], ["person.id"], name=op.f("fk_custody_entry_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["exhibit_id"], ["exhibit.id"], name=op.f("fk_custody_entry_exhibit_id")
        ),
        sa.ForeignKeyConstraint(
            ["hand_over_id"], ["hand_over.id"], name=op.f("fk_custody_entry_hand_over_id")
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["storage_place.id"], name=op.f("fk_custody_entry_place_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custody_entry")),
        sa.UniqueConstraint("exhibit_id", "seq", name=op.f("uq_custody_entry_exhibit_id_seq")),
    )
    with op.batch_alter_table("custody_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_custody_entry_place_id"), ["place_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_custody_entry_seal_in"), ["seal_in"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_custody_entry_tracking_number"), ["tracking_number"], unique=False
        )

    op.create_table(
        "disposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("exhibit_id", sa.Integer(), nullable=False),
        sa.Column(
            "way",
            sa.Enum(
                "destroyed",
                "returned_to_seller",
                "returned_to_owner",
                "returned_to_rights_holder",
                "given_to_police",
                "kept_as_asset",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.Column("approved_at", Instant(), nullable=True),
        sa.Column("carried_out_by", sa.Integer(), nullable=True),
        sa.Column("carried_out_at", Instant(), nullable=True),
        sa.Column("certificate", sa.String(), nullable=True),
        sa.Column("signature", sa.String(), nullable=True),
        sa.Column("witness", sa.String(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("ended_because", sa.String(), nullable=True),
        sa.Column("hold_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_because IS NULL)",
            name=op.f("ck_disposal_ended_for_reason"),
        ),
        sa.CheckConstraint(
            "approved_by <> asked_by", name=op.f("ck_disposal_approver_is_not_asker")
        ),
        sa.CheckConstraint(
            "carried_out_at IS NULL OR approved_at IS NOT NULL",
            name=op.f("ck_disposal_approved_before"),
        ),
        sa.CheckConstraint(
            "carried_out_at IS NULL OR ended_at IS NULL", name=op.f("ck_disposal_one_end")
        ),
        sa.ForeignKeyConstraint(
            ["approved_by"], ["person.id"], name=op.f("fk_disposal_approved_by")
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], name=op.f("fk_disposal_asked_by")),
        sa.ForeignKeyConstraint(
            ["carried_out_by"], ["person.id"], name=op.f("fk_disposal_carried_out_by")
        ),
        sa.ForeignKeyConstraint(
            ["exhibit_id"], ["exhibit.id"], name=op.f("fk_disposal_exhibit_id")
        ),
        sa.ForeignKeyConstraint(["hold_id"], ["legal_hold.id"], name=op.f("fk_disposal_hold_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposal")),
    )
    with op.batch_alter_table("disposal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_disposal_exhibit_id"), ["exhibit_id"], unique=False)
        batch_op.create_index(
            "uq_disposal_open",
            ["exhibit_id"],
            unique=True,
            sqlite_where=sa.text("carried_out_at IS NULL AND ended_at IS NULL"),
            postgresql_where=sa.text("carried_out_at IS NULL AND ended_at IS NULL"),
        )

    op.create_table(
        "draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("examination_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("saved_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["examination_id"], ["examination.id"], name=op.f("fk_draft_examination_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_draft_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint(
            "examination_id", "person_id", name=op.f("uq_draft_examination_id_person_id")
        ),
    )
    op.create_table(
        "examination_photo",
        sa.Column("examination_id", sa.Integer(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["examination_id"], ["examination.id"], name=op.f("fk_examination_photo_examination_id")
        ),
        sa.ForeignKeyConstraint(
            ["photo_id"], ["photo.id"], name=op.f("fk_examination_photo_photo_id")
        ),
        sa.PrimaryKeyConstraint("examination_id", "photo_id", name=op.f("pk_examination_photo")),
    )
    with op.batch_alter_table("examination_photo", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_examination_photo_photo_id"), ["photo_id"], unique=False
        )

    op.create_table(
        "exhibit_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("testbuy_id", sa.Integer(), nullable=False),
        sa.Column("exhibit_id", sa.Integer(), nullable=True),
        sa.Column("brand_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "serial",
                "lot",
                "verification",
                "barcode",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "clerk",
                "buyer",
                "machine",
                "authenticator",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("symbology", sa.String(), nullable=True),
        sa.Column("photo_id", sa.Integer(), nullable=True),
        sa.Column(
            "scan_result",
            sa.Enum(
                "valid",
                "invalid",
                "unknown",
                "already_scanned",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("scans", sa.Integer(), nullable=True),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "corrects_id IS NOT NULL OR text <> ''", name=op.f("ck_exhibit_code_says_something")
        ),
        sa.CheckConstraint(
            "corrects_id IS NULL OR reason <> ''", name=op.f("ck_exhibit_code_correction_says_why")
        ),
        sa.CheckConstraint(
            "scan_result IS NULL OR kind = 'verification'",
            name=op.f("ck_exhibit_code_scanned_to_verify"),
        ),
        sa.CheckConstraint(
            "scans IS NULL OR (scans > 0 AND scan_result = 'already_scanned')",
            name=op.f("ck_exhibit_code_scans_counted"),
        ),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_exhibit_code_brand_id")),
        sa.ForeignKeyConstraint(
            ["corrects_id"], ["exhibit_code.id"], name=op.f("fk_exhibit_code_corrects_id")
        ),
        sa.ForeignKeyConstraint(
            ["exhibit_id"], ["exhibit.id"], name=op.f("fk_exhibit_code_exhibit_id")
        ),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name=op.f("fk_exhibit_code_photo_id")),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["person.id"], name=op.f("fk_exhibit_code_recorded_by")
        ),
        sa.ForeignKeyConstraint(
            ["testbuy_id"], ["testbuy.id"], name=op.f("fk_exhibit_code_testbuy_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exhibit_code")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_exhibit_code_corrects_id")),
    )
    with op.batch_alter_table("exhibit_code", schema=None) as batch_op:
        batch_op.create_index("ix_exhibit_code_compared", ["brand_id", "key"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_exhibit_code_exhibit_id"), ["exhibit_id"], unique=False
        )
        batch_op.create_index("ix_exhibit_code_key", ["key"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_exhibit_code_testbuy_id"), ["testbuy_id"], unique=False
        )

    op.create_table(
        "hold_lift",
        sa.Column("hold_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("lifted_by", sa.Integer(), nullable=False),
        sa.Column(
            "lifted_as",
            sa.Enum(
                "analyst",
                "approver",
                "buyer",
                "clerk",
                "supervisor",
                "authenticator",
                "desk",
                "liaison",
                "counsel",
                "auditor",
                "engineer",
                "administrator",
                "programme",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("lifted_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["hold_id"], ["legal_hold.id"], name=op.f("fk_hold_lift_hold_id")),
        sa.ForeignKeyConstraint(["lifted_by"], ["person.id"], name=op.f("fk_hold_lift_lifted_by")),
        sa.PrimaryKeyConstraint("hold_id", name=op.f("pk_hold_lift")),
    )
    op.create_table(
        "opening_reading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("read_by", sa.Integer(), nullable=True),
        sa.Column("read_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["read_by"], ["person.id"], name=op.f("fk_opening_reading_read_by")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["opening_request.id"], name=op.f("fk_opening_reading_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_reading")),
    )
    with op.batch_alter_table("opening_reading", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_opening_reading_request_id"), ["request_id"], unique=False
        )

    op.create_table(
        "pending_verdict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("examination_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("judgement", sa.String(), nullable=False),
        sa.Column("shown", sa.String(), nullable=False),
        sa.Column("given_at", Instant(), nullable=False),
        sa.Column("takes_effect_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["examination_id"], ["examination.id"], name=op.f("fk_pending_verdict_examination_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_pending_verdict_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pending_verdict")),
        sa.UniqueConstraint("examination_id", name=op.f("uq_pending_verdict_examination_id")),
    )
    with op.batch_alter_table("pending_verdict", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_pending_verdict_takes_effect_at"), ["takes_effect_at"], unique=False
        )

    op.create_table(
        "photo_band",
        sa.Column("band", sa.Integer(), nullable=False),
        sa.Column("dhash", sa.BigInteger(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name=op.f("fk_photo_band_photo_id")),
        sa.PrimaryKeyConstraint("band", "dhash", "photo_id", name=op.f("pk_photo_band")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "photo_capture",
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("taken_at_local", sa.String(), nullable=True),
        sa.Column("utc_offset_minutes", sa.Integer(), nullable=True),
        sa.Column("device", sa.String(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("names_person", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name=op.f("fk_photo_capture_photo_id")),
        sa.PrimaryKeyConstraint("photo_id", name=op.f("pk_photo_capture")),
    )
    op.create_table(
        "photo_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("testbuy_id", sa.Integer(), nullable=False),
        sa.Column("examination_id", sa.Integer(), nullable=False),
        sa.Column("shot", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["person.id"], name=op.f("fk_photo_request_asked_by")
        ),
        sa.ForeignKeyConstraint(
            ["examination_id"], ["examination.id"], name=op.f("fk_photo_request_examination_id")
        ),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name=op.f("fk_photo_request_photo_id")),
        sa.ForeignKeyConstraint(
            ["testbuy_id"], ["testbuy.id"], name=op.f("fk_photo_request_testbuy_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo_request")),
    )
    with op.batch_alter_table("photo_request", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_photo_request_testbuy_id"), ["testbuy_id"], unique=False
        )

    op.create_table(
        "verdict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("examination_id", sa.Integer(), nullable=False),
        sa.Column(
            "value",
            sa.Enum(
                "counterfeit",
                "genuine",
                "inconclusive",
                "grey_market",
                "altered_genuine",
                "genuine_packaging_counterfeit_contents",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("confidence", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("reasons", sa.String(), nullable=False),
        sa.Column("limits", sa.String(), nullable=False),
        sa.Column("conflict_statement", sa.String(), nullable=False),
        sa.Column("qualification", sa.String(), nullable=False),
        sa.Column("authority", sa.String(), nullable=False),
        sa.Column("reference_samples", sa.String(), nullable=False),
        sa.Column("seals_seen", sa.String(), nullable=False),
        sa.Column("sealed_by", sa.Integer(), nullable=False),
        sa.Column("given_at", Instant(), nullable=False),
        sa.Column("sealed_at", Instant(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("superseded_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["examination_id"], ["examination.id"], name=op.f("fk_verdict_examination_id")
        ),
        sa.ForeignKeyConstraint(["sealed_by"], ["person.id"], name=op.f("fk_verdict_sealed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verdict")),
        sa.UniqueConstraint("examination_id", name=op.f("uq_verdict_examination_id")),
    )
    op.create_table(
        "asset",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("exhibit_id", sa.Integer(), nullable=False),
        sa.Column("disposal_id", sa.Integer(), nullable=False),
        sa.Column("cost_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("keeper", sa.String(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("recalled_at", Instant(), nullable=True),
        sa.Column("returned_at", Instant(), nullable=True),
        sa.Column("gone_at", Instant(), nullable=True),
        sa.Column("gone_to", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["disposal_id"], ["disposal.id"], name=op.f("fk_asset_disposal_id")
        ),
        sa.ForeignKeyConstraint(["exhibit_id"], ["exhibit.id"], name=op.f("fk_asset_exhibit_id")),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_asset_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asset")),
        sa.UniqueConstraint("disposal_id", name=op.f("uq_asset_disposal_id")),
        sa.UniqueConstraint("number", name=op.f("uq_asset_number")),
    )
    with op.batch_alter_table("asset", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_asset_exhibit_id"), ["exhibit_id"], unique=False)

    op.create_table(
        "claim_evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "exhibit",
                "verdict",
                "document",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("exhibit_id", sa.Integer(), nullable=True),
        sa.Column("verdict_id", sa.Integer(), nullable=True),
        sa.Column("proves", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'exhibit') = (exhibit_id IS NOT NULL)",
            name=op.f("ck_claim_evidence_of_exhibit"),
        ),
        sa.CheckConstraint(
            "(kind = 'verdict') = (verdict_id IS NOT NULL)",
            name=op.f("ck_claim_evidence_of_verdict"),
        ),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claim.id"], name=op.f("fk_claim_evidence_claim_id")
        ),
        sa.ForeignKeyConstraint(
            ["exhibit_id"], ["exhibit.id"], name=op.f("fk_claim_evidence_exhibit_id")
        ),
        sa.ForeignKeyConstraint(
            ["verdict_id"], ["verdict.id"], name=op.f("fk_claim_evidence_verdict_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_evidence")),
        sa.UniqueConstraint("claim_id", "digest", name=op.f("uq_claim_evidence_claim_id_digest")),
        sa.UniqueConstraint("claim_id", "number", name=op.f("uq_claim_evidence_claim_id_number")),
    )
    with op.batch_alter_table("claim_evidence", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_claim_evidence_exhibit_id"), ["exhibit_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_claim_evidence_verdict_id"), ["verdict_id"], unique=False
        )

    op.create_table(
        "finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("verdict_id", sa.Integer(), nullable=False),
        sa.Column(
            "aspect",
            sa.Enum(
                "packaging",
                "code",
                "contents",
                "document",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "code",
            sa.Enum(
                "packaging_inconsistent",
                "label_or_typography",
                "workmanship_rough",
                "colour_abnormal",
                "material",
                "weight_or_dimension",
                "serial_or_code_invalid",
                "security_feature_missing",
                "contents_substituted",
                "documentation_missing",
                "functional_defect",
                "price_implausible",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "severity",
            sa.Enum(
                "minor", "major", "critical", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["verdict_id"], ["verdict.id"], name=op.f("fk_finding_verdict_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
    )
    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_finding_verdict_id"), ["verdict_id"], unique=False)

    op.create_table(
        "identifier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "return_address",
                "phone",
                "payment_account",
                "sender_name",
                "sender_label",
                "parcel_seal",
                "enclosed_document",
                "courier",
                "postmark",
                "photo_reuse",
                "serial",
                "batch",
                "exif_device",
                "registrant",
                "admission",
                "police_finding",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("normal", sa.String(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column(
            "confidence",
            sa.Enum(
                "certain",
                "probable",
                "possible",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.Column("testbuy_id", sa.Integer(), nullable=True),
        sa.Column("photo_id", sa.Integer(), nullable=True),
        sa.Column("exhibit_id", sa.Integer(), nullable=True),
        sa.Column("code_id", sa.Integer(), nullable=True),
        sa.Column("said_by", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "recorded",
                "confirmed",
                "withdrawn",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", Instant(), nullable=True),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.Column("withdrawn_because", sa.String(), nullable=False),
        sa.CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_at IS NOT NULL)",
            name=op.f("ck_identifier_withdrawn_at_a_time"),
        ),
        sa.CheckConstraint(
            "coalesce(testbuy_id, code_id) IS NOT NULL OR said_by <> ''",
            name=op.f("ck_identifier_has_a_source"),
        ),
        sa.CheckConstraint(
            "kind NOT IN ('admission', 'police_finding') OR confirmed_by <> recorded_by",
            name=op.f("ck_identifier_confirmed_by_another"),
        ),
        sa.CheckConstraint(
            "state <> 'confirmed' OR confirmed_at IS NOT NULL", name=op.f("ck_identifier_confirmed")
        ),
        sa.CheckConstraint(
            "state <> 'withdrawn' OR withdrawn_because <> ''",
            name=op.f("ck_identifier_withdrawn_says_why"),
        ),
        sa.CheckConstraint(
            "(confirmed_at IS NULL) = (confirmed_by IS NULL)",
            name=op.f("ck_identifier_confirmed_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["code_id"], ["exhibit_code.id"], name=op.f("fk_identifier_code_id")
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by"], ["person.id"], name=op.f("fk_identifier_confirmed_by")
        ),
        sa.ForeignKeyConstraint(
            ["exhibit_id"], ["exhibit.id"], name=op.f("fk_identifier_exhibit_id")
        ),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name=op.f("fk_identifier_photo_id")),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["person.id"], name=op.f("fk_identifier_recorded_by")
        ),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_identifier_shop_id")),
        sa.ForeignKeyConstraint(
            ["testbuy_id"], ["testbuy.id"], name=op.f("fk_identifier_testbuy_id")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"], ["person.id"], name=op.f("fk_identifier_withdrawn_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identifier")),
    )
    with op.batch_alter_table("identifier", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_identifier_code_id"), ["code_id"], unique=False)
        batch_op.create_index("ix_identifier_compared", ["kind", "normal"], unique=False)
        batch_op.create_index(batch_op.f("ix_identifier_shop_id"), ["shop_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_identifier_testbuy_id"), ["testbuy_id"], unique=False)

    op.create_table(
        "lead",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("same_serial", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("exhibit_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("code_id", sa.Integer(), nullable=False),
        sa.Column("other_code_id", sa.Integer(), nullable=False),
        sa.Column("found_at", Instant(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "confirmed",
                "dismissed",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "(state = 'open') = (decided_by IS NULL)", name=op.f("ck_lead_decided_by_somebody")
        ),
        sa.CheckConstraint(
            "state = 'open' OR reason <> ''", name=op.f("ck_lead_decision_says_why")
        ),
        sa.CheckConstraint("exhibit_id < other_id", name=op.f("ck_lead_lower_first")),
        sa.ForeignKeyConstraint(["code_id"], ["exhibit_code.id"], name=op.f("fk_lead_code_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_lead_decided_by")),
        sa.ForeignKeyConstraint(["exhibit_id"], ["exhibit.id"], name=op.f("fk_lead_exhibit_id")),
        sa.ForeignKeyConstraint(
            ["other_code_id"], ["exhibit_code.id"], name=op.f("fk_lead_other_code_id")
        ),
        sa.ForeignKeyConstraint(["other_id"], ["exhibit.id"], name=op.f("fk_lead_other_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead")),
        sa.UniqueConstraint(
            "exhibit_id", "other_id", "kind", name=op.f("uq_lead_exhibit_id_other_id_kind")
        ),
    )
    with op.batch_alter_table("lead", schema=None) as batch_op:
        batch_op.create_index(
            "ix_lead_open",
            ["id"],
            unique=False,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.create_index(batch_op.f("ix_lead_other_id"), ["other_id"], unique=False)

    op.create_table(
        "outcome_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("testbuy_id", sa.Integer(), nullable=False),
        sa.Column("verdict_id", sa.Integer(), nullable=False),
        sa.Column(
            "rests",
            sa.Enum(
                "closing",
                "shop_cleared",
                "source_told",
                "claim",
                "sanction",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["person.id"], name=op.f("fk_outcome_review_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["testbuy_id"], ["testbuy.id"], name=op.f("fk_outcome_review_testbuy_id")
        ),
        sa.ForeignKeyConstraint(
            ["verdict_id"], ["verdict.id"], name=op.f("fk_outcome_review_verdict_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome_review")),
        sa.UniqueConstraint(
            "testbuy_id",
            "verdict_id",
            "rests",
            "about",
            name=op.f("uq_outcome_review_testbuy_id_verdict_id_rests_about"),
        ),
    )
    op.create_table(
        "referral_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("referral_id", sa.Integer(), nullable=False),
        sa.Column("verdict_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["person.id"], name=op.f("fk_referral_review_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name=op.f("fk_referral_review_referral_id")
        ),
        sa.ForeignKeyConstraint(
            ["verdict_id"], ["verdict.id"], name=op.f("fk_referral_review_verdict_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_review")),
        sa.UniqueConstraint(
            "referral_id", "verdict_id", name=op.f("uq_referral_review_referral_id_verdict_id")
        ),
    )
    op.create_table(
        "shown_photo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("verdict_id", sa.Integer(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=True),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("digest", sa.String(), nullable=False),
        sa.CheckConstraint(
            "(photo_id IS NULL) <> (entry_id IS NULL)", name=op.f("ck_shown_photo_one")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["reference_entry.id"], name=op.f("fk_shown_photo_entry_id")
        ),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name=op.f("fk_shown_photo_photo_id")),
        sa.ForeignKeyConstraint(
            ["verdict_id"], ["verdict.id"], name=op.f("fk_shown_photo_verdict_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shown_photo")),
    )
    with op.batch_alter_table("shown_photo", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shown_photo_verdict_id"), ["verdict_id"], unique=False)

    op.create_table(
        "statement_scan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("verdict_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("names_place", sa.Boolean(), nullable=False),
        sa.Column("handed_in_by", sa.Integer(), nullable=False),
        sa.Column(
            "handed_in_as",
            sa.Enum(
                "analyst",
                "approver",
                "buyer",
                "clerk",
                "supervisor",
                "authenticator",
                "desk",
                "liaison",
                "counsel",
                "auditor",
                "engineer",
                "administrator",
                "programme",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("handed_in_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["handed_in_by"], ["person.id"], name=op.f("fk_statement_scan_handed_in_by")
        ),
        sa.ForeignKeyConstraint(
            ["verdict_id"], ["verdict.id"], name=op.f("fk_statement_scan_verdict_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_scan")),
        sa.UniqueConstraint(
            "verdict_id", "digest", name=op.f("uq_statement_scan_verdict_id_digest")
        ),
    )
    op.create_table(
        "superseded_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("verdict_id", sa.Integer(), nullable=False),
        sa.Column("testbuy_id", sa.Integer(), nullable=False),
        sa.Column("referral_id", sa.Integer(), nullable=True),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("rights_holder_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("acknowledged_by", sa.String(), nullable=True),
        sa.Column("acknowledged_at", Instant(), nullable=True),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(acknowledged_at IS NULL) = (acknowledged_by IS NULL)",
            name=op.f("ck_superseded_notice_receipt_is_whole"),
        ),
        sa.CheckConstraint(
            "agency_id IS NULL OR coalesce(rights_holder_id, person_id) IS NULL",
            name=op.f("ck_superseded_notice_agency_or_another"),
        ),
        sa.CheckConstraint(
            "coalesce(agency_id, rights_holder_id, person_id) IS NOT NULL",
            name=op.f("ck_superseded_notice_some_recipient"),
        ),
        sa.CheckConstraint(
            "rights_holder_id IS NULL OR person_id IS NULL",
            name=op.f("ck_superseded_notice_holder_or_person"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_superseded_notice_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_superseded_notice_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["person.id"], name=op.f("fk_superseded_notice_recorded_by")
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name=op.f("fk_superseded_notice_referral_id")
        ),
        sa.ForeignKeyConstraint(
            ["rights_holder_id"],
            ["rights_holder.id"],
            name=op.f("fk_superseded_notice_rights_holder_id"),
        ),
        sa.ForeignKeyConstraint(
            ["testbuy_id"], ["testbuy.id"], name=op.f("fk_superseded_notice_testbuy_id")
        ),
        sa.ForeignKeyConstraint(
            ["verdict_id"], ["verdict.id"], name=op.f("fk_superseded_notice_verdict_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_superseded_notice")),
        sa.UniqueConstraint("key", name=op.f("uq_superseded_notice_key")),
    )
    with op.batch_alter_table("superseded_notice", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_superseded_notice_referral_id"), ["referral_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_superseded_notice_testbuy_id"), ["testbuy_id"], unique=False
        )

    op.create_table(
        "finding_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("left", sa.Integer(), nullable=False),
        sa.Column("top", sa.Integer(), nullable=False),
        sa.Column("right", sa.Integer(), nullable=False),
        sa.Column("bottom", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["finding.id"], name=op.f("fk_finding_mark_finding_id")
        ),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name=op.f("fk_finding_mark_photo_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding_mark")),
    )
    with op.batch_alter_table("finding_mark", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_finding_mark_finding_id"), ["finding_id"], unique=False
        )

    op.create_table(
        "proposal_evidence",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("identifier_id", sa.Integer(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["identifier_id"], ["identifier.id"], name=op.f("fk_proposal_evidence_identifier_id")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["link_proposal.id"], name=op.f("fk_proposal_evidence_proposal_id")
        ),
        sa.PrimaryKeyConstraint("proposal_id", "identifier_id", name=op.f("pk_proposal_evidence")),
    )
    with op.batch_alter_table("proposal_evidence", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_proposal_evidence_identifier_id"), ["identifier_id"], unique=False
        )

    op.create_table(
        "seller_picture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("testbuy_id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column(
            "origin",
            sa.Enum(
                "listing",
                "chat",
                "invoice",
                "screen",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("preview_digest", sa.String(), nullable=True),
        sa.Column("pattern", sa.String(), nullable=True),
        sa.Column(
            "left_out",
            sa.Enum(
                "too_small",
                "too_plain",
                "unreadable",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=True),
        sa.Column("capture_id", sa.Integer(), nullable=True),
        sa.Column("left", sa.Integer(), nullable=True),
        sa.Column("top", sa.Integer(), nullable=True),
        sa.Column("right", sa.Integer(), nullable=True),
        sa.Column("bottom", sa.Integer(), nullable=True),
        sa.Column("received_by", sa.Integer(), nullable=True),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("identifier_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(pattern IS NULL) = (left_out IS NOT NULL)",
            name=op.f("ck_seller_picture_compared_or_says_why"),
        ),
        sa.ForeignKeyConstraint(
            ["capture_id"], ["page_capture.id"], name=op.f("fk_seller_picture_capture_id")
        ),
        sa.ForeignKeyConstraint(
            ["identifier_id"], ["identifier.id"], name=op.f("fk_seller_picture_identifier_id")
        ),
        sa.ForeignKeyConstraint(
            ["photo_id"], ["photo.id"], name=op.f("fk_seller_picture_photo_id")
        ),
        sa.ForeignKeyConstraint(
            ["received_by"], ["person.id"], name=op.f("fk_seller_picture_received_by")
        ),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_seller_picture_shop_id")),
        sa.ForeignKeyConstraint(
            ["testbuy_id"], ["testbuy.id"], name=op.f("fk_seller_picture_testbuy_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seller_picture")),
        sa.UniqueConstraint("public_id", name=op.f("uq_seller_picture_public_id")),
        sa.UniqueConstraint(
            "testbuy_id", "digest", name=op.f("uq_seller_picture_testbuy_id_digest")
        ),
    )
    with op.batch_alter_table("seller_picture", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_seller_picture_identifier_id"), ["identifier_id"], unique=False
        )
        batch_op.create_index(
            "ix_seller_picture_pattern_shop_id", ["pattern", "shop_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_seller_picture_shop_id"), ["shop_id"], unique=False)
        batch_op.create_index(
            "ix_seller_picture_unlinked",
            ["pattern"],
            unique=False,
            sqlite_where=sa.text("identifier_id IS NULL"),
            postgresql_where=sa.text("identifier_id IS NULL"),
        )

    op.create_table(
        "mask",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=True),
        sa.Column("picture_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("made_from", sa.String(), nullable=False),
        sa.Column("marked_by", sa.Integer(), nullable=False),
        sa.Column("marked_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "(photo_id IS NULL) <> (picture_id IS NULL)", name=op.f("ck_mask_of_one_picture")
        ),
        sa.ForeignKeyConstraint(["marked_by"], ["person.id"], name=op.f("fk_mask_marked_by")),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name=op.f("fk_mask_photo_id")),
        sa.ForeignKeyConstraint(
            ["picture_id"], ["seller_picture.id"], name=op.f("fk_mask_picture_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mask")),
        sa.UniqueConstraint("photo_id", "version", name=op.f("uq_mask_photo_id_version")),
        sa.UniqueConstraint("picture_id", "version", name=op.f("uq_mask_picture_id_version")),
    )
    with op.batch_alter_table("mask", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mask_digest"), ["digest"], unique=False)

    op.create_table(
        "resemblance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("earlier_id", sa.Integer(), nullable=True),
        sa.Column("picture_id", sa.Integer(), nullable=True),
        sa.Column("distance", sa.Integer(), nullable=False),
        sa.Column("found_at", Instant(), nullable=False),
        sa.Column("same", sa.Boolean(), nullable=True),
        sa.Column(
            "whose",
            sa.Enum(
                "our_own_photo",
                "picture_of_the_seller",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("remark", sa.String(), nullable=False),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "(earlier_id IS NULL) <> (picture_id IS NULL)", name=op.f("ck_resemblance_of_one_other")
        ),
        sa.CheckConstraint(
            "(same IS NULL) = (settled_by IS NULL)", name=op.f("ck_resemblance_settled_by_somebody")
        ),
        sa.CheckConstraint(
            "whose IS NULL OR (same AND picture_id IS NOT NULL)",
            name=op.f("ck_resemblance_whose_one"),
        ),
        sa.ForeignKeyConstraint(
            ["earlier_id"], ["photo.id"], name=op.f("fk_resemblance_earlier_id")
        ),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name=op.f("fk_resemblance_photo_id")),
        sa.ForeignKeyConstraint(
            ["picture_id"], ["seller_picture.id"], name=op.f("fk_resemblance_picture_id")
        ),
        sa.ForeignKeyConstraint(
            ["settled_by"], ["person.id"], name=op.f("fk_resemblance_settled_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resemblance")),
        sa.UniqueConstraint(
            "photo_id", "earlier_id", name=op.f("uq_resemblance_photo_id_earlier_id")
        ),
        sa.UniqueConstraint(
            "photo_id", "picture_id", name=op.f("uq_resemblance_photo_id_picture_id")
        ),
    )
    with op.batch_alter_table("resemblance", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_resemblance_earlier_id"), ["earlier_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_resemblance_picture_id"), ["picture_id"], unique=False)
        batch_op.create_index(
            "ix_resemblance_unsettled",
            ["id"],
            unique=False,
            sqlite_where=sa.text("same IS NULL"),
            postgresql_where=sa.text("same IS NULL"),
        )

    op.create_table(
        "mask_region",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mask_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "recipient",
                "phone",
                "address",
                "account",
                "place",
                "barcode",
                "person",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("left", sa.Integer(), nullable=False),
        sa.Column("top", sa.Integer(), nullable=False),
        sa.Column("right", sa.Integer(), nullable=False),
        sa.Column("bottom", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["mask_id"], ["mask.id"], name=op.f("fk_mask_region_mask_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mask_region")),
    )
    with op.batch_alter_table("mask_region", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mask_region_mask_id"), ["mask_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("mask_region", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mask_region_mask_id"))

    op.drop_table("mask_region")
    with op.batch_alter_table("resemblance", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_resemblance_unsettled",
            sqlite_where=sa.text("same IS NULL"),
            postgresql_where=sa.text("same IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_resemblance_picture_id"))
        batch_op.drop_index(batch_op.f("ix_resemblance_earlier_id"))

    op.drop_table("resemblance")
    with op.batch_alter_table("mask", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mask_digest"))

    op.drop_table("mask")
    with op.batch_alter_table("seller_picture", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_seller_picture_unlinked",
            sqlite_where=sa.text("identifier_id IS NULL"),
            postgresql_where=sa.text("identifier_id IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_seller_picture_shop_id"))
        batch_op.drop_index("ix_seller_picture_pattern_shop_id")
        batch_op.drop_index(batch_op.f("ix_seller_picture_identifier_id"))

    op.drop_table("seller_picture")
    with op.batch_alter_table("proposal_evidence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_proposal_evidence_identifier_id"))

    op.drop_table("proposal_evidence")
    with op.batch_alter_table("finding_mark", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_finding_mark_finding_id"))

    op.drop_table("finding_mark")
    with op.batch_alter_table("superseded_notice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_superseded_notice_testbuy_id"))
        batch_op.drop_index(batch_op.f("ix_superseded_notice_referral_id"))

    op.drop_table("superseded_notice")
    op.drop_table("statement_scan")
    with op.batch_alter_table("shown_photo", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shown_photo_verdict_id"))

    op.drop_table("shown_photo")
    op.drop_table("referral_review")
    op.drop_table("outcome_review")
    with op.batch_alter_table("lead", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lead_other_id"))
        batch_op.drop_index(
            "ix_lead_open",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )

    op.drop_table("lead")
    with op.batch_alter_table("identifier", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_identifier_testbuy_id"))
        batch_op.drop_index(batch_op.f("ix_identifier_shop_id"))
        batch_op.drop_index("ix_identifier_compared")
        batch_op.drop_index(batch_op.f("ix_identifier_code_id"))

    op.drop_table("identifier")
    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_finding_verdict_id"))

    op.drop_table("finding")
    with op.batch_alter_table("claim_evidence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_claim_evidence_verdict_id"))
        batch_op.drop_index(batch_op.f("ix_claim_evidence_exhibit_id"))

    op.drop_table("claim_evidence")
    with op.batch_alter_table("asset", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_asset_exhibit_id"))

    op.drop_table("asset")
    op.drop_table("verdict")
    with op.batch_alter_table("photo_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_photo_request_testbuy_id"))

    op.drop_table("photo_request")
    op.drop_table("photo_capture")
    op.drop_table("photo_band")
    with op.batch_alter_table("pending_verdict", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_pending_verdict_takes_effect_at"))

    op.drop_table("pending_verdict")
    with op.batch_alter_table("opening_reading", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_opening_reading_request_id"))

    op.drop_table("opening_reading")
    op.drop_table("hold_lift")
    with op.batch_alter_table("exhibit_code", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_exhibit_code_testbuy_id"))
        batch_op.drop_index("ix_exhibit_code_key")
        batch_op.drop_index(batch_op.f("ix_exhibit_code_exhibit_id"))
        batch_op.drop_index("ix_exhibit_code_compared")

    op.drop_table("exhibit_code")
    with op.batch_alter_table("examination_photo", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_examination_photo_photo_id"))

    op.drop_table("examination_photo")
    op.drop_table("draft")
    with op.batch_alter_table("disposal", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_disposal_open",
            sqlite_where=sa.text("carried_out_at IS NULL AND ended_at IS NULL"),
            postgresql_where=sa.text("carried_out_at IS NULL AND ended_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_disposal_exhibit_id"))

    op.drop_table("disposal")
    with op.batch_alter_table("custody_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_custody_entry_tracking_number"))
        batch_op.drop_index(batch_op.f("ix_custody_entry_seal_in"))
        batch_op.drop_index(batch_op.f("ix_custody_entry_place_id"))

    op.drop_table("custody_entry")
    with op.batch_alter_table("confirmation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_confirmation_testbuy_id"))
        batch_op.drop_index(batch_op.f("ix_confirmation_photo_id"))

    op.drop_table("confirmation")
    with op.batch_alter_table("conduct_remark", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_conduct_remark_warning_id"))

    op.drop_table("conduct_remark")
    with op.batch_alter_table("wakeup_again", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_wakeup_again_wakeup_id"))

    op.drop_table("wakeup_again")
    with op.batch_alter_table("seal_mismatch", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_seal_mismatch_exhibit_id"))

    op.drop_table("seal_mismatch")
    with op.batch_alter_table("sanction_test_buy", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sanction_test_buy_testbuy_id"))

    op.drop_table("sanction_test_buy")
    op.drop_table("sanction_step")
    op.drop_table("sanction_notice")
    op.drop_table("sanction_appeal")
    with op.batch_alter_table("release_approval", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_release_approval_person_id"))

    op.drop_table("release_approval")
    with op.batch_alter_table("photo", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_photo_to_confirm",
            sqlite_where=sa.text("to_confirm = 1"),
            postgresql_where=sa.text("to_confirm = true"),
        )
        batch_op.drop_index("ix_photo_testbuy_shot")
        batch_op.drop_index(
            "ix_photo_for_supervisor",
            sqlite_where=sa.text("kept_for_supervisor = 1 AND accepted = 0"),
            postgresql_where=sa.text("kept_for_supervisor = true AND accepted = false"),
        )
        batch_op.drop_index(batch_op.f("ix_photo_digest"))
        batch_op.drop_index(batch_op.f("ix_photo_dhash"))

    op.drop_table("photo")
    with op.batch_alter_table("parcel", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_parcel_tracking_number"))

    op.drop_table("parcel")
    with op.batch_alter_table("opening_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_opening_request_commitment_id"))

    op.drop_table("opening_request")
    with op.batch_alter_table("notary_check", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notary_check_certificate_id"))

    op.drop_table("notary_check")
    with op.batch_alter_table("mail", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_mail_unsettled",
            sqlite_where=sa.text("given_up_at IS NOT NULL AND settled_at IS NULL"),
            postgresql_where=sa.text("given_up_at IS NOT NULL AND settled_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_mail_to_person"))
        batch_op.drop_index(batch_op.f("ix_mail_referral_id"))
        batch_op.drop_index(
            "ix_mail_owed",
            sqlite_where=sa.text("sent_at IS NULL AND given_up_at IS NULL"),
            postgresql_where=sa.text("sent_at IS NULL AND given_up_at IS NULL"),
        )

    op.drop_table("mail")
    with op.batch_alter_table("lot_sample", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lot_sample_line_id"))

    op.drop_table("lot_sample")
    with op.batch_alter_table("legal_hold", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_legal_hold_testbuy_id"))
        batch_op.drop_index(batch_op.f("ix_legal_hold_operator_id"))
        batch_op.drop_index(batch_op.f("ix_legal_hold_exhibit_id"))

    op.drop_table("legal_hold")
    with op.batch_alter_table("judgment_head", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_judgment_head_head_id"))

    op.drop_table("judgment_head")
    op.drop_table("identity_opening")
    with op.batch_alter_table("hand_over", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hand_over_tracking_number"))
        batch_op.drop_index(
            "ix_hand_over_open_to",
            sqlite_where=sa.text("completed_at IS NULL AND withdrawn_at IS NULL"),
            postgresql_where=sa.text("completed_at IS NULL AND withdrawn_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_hand_over_exhibit_id"))
        batch_op.drop_index(
            "ix_hand_over_consigned",
            sqlite_where=sa.text("consigned_to IS NOT NULL AND withdrawn_at IS NULL"),
            postgresql_where=sa.text("consigned_to IS NOT NULL AND withdrawn_at IS NULL"),
        )

    op.drop_table("hand_over")
    with op.batch_alter_table("follow_up", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_follow_up_sanction_id"))
        batch_op.drop_index(batch_op.f("ix_follow_up_first_id"))

    op.drop_table("follow_up")
    with op.batch_alter_table("examination", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_examination_testbuy_id"))
        batch_op.drop_index(batch_op.f("ix_examination_state"))
        batch_op.drop_index(batch_op.f("ix_examination_exhibit_id"))
        batch_op.drop_index(batch_op.f("ix_examination_brand_id"))

    op.drop_table("examination")
    with op.batch_alter_table("conduct_warning", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_conduct_warning_unremarked",
            sqlite_where=sa.text("remarked_at IS NULL"),
            postgresql_where=sa.text("remarked_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_conduct_warning_testbuy_id"))

    op.drop_table("conduct_warning")
    with op.batch_alter_table("conclusion", schema=None) as batch_op:
        batch_op.drop_index("ix_conclusion_testbuy_id_exhibit_id")

    op.drop_table("conclusion")
    with op.batch_alter_table("claim_strike", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_claim_strike_step_id",
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        )
        batch_op.drop_index(
            "uq_claim_strike_payment_id",
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        )
        batch_op.drop_index(
            "uq_claim_strike_judgment_id",
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        )
        batch_op.drop_index(
            "uq_claim_strike_allocation_id",
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_claim_strike_claim_id"))

    op.drop_table("claim_strike")
    with op.batch_alter_table("chat_translation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_chat_translation_message_id"))

    op.drop_table("chat_translation")
    with op.batch_alter_table("wakeup", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_wakeup_open",
            sqlite_where=sa.text("claimed_until IS NULL AND finished_at IS NULL"),
            postgresql_where=sa.text("claimed_until IS NULL AND finished_at IS NULL"),
        )
        batch_op.drop_index(
            "ix_wakeup_unfinished",
            sqlite_where=sa.text("finished_at IS NULL"),
            postgresql_where=sa.text("finished_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_wakeup_testbuy_id"))

    op.drop_table("wakeup")
    op.drop_table("waiver")
    with op.batch_alter_table("seizure_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_seizure_line_raid_id"))

    op.drop_table("seizure_line")
    with op.batch_alter_table("sanction", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_sanction_open",
            sqlite_where=sa.text("state NOT IN ('lifted', 'reopened', 'declined', 'withdrawn')"),
            postgresql_where=sa.text(
                "state NOT IN ('lifted', 'reopened', 'declined', 'withdrawn')"
            ),
        )
        batch_op.drop_index(batch_op.f("ix_sanction_state"))
        batch_op.drop_index(batch_op.f("ix_sanction_brushing_id"))

    op.drop_table("sanction")
    with op.batch_alter_table("release", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_release_testbuy_id"))
        batch_op.drop_index(batch_op.f("ix_release_referral_id"))

    op.drop_table("release")
    with op.batch_alter_table("referral_test_buy", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_referral_test_buy_testbuy_id"))

    op.drop_table("referral_test_buy")
    with op.batch_alter_table("raid_person_fate", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_raid_person_fate_met_id"))

    op.drop_table("raid_person_fate")
    with op.batch_alter_table("persona_use", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_persona_use_testbuy_id"))
        batch_op.drop_index(batch_op.f("ix_persona_use_shop_id"))

    op.drop_table("persona_use")
    op.drop_table("page_capture")
    with op.batch_alter_table("order_attempt", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_order_attempt_live",
            sqlite_where=sa.text("state IN ('intended', 'unknown', 'placed', 'cancelling')"),
            postgresql_where=sa.text("state IN ('intended', 'unknown', 'placed', 'cancelling')"),
        )
        batch_op.drop_index(batch_op.f("ix_order_attempt_order_number"))

    op.drop_table("order_attempt")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_notice_unmailed",
            sqlite_where=sa.text("mailed_at IS NULL"),
            postgresql_where=sa.text("mailed_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_notice_to_role"))
        batch_op.drop_index(batch_op.f("ix_notice_to_person"))
        batch_op.drop_index(batch_op.f("ix_notice_testbuy_id"))
        batch_op.drop_index(
            "ix_notice_open_role",
            sqlite_where=sa.text("read_at IS NULL AND shown = 1"),
            postgresql_where=sa.text("read_at IS NULL AND shown = true"),
        )
        batch_op.drop_index(
            "ix_notice_open_person",
            sqlite_where=sa.text("read_at IS NULL AND shown = 1"),
            postgresql_where=sa.text("read_at IS NULL AND shown = true"),
        )

    op.drop_table("notice")
    with op.batch_alter_table("notary_certificate", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_notary_certificate_unchecked",
            sqlite_where=sa.text("checked_at IS NULL"),
            postgresql_where=sa.text("checked_at IS NULL"),
        )

    op.drop_table("notary_certificate")
    op.drop_table("move_record")
    with op.batch_alter_table("knowledge", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_knowledge_testbuy_id"))
        batch_op.drop_index(batch_op.f("ix_knowledge_operator_id"))

    op.drop_table("knowledge")
    op.drop_table("kit_card")
    with op.batch_alter_table("judgment_relief", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_judgment_relief_relief_id"))

    op.drop_table("judgment_relief")
    op.drop_table("identity_commitment")
    with op.batch_alter_table("exhibit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_exhibit_testbuy_id"))
        batch_op.drop_index(batch_op.f("ix_exhibit_part_of"))

    op.drop_table("exhibit")
    with op.batch_alter_table("claim_test_buy", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_claim_test_buy_testbuy_id"))

    op.drop_table("claim_test_buy")
    with op.batch_alter_table("claim_step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_claim_step_claim_id"))

    op.drop_table("claim_step")
    with op.batch_alter_table("claim_head", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_claim_head_claim_cause_id"))

    op.drop_table("claim_head")
    with op.batch_alter_table("chat_message", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_chat_message_untranslated",
            sqlite_where=sa.text("to_translate = 1 AND translated_at IS NULL"),
            postgresql_where=sa.text("to_translate = true AND translated_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_chat_message_testbuy_id"))

    op.drop_table("chat_message")
    with op.batch_alter_table("brushing_estimate", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_brushing_estimate_brushing_id"))

    op.drop_table("brushing_estimate")
    with op.batch_alter_table("account_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_account_entry_testbuy_id"))
        batch_op.drop_index(batch_op.f("ix_account_entry_buyer_id"))

    op.drop_table("account_entry")
    with op.batch_alter_table("testbuy", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_testbuy_waiting_since_id",
            sqlite_where=sa.text("waiting_role IS NOT NULL"),
            postgresql_where=sa.text("waiting_role IS NOT NULL"),
        )
        batch_op.drop_index("ix_testbuy_waiting_name_id")
        batch_op.drop_index(
            "ix_testbuy_waiting",
            sqlite_where=sa.text("waiting_role IS NOT NULL"),
            postgresql_where=sa.text("waiting_role IS NOT NULL"),
        )
        batch_op.drop_index("ix_testbuy_stage_id")
        batch_op.drop_index("ix_testbuy_shop_id_id")
        batch_op.drop_index("ix_testbuy_requested_by_id")
        batch_op.drop_index("ix_testbuy_requested_at")
        batch_op.drop_index(batch_op.f("ix_testbuy_listing_id"))
        batch_op.drop_index(
            "ix_testbuy_late_from_id",
            sqlite_where=sa.text("late_from IS NOT NULL"),
            postgresql_where=sa.text("late_from IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_testbuy_late",
            sqlite_where=sa.text("reminded_at IS NOT NULL AND waiting_role IS NOT NULL"),
            postgresql_where=sa.text("reminded_at IS NOT NULL AND waiting_role IS NOT NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_testbuy_flag_id"))
        batch_op.drop_index(
            "ix_testbuy_escalated",
            sqlite_where=sa.text("escalated_at IS NOT NULL AND waiting_role IS NOT NULL"),
            postgresql_where=sa.text("escalated_at IS NOT NULL AND waiting_role IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_testbuy_due_at",
            sqlite_where=sa.text("due_at IS NOT NULL"),
            postgresql_where=sa.text("due_at IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_testbuy_campaign_id_id",
            sqlite_where=sa.text("campaign_id IS NOT NULL"),
            postgresql_where=sa.text("campaign_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_testbuy_buyer_id_id",
            sqlite_where=sa.text("buyer_id IS NOT NULL"),
            postgresql_where=sa.text("buyer_id IS NOT NULL"),
        )
        batch_op.drop_index("ix_testbuy_brand_id_stage_id")
        batch_op.drop_index("ix_testbuy_brand_id_id")

    op.drop_table("testbuy")
    op.drop_table("seizure_import")
    with op.batch_alter_table("referral_correction", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_referral_correction_open",
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_referral_correction_referral_id"))

    op.drop_table("referral_correction")
    with op.batch_alter_table("raid_person", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_raid_person_raid_id"))

    op.drop_table("raid_person")
    op.drop_table("raid_paper")
    with op.batch_alter_table("judgment", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_judgment_claim_id_instance",
            sqlite_where=sa.text("struck_at IS NULL"),
            postgresql_where=sa.text("struck_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_judgment_claim_id"))

    op.drop_table("judgment")
    with op.batch_alter_table("figures_choice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_figures_choice_raid_id"))

    op.drop_table("figures_choice")
    op.drop_table("claim_relief")
    with op.batch_alter_table("claim_proof_waiver", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_claim_proof_waiver_proof_id"))

    op.drop_table("claim_proof_waiver")
    op.drop_table("claim_proof")
    with op.batch_alter_table("claim_payment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_claim_payment_claim_id"))

    op.drop_table("claim_payment")
    with op.batch_alter_table("claim_party", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_claim_party_claim_id"))

    op.drop_table("claim_party")
    op.drop_table("claim_contributor")
    op.drop_table("claim_cause")
    with op.batch_alter_table("claim_allocation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_claim_allocation_claim_id"))

    op.drop_table("claim_allocation")
    with op.batch_alter_table("brushing", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_brushing_open",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.drop_index(batch_op.f("ix_brushing_state"))
        batch_op.drop_index(batch_op.f("ix_brushing_flag_id"))

    op.drop_table("brushing")
    with op.batch_alter_table("referral_step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_referral_step_referral_id"))

    op.drop_table("referral_step")
    op.drop_table("reference_entry")
    op.drop_table("raid_source")
    with op.batch_alter_table("raid_place", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_raid_place_raid_id"))

    op.drop_table("raid_place")
    op.drop_table("raid_participant")
    with op.batch_alter_table("raid_correction", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_raid_correction_open",
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_raid_correction_raid_id"))

    op.drop_table("raid_correction")
    op.drop_table("kit_answer")
    with op.batch_alter_table("found_seller", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_found_seller_operator_id"))

    op.drop_table("found_seller")
    with op.batch_alter_table("flag", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_flag_source_flag_id"))
        batch_op.drop_index(batch_op.f("ix_flag_shop_id"))
        batch_op.drop_index(batch_op.f("ix_flag_listing_id"))

    op.drop_table("flag")
    with op.batch_alter_table("claim", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_claim_state"))
        batch_op.drop_index(batch_op.f("ix_claim_proceeding_id"))
        batch_op.drop_index(batch_op.f("ix_claim_operator_id"))
        batch_op.drop_index("ix_claim_court")
        batch_op.drop_index(batch_op.f("ix_claim_campaign_id"))

    op.drop_table("claim")
    with op.batch_alter_table("webhook_delivery", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_webhook_delivery_webhook_id"))
        batch_op.drop_index(
            "ix_webhook_delivery_owed",
            sqlite_where=sa.text("settled_at IS NULL"),
            postgresql_where=sa.text("settled_at IS NULL"),
        )

    op.drop_table("webhook_delivery")
    op.drop_table("stage_tally")
    op.drop_table("sales_snapshot")
    with op.batch_alter_table("rights", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rights_brand_id"))

    op.drop_table("rights")
    with op.batch_alter_table("raid", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_raid_referral_id"))
        batch_op.drop_index(batch_op.f("ix_raid_operator_id"))

    op.drop_table("raid")
    op.drop_table("product")
    with op.batch_alter_table("proceeding", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_proceeding_referral_id"))
        batch_op.drop_index(batch_op.f("ix_proceeding_operator_id"))

    op.drop_table("proceeding")
    op.drop_table("premises_address")
    with op.batch_alter_table("place_access", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_place_access_place_id"))

    op.drop_table("place_access")
    with op.batch_alter_table("persona", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_persona_buyer_id"))

    op.drop_table("persona")
    with op.batch_alter_table("package_waiver", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_package_waiver_referral_id"))

    op.drop_table("package_waiver")
    with op.batch_alter_table("moved_shop", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_moved_shop_shop_id"))

    op.drop_table("moved_shop")
    with op.batch_alter_table("listing", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_listing_platform_listing_id"))
        batch_op.drop_index(batch_op.f("ix_listing_category_id"))
        batch_op.drop_index(batch_op.f("ix_listing_brand_id"))

    op.drop_table("listing")
    with op.batch_alter_table("link_proposal", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_link_proposal_open",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.drop_index(batch_op.f("ix_link_proposal_state"))
        batch_op.drop_index(batch_op.f("ix_link_proposal_shop_id"))
        batch_op.drop_index(batch_op.f("ix_link_proposal_other_id"))

    op.drop_table("link_proposal")
    op.drop_table("kit_part")
    with op.batch_alter_table("kit_giving", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_kit_giving_to_person"))
        batch_op.drop_index(batch_op.f("ix_kit_giving_kit_id"))

    op.drop_table("kit_giving")
    with op.batch_alter_table("genuine_price", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_genuine_price_brand_id"))

    op.drop_table("genuine_price")
    with op.batch_alter_table("brand_grant", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_brand_grant_brand_id"))

    op.drop_table("brand_grant")
    with op.batch_alter_table("api_answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_api_answer_answered_at"))

    op.drop_table("api_answer")
    with op.batch_alter_table("webhook", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_webhook_person_id"))
        batch_op.drop_index(batch_op.f("ix_webhook_active"))

    op.drop_table("webhook")
    with op.batch_alter_table("undertaking", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_undertaking_operator_id"))

    op.drop_table("undertaking")
    op.drop_table("storage_place")
    with op.batch_alter_table("sign_on_binding", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_sign_on_binding_pair",
            sqlite_where=sa.text("undone_at IS NULL"),
            postgresql_where=sa.text("undone_at IS NULL"),
        )
        batch_op.drop_index(
            "uq_sign_on_binding_of_person",
            sqlite_where=sa.text("undone_at IS NULL"),
            postgresql_where=sa.text("undone_at IS NULL"),
        )

    op.drop_table("sign_on_binding")
    op.drop_table("shot_list_change")
    with op.batch_alter_table("shop", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shop_platform_shop_id"))
        batch_op.drop_index(batch_op.f("ix_shop_operator_id"))

    op.drop_table("shop")
    op.drop_table("second_factor")
    op.drop_table("role_grant")
    op.drop_table("retention")
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_referral_open",
            sqlite_where=sa.text("state IN ('drafted', 'approved')"),
            postgresql_where=sa.text("state IN ('drafted', 'approved')"),
        )
        batch_op.drop_index(batch_op.f("ix_referral_state"))

    op.drop_table("referral")
    with op.batch_alter_table("recovery_code", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recovery_code_person_id"))

    op.drop_table("recovery_code")
    with op.batch_alter_table("premises", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_premises_operator_id"))

    op.drop_table("premises")
    with op.batch_alter_table("operator_person", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_operator_person_operator_id"))

    op.drop_table("operator_person")
    with op.batch_alter_table("operator_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_operator_change_other_id"))
        batch_op.drop_index(batch_op.f("ix_operator_change_operator_id"))

    op.drop_table("operator_change")
    with op.batch_alter_table("look", schema=None) as batch_op:
        batch_op.drop_index("ix_look_subject_id")
        batch_op.drop_index(batch_op.f("ix_look_person_id"))

    op.drop_table("look")
    with op.batch_alter_table("log_in_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_log_in_link_person_id"))

    op.drop_table("log_in_link")
    with op.batch_alter_table("log_in", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_log_in_person_id"))

    op.drop_table("log_in")
    op.drop_table("litigation_campaign")
    op.drop_table("kit")
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitation_person_id"))

    op.drop_table("invitation")
    with op.batch_alter_table("harm", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_harm_operator_id"))

    op.drop_table("harm")
    with op.batch_alter_table("external_handle", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_external_handle_operator_id"))

    op.drop_table("external_handle")
    op.drop_table("erasure_mention")
    op.drop_table("campaign")
    op.drop_table("buyer")
    with op.batch_alter_table("brand", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_brand_rights_holder_id"))

    op.drop_table("brand")
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_api_token_person_id"))

    op.drop_table("api_token")
    with op.batch_alter_table("anchored_head", schema=None) as batch_op:
        batch_op.drop_index("ix_anchored_head_subject_seq")

    op.drop_table("anchored_head")
    op.drop_table("anchor_stamp")
    with op.batch_alter_table("agency_certificate", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_agency_certificate_agency_id"))

    op.drop_table("agency_certificate")
    op.drop_table("tries")
    with op.batch_alter_table("threshold", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_threshold_jurisdiction"))

    op.drop_table("threshold")
    op.drop_table("signing_certificate")
    op.drop_table("sign_on")
    op.drop_table("search_word")
    op.drop_table("rights_holder")
    op.drop_table("policy")
    op.drop_table("person")
    op.drop_table("pattern_of_code")
    op.drop_table("pattern_band")
    with op.batch_alter_table("operator", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_operator_merged_into_id"))

    op.drop_table("operator")
    op.drop_table("ledger")
    op.drop_table("goodwill_proof")
    with op.batch_alter_table("form_answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_form_answer_answered_at"))

    op.drop_table("form_answer")
    op.drop_table("duty")
    op.drop_table("deadline_policy")
    op.drop_table("daily_round")
    op.drop_table("counter")
    op.drop_table("conduct_phrase")
    op.drop_table("cause_of_action")
    op.drop_table("category")
    op.drop_table("anchor")
    op.drop_table("agency")
