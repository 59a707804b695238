"""Who may use which route: one row a route, checked by one dependency for all of them.

Owns the table alone. A route that is missing here fails at start. Where a person holds several of
the roles named, the first one granted acts, unless the form names another of them (`as_role`).
What a role may do to a given test buy is `casework`'s to say.
"""

from collections.abc import Iterable, Mapping
from enum import Enum, auto

from portal.scopes import SCOPES
from rules import scopes
from rules.access import Owed
from rules.roles import Role
from rules.scopes import Scope


class Anyone(Enum):
    """Routes that ask for no role."""

    PUBLIC = auto()
    SIGNED_IN = auto()


Permission = Anyone | tuple[Role, ...]

_STAFF = (
    Role.ANALYST,
    Role.APPROVER,
    Role.LIAISON,
    Role.CLERK,
    Role.SUPERVISOR,
    Role.COUNSEL,
    Role.AUDITOR,
    Role.ENGINEER,
)
_ANALYST = (Role.ANALYST,)
_APPROVER = (Role.APPROVER,)
_BUYER = (Role.BUYER,)
_CLERK = (Role.CLERK,)
_AUTHENTICATOR = (Role.AUTHENTICATOR,)
_LIAISON = (Role.LIAISON,)
_ADMINISTRATOR = (Role.ADMINISTRATOR,)
_REFERRERS = (Role.LIAISON, Role.ANALYST)
_PACKAGE_READERS = (Role.LIAISON, Role.ANALYST, Role.AUDITOR, Role.SUPERVISOR)

_DESK = (Role.DESK,)
_HANDLERS = (Role.CLERK, Role.SUPERVISOR, Role.LIAISON)
_EXHIBIT_READERS = (Role.CLERK, Role.SUPERVISOR, Role.LIAISON, Role.AUDITOR)
_KEEPING_READERS = (*_EXHIBIT_READERS, Role.COUNSEL, Role.ADMINISTRATOR)
_REFERRAL_READERS = (
    Role.LIAISON,
    Role.ANALYST,
    Role.COUNSEL,
    Role.AUDITOR,
    Role.SUPERVISOR,
    Role.APPROVER,
)
"""A supervisor and an approver agree to the full level, so that they must read why."""

_FRAME_READERS = (
    Role.ADMINISTRATOR,
    Role.COUNSEL,
    Role.AUDITOR,
    Role.LIAISON,
    Role.ANALYST,
    Role.SUPERVISOR,
)
_TOKEN_MAKERS = tuple(role for role in scopes.HOLDERS if role is not Role.AUDITOR)
"""An auditor changes nothing; an administrator makes their token."""

