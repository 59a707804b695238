"""The routers, one a family of pages. A handler parses, makes one call of casework, redirects."""

from portal.routes import (
    approvals,
    board,
    campaigns,
    entry,
    examinations,
    exhibits,
    flags,
    home,
    operators,
    people,
    photos,
    referrals,
    resemblances,
    tasks,
    testbuys,
)

ROUTERS = (
    entry.router,
    home.router,
    board.router,
    testbuys.router,
    flags.router,
    approvals.router,
    campaigns.router,
    operators.router,
    tasks.router,
    exhibits.router,
    resemblances.router,
    examinations.router,
    referrals.router,
    photos.router,
    people.router,
)
