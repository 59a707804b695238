"""From what a person logs in, in words they know it by: browser, system, address.

Owns the reading of `User-Agent`, which says whatever its sender likes: it helps a person to know
their own log-ins again, and decides nothing.
"""

from fastapi import Request

from casework.people.log_ins import Device

_BROWSERS = (
    ("MicroMessenger/", "WeChat"),
    ("DingTalk/", "DingTalk"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("HuaweiBrowser/", "Huawei Browser"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("HeadlessChrome/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
    ("python-httpx/", "a program"),
)
_SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
"""What stands in the header, and the word for it; the first that stands there counts."""


def device(request: Request) -> Device:
    """What the request comes from."""
    said = request.headers.get("user-agent", "")
    address = request.client.host if request.client else ""
    return Device(_first(_BROWSERS, said), _first(_SYSTEMS, said), address)


def _first(words: tuple[tuple[str, str], ...], said: str) -> str:
    return next((word for sign, word in words if sign in said), "")