PERMISSIONS: dict[str, Permission] = {
    "health": Anyone.PUBLIC,
    "static": Anyone.PUBLIC,
    "styleguide": Anyone.PUBLIC,
    "log_in_page": Anyone.PUBLIC,
    "log_in": Anyone.PUBLIC,
    "link_page": Anyone.PUBLIC,
    "link_use": Anyone.PUBLIC,
    "sign_on": Anyone.PUBLIC,
    "sign_on_back": Anyone.PUBLIC,
    "invitation": Anyone.PUBLIC,
    "invitation_accept": Anyone.PUBLIC,
    "log_out": Anyone.SIGNED_IN,
    "code": Anyone.SIGNED_IN,
    "code_give": Anyone.SIGNED_IN,
    "account": Anyone.SIGNED_IN,
    "second_factor": Anyone.SIGNED_IN,
    "second_factor_begin": Anyone.SIGNED_IN,
    "second_factor_confirm": Anyone.SIGNED_IN,
    "password_change": Anyone.SIGNED_IN,
    "log_in_end": Anyone.SIGNED_IN,
    "log_ins_end": Anyone.SIGNED_IN,
    "home": Anyone.SIGNED_IN,
    "notice_read": Anyone.SIGNED_IN,
    "search": Anyone.SIGNED_IN,
    "inbox_past": Anyone.SIGNED_IN,
    "board": _STAFF,
    "board_arrivals": _STAFF,
    "testbuy": _STAFF,
    "adopt": _ANALYST,
    "approve": _APPROVER,
    "decline": _APPROVER,
    "abandon": _ANALYST,
    "order_failed_by_analyst": _ANALYST,
    "order_answer": _ANALYST,
    "judge_again": _ANALYST,
    "close": _REFERRERS,
    "testbuy_photo": (Role.CLERK, Role.SUPERVISOR),
    "dossier": _PACKAGE_READERS,
    "bundle": _PACKAGE_READERS,
    "flags": _ANALYST,
    "launch": _ANALYST,
    "flag_dismiss": _ANALYST,
    "launch_page": _ANALYST,
    "launch_look": _ANALYST,
    "launch_many": _ANALYST,
    "import_page": _ANALYST,
    "import_flags": _ANALYST,
    "approvals": (Role.APPROVER, Role.SUPERVISOR),
    "approvals_decide": _APPROVER,
    "campaigns": (Role.ANALYST, Role.APPROVER, Role.AUDITOR),
    "campaign_open": _ANALYST,
    "campaign_approve": _APPROVER,
    "campaign_withdraw": (Role.APPROVER, Role.ANALYST),
    "operators": (Role.ANALYST, Role.LIAISON, Role.AUDITOR),
    "operator": (Role.ANALYST, Role.LIAISON, Role.COUNSEL, Role.AUDITOR),
    "shop_link": _ANALYST,
    "shop_sales": _ANALYST,
    "referral_draft": _REFERRERS,
    "tasks": _BUYER,
    "task": _BUYER,
    "task_photo": _BUYER,
    "task_order": _BUYER,
    "task_tracking": _BUYER,
    "task_order_failed": _BUYER,
    "task_receive": _BUYER,
    "task_document": _BUYER,
    "task_withdraw": _BUYER,
    "task_give": _BUYER,
    "task_sign": _BUYER,
    "task_keep": _BUYER,
    "task_chat": _BUYER,
    "task_chat_record": _BUYER,
    "task_kit_card": _BUYER,
    "task_code": _BUYER,
    "conduct": (Role.SUPERVISOR, Role.AUDITOR),
    "conduct_remark": (Role.SUPERVISOR,),
    "certificates": (Role.CLERK, Role.LIAISON, Role.SUPERVISOR, Role.AUDITOR),
    "certificate_hand_in": (Role.CLERK, Role.LIAISON),
    "kits": (Role.CLERK, Role.SUPERVISOR, Role.AUDITOR),
    "kit_prepare": (Role.CLERK, Role.SUPERVISOR),
    "kit_give": (Role.CLERK, Role.SUPERVISOR),
    "kit_withdraw": (Role.CLERK, Role.SUPERVISOR),
    "kit_confirm": _BUYER,
    "desk": _DESK,
    "desk_exhibit": _DESK,
    "desk_photo": _DESK,
    "desk_receive": _DESK,
    "desk_reseal": _DESK,
    "desk_give": _DESK,
    "desk_sign": _DESK,
    "desk_withdraw": _DESK,
    "certificate_file": (Role.CLERK, Role.LIAISON, Role.SUPERVISOR, Role.AUDITOR),
    "capture_warc": _PACKAGE_READERS,
    "capture_stamp": _PACKAGE_READERS,
    "capture_picture": _STAFF,
    "chat": (Role.CLERK, Role.SUPERVISOR, Role.AUDITOR),
    "chat_record": (Role.CLERK, Role.SUPERVISOR),
    "translations": (Role.CLERK, Role.SUPERVISOR, Role.AUDITOR),
    "translation_add": (Role.CLERK, Role.SUPERVISOR),
    "phrases": (Role.ADMINISTRATOR, Role.SUPERVISOR, Role.AUDITOR),
    "phrase_add": _ADMINISTRATOR,
    "phrase_end": _ADMINISTRATOR,
    "scan": (Role.CLERK, Role.SUPERVISOR),
    "scan_take_in": _CLERK,
    "scan_store": (Role.CLERK, Role.SUPERVISOR),
    "scan_give": (Role.CLERK, Role.SUPERVISOR),
    "docket": (Role.COUNSEL, Role.LIAISON, Role.AUDITOR),
    "exhibits": (Role.CLERK, Role.SUPERVISOR, Role.AUDITOR),
    "exhibit_take_in": _CLERK,
    "exhibit": _EXHIBIT_READERS,
    "exhibit_label": _EXHIBIT_READERS,
    "exhibit_labels": _EXHIBIT_READERS,
    "exhibit_signature": _EXHIBIT_READERS,
    "exhibit_give": _HANDLERS,
    "exhibit_take": _HANDLERS,
    "exhibit_sign": _HANDLERS,
    "exhibit_take_back": _HANDLERS,
    "exhibit_withdraw": _HANDLERS,
    "exhibit_split": _CLERK,
    "exhibit_reseal": _HANDLERS,
    "exhibit_confirm": _CLERK,
    "exhibit_code": (Role.CLERK, Role.SUPERVISOR),
    "exhibit_code_correct": (Role.CLERK, Role.SUPERVISOR),
    "exhibit_code_place": (Role.CLERK, Role.SUPERVISOR),
    "task_code_on_goods": _BUYER,
    "examination_code": _AUTHENTICATOR,
    "leads": (Role.ANALYST, Role.APPROVER, Role.LIAISON, Role.AUDITOR),
    "lead_decide": _ANALYST,
    "prices": (Role.ANALYST, Role.LIAISON, Role.AUDITOR),
    "price_add": _ANALYST,
    "exhibit_store": _HANDLERS,
    "exhibit_fetch": _HANDLERS,
    "places": (*_EXHIBIT_READERS, Role.ADMINISTRATOR),
    "place": (*_EXHIBIT_READERS, Role.ADMINISTRATOR),
    "place_add": (Role.SUPERVISOR, Role.ADMINISTRATOR),
    "place_close": (Role.SUPERVISOR, Role.ADMINISTRATOR),
    "retention": _KEEPING_READERS,
    "proceeding_open": (Role.LIAISON, Role.COUNSEL),
    "proceeding_end": (Role.LIAISON, Role.COUNSEL),
    "holds": _KEEPING_READERS,
    "hold_place": (Role.COUNSEL, Role.SUPERVISOR, Role.LIAISON),
    "hold_lift": (Role.COUNSEL, Role.SUPERVISOR),
    "disposal_ask": _CLERK,
    "disposal_withdraw": _CLERK,
    "disposal_carry_out": _CLERK,
    "disposal_approve": (Role.APPROVER, Role.SUPERVISOR),
    "disposal_end": (Role.APPROVER, Role.SUPERVISOR),
    "assets": _KEEPING_READERS,
    "assets_csv": _KEEPING_READERS,
    "asset_give": (Role.CLERK, Role.SUPERVISOR),
    "asset_back": _CLERK,
    "waivers": (Role.SUPERVISOR,),
    "waive": (Role.SUPERVISOR,),
    "resemblances": (Role.SUPERVISOR, Role.ANALYST),
    "resemblance_settle": (Role.SUPERVISOR, Role.ANALYST),
    "examinations": _AUTHENTICATOR,
    "examination": _AUTHENTICATOR,
    "examination_claim": _AUTHENTICATOR,
    "examination_release": _AUTHENTICATOR,
    "examination_seal": _AUTHENTICATOR,
    "examination_next": _AUTHENTICATOR,
    "examination_undo": _AUTHENTICATOR,
    "examination_draft": _AUTHENTICATOR,
    "references": _AUTHENTICATOR,
    "reference_photo": _AUTHENTICATOR,
    "product": _AUTHENTICATOR,
    "product_add": _AUTHENTICATOR,
    "entry_add": _AUTHENTICATOR,
    "entry_revise": _AUTHENTICATOR,
    "entry_withdraw": _AUTHENTICATOR,
    "examination_ask": _AUTHENTICATOR,
    "examination_statement": _AUTHENTICATOR,
    "examination_signed": _AUTHENTICATOR,
    "examination_signed_copy": _AUTHENTICATOR,
    "statement": (*_PACKAGE_READERS, Role.CLERK),
    "statement_signed": _CLERK,
    "statement_signed_copy": (*_PACKAGE_READERS, Role.CLERK),
    "referrals": _REFERRAL_READERS,
    "referral": _REFERRAL_READERS,
    "referral_approve": _LIAISON,
    "referral_withdraw": _LIAISON,
    "referral_sent": _LIAISON,
    "referral_not_sent": _LIAISON,
    "referral_send_again": _LIAISON,
    "referral_answer": _LIAISON,
    "referral_receipt": _LIAISON,
    "referral_review": _LIAISON,
    "superseded": (Role.LIAISON, Role.ANALYST, Role.COUNSEL, Role.AUDITOR, Role.SUPERVISOR),
    "superseded_receipt": _LIAISON,
    "superseded_review": _REFERRERS,
    "level_ask": _REFERRERS,
    "level_agree": (Role.SUPERVISOR, Role.APPROVER, Role.LIAISON),
    "agencies": (Role.LIAISON, Role.ADMINISTRATOR, Role.ANALYST, Role.AUDITOR),
    "agency_certificate": (Role.LIAISON, Role.ADMINISTRATOR),
    "identity": (Role.LIAISON, Role.SUPERVISOR, Role.APPROVER, Role.AUDITOR),
    "identity_ask": _LIAISON,
    "identity_agree": (Role.SUPERVISOR, Role.APPROVER),
    "identity_opening": (Role.LIAISON, Role.SUPERVISOR, Role.APPROVER),
    "identity_erase": (Role.SUPERVISOR, Role.APPROVER),
    "photo": (
        *(role for role in _STAFF if role is not Role.ENGINEER),
        Role.BUYER,
        Role.AUTHENTICATOR,
    ),
    "photo_masked": (Role.CLERK, Role.BUYER, Role.SUPERVISOR, Role.LIAISON, Role.AUDITOR),
    "photo_masks": (Role.CLERK, Role.BUYER),
    "photo_mark": (Role.CLERK, Role.BUYER),
    "photo_original": (
        Role.ANALYST,
        Role.SUPERVISOR,
        Role.LIAISON,
        Role.AUDITOR,
        Role.BUYER,
    ),
    "frame": _FRAME_READERS,
    "threshold_add": _ADMINISTRATOR,
    "threshold_verify": (Role.COUNSEL,),
    "policy_set": _ADMINISTRATOR,
    "deadline_set": _ADMINISTRATOR,
    "category_set": _ADMINISTRATOR,
    "brand_add": _ADMINISTRATOR,
    "agency_add": _ADMINISTRATOR,
    "overrides": (Role.AUDITOR, Role.SUPERVISOR),
    "overrides_csv": (Role.AUDITOR, Role.SUPERVISOR),
    "testbuy_verify": (Role.AUDITOR, Role.SUPERVISOR, Role.ENGINEER),
    "looks": (Role.AUDITOR,),
    "api_document": Anyone.PUBLIC,
    "api_docs": Anyone.PUBLIC,
    "tokens": (Role.ADMINISTRATOR, *scopes.HOLDERS),
    "token_make": (Role.ADMINISTRATOR, *_TOKEN_MAKERS),
    "token_revoke": (Role.ADMINISTRATOR, *_TOKEN_MAKERS),
    **dict.fromkeys(
        (
            "webhooks",
            "webhook_make",
            "webhook_alter",
            "webhook_remove",
            "webhook_test",
            "webhook_again",
        ),
        (Role.ADMINISTRATOR, *scopes.ROLES[Scope.WEBHOOKS_MANAGE]),
    ),
    "people": _ADMINISTRATOR,
    "person_create": _ADMINISTRATOR,
    "person_grants": _ADMINISTRATOR,
    "person_active": _ADMINISTRATOR,
    "person_link": _ADMINISTRATOR,
    "person_invite": _ADMINISTRATOR,
    "person_log_ins_end": _ADMINISTRATOR,
    "person_second_factor_reset": _ADMINISTRATOR,
    "person_buyer": _ADMINISTRATOR,
    "persona_add": _ADMINISTRATOR,
    **{route: scopes.ROLES[scope] for route, scope in SCOPES.items()},
}

WHILE_OWED: Mapping[Owed, frozenset[str]] = {
    Owed.CODE: frozenset({"code", "code_give", "log_out"}),
    Owed.ENROLMENT: frozenset(
        {"second_factor", "second_factor_begin", "second_factor_confirm", "log_out"}
    ),
}
"""Where a log-in may go that still owes its second factor, beside what is public."""


def permits(route: str, roles: Iterable[Role]) -> bool:
    """Whether a person with `roles` may use `route`; pages show only what the table allows."""
    permission = PERMISSIONS[route]
    return isinstance(permission, Anyone) or not frozenset(permission).isdisjoint(roles)
