"""A listing's address as one key, however it was copied.

Owns what of an address names the listing: neither scheme nor "www.", neither a slash at its end nor
what follows "#", and of its query the parameters that name an article, in any order. All others
(where a visitor came from, what they searched) differ with each copy. Leaves keeping keys to
`storage.searching`.
"""

from urllib.parse import parse_qsl, quote, unquote, urlsplit

NAMING = frozenset(
    {
        "id",
        "item",
        "itemid",
        "item_id",
        "num_iid",
        "offerid",
        "offer_id",
        "goodsid",
        "goods_id",
        "productid",
        "product_id",
        "listing",
        "listing_id",
        "sku",
        "skuid",
        "sku_id",
        "wareid",
    }
)
"""Parameters by which marketplaces name an article, in small letters."""

LONGEST = 500
"""Signs of a key that are kept: an index takes no more than some 2,700 bytes."""


def listing_key(text: str) -> str | None:
    """The key of an address; None where `text` is none (no host with a dot, or a space inside)."""
    text = text.strip()
    if not text or any(sign.isspace() for sign in text):
        return None
    try:
        parts = urlsplit(text if "://" in text else f"//{text}")
        host = (parts.hostname or "").removeprefix("www.")
        port = parts.port
    except ValueError:
        return None
    if "." not in host.strip(".") or parts.scheme not in ("", "http", "https"):
        return None
    named = sorted((k.lower(), v) for k, v in parse_qsl(parts.query) if k.lower() in NAMING)
    path = quote(unquote(parts.path), safe="/").rstrip("/")
    where = host if port in (None, 80, 443) else f"{host}:{port}"
    query = "&".join(f"{name}={quote(value)}" for name, value in named)
    return (where + path + (f"?{query}" if query else ""))[:LONGEST]
