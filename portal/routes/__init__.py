"""The routers, one a family of pages. A handler parses, makes one call of casework, redirects."""

from portal.routes.auditing import audit, keys, looks, seals
from portal.routes.buying import (
    approvals,
    campaigns,
    capture,
    captures,
    chats,
    launch,
    tasks,
    testbuys,
)
from portal.routes.custody import custody, exhibits, handing, keeping, kits, scanning, stores
from portal.routes.flags import brushing, flags, sources
from portal.routes.intake import codes, desk, uploads
from portal.routes.operators import docket, linking, operators, sellers_pictures, shops
from portal.routes.people import account, entry, languages, people, sign_on, tokens
from portal.routes.photographs import photos, resemblances
from portal.routes.privacy import erasure, identity
from portal.routes.programme import categories, frame, prices, wakeups
from portal.routes.raiding import raid_days, raids, second_sellers, seizures
from portal.routes.referring import agencies, corrections, package_rows, previews, referrals
from portal.routes.sanctioning import sanctions
from portal.routes.suing import claims, striking, suits
from portal.routes.telling import inbox, mails, webhooks
from portal.routes.verdicts import examinations, references, statements, superseded
from portal.routes.views import board, search

ROUTERS = (
    entry.router,
    erasure.router,
    sign_on.router,
    account.router,
    search.router,
    inbox.router,
    languages.router,
    board.router,
    testbuys.router,
    identity.router,
    flags.router,
    launch.router,
    approvals.router,
    campaigns.router,
    operators.router,
    linking.router,
    shops.router,
    package_rows.router,
    prices.router,
    tasks.router,
    uploads.router,
    handing.router,
    capture.router,
    captures.router,
    sellers_pictures.router,
    chats.router,
    exhibits.router,
    kits.router,
    custody.router,
    codes.router,
    stores.router,
    keeping.router,
    desk.router,
    resemblances.router,
    examinations.router,
    references.router,
    statements.router,
    referrals.router,
    raids.router,
    raid_days.router,
    second_sellers.router,
    seizures.router,
    sanctions.router,
    sources.router,
    brushing.router,
    previews.router,
    corrections.router,
    agencies.router,
    superseded.router,
    photos.router,
    looks.router,
    keys.router,
    wakeups.router,
    people.router,
    frame.router,
    categories.router,
    audit.router,
    seals.router,
    docket.router,
    claims.router,
    striking.router,
    suits.router,
    scanning.router,
    tokens.router,
    webhooks.router,
    mails.router,
)
