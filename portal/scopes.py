"""Which scope each route of the API asks of a token: one row a route, checked as the roles are.

The roles follow from the scope (`rules.scopes`) and stand in `portal.permissions` with all others.
"""

from rules.scopes import Scope

SCOPES: dict[str, Scope] = {
    "api_flags_add": Scope.FLAGS_WRITE,
    "api_testbuy_launch": Scope.TESTBUYS_LAUNCH,
    "api_testbuys": Scope.TESTBUYS_READ,
    "api_testbuy": Scope.TESTBUYS_READ,
    "api_examinations": Scope.EXAMINATIONS_READ,
    "api_examination": Scope.EXAMINATIONS_READ,
    "api_examination_photo": Scope.EXAMINATIONS_READ,
    "api_examination_reference": Scope.EXAMINATIONS_READ,
    "api_examination_claim": Scope.VERDICTS_WRITE,
    "api_examination_release": Scope.VERDICTS_WRITE,
    "api_examination_verdict": Scope.VERDICTS_WRITE,
    "api_examination_ask": Scope.VERDICTS_WRITE,
    "api_exhibit_holder": Scope.CUSTODY_READ,
    "api_referral": Scope.REFERRALS_READ,
    "api_webhooks": Scope.WEBHOOKS_MANAGE,
    "api_webhook": Scope.WEBHOOKS_MANAGE,
    "api_webhook_make": Scope.WEBHOOKS_MANAGE,
    "api_webhook_alter": Scope.WEBHOOKS_MANAGE,
    "api_webhook_remove": Scope.WEBHOOKS_MANAGE,
    "api_webhook_test": Scope.WEBHOOKS_MANAGE,
}
