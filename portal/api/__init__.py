"""The REST API under /api/v1: the same door as the pages, in JSON, for other people's systems.

One module a noun. A handler parses (the models say what is taken), makes one call of casework and
answers; what changes something does so under an Idempotency-Key (`portal.api.keys`).
"""

from portal.api import (
    described,
    examinations,
    exhibits,
    flags,
    referrals,
    shown,
    testbuys,
    verdicts,
    webhooks,
)

ROUTERS = (
    flags.router,
    testbuys.router,
    examinations.router,
    shown.router,
    verdicts.router,
    exhibits.router,
    referrals.router,
    webhooks.router,
    described.router,
)
