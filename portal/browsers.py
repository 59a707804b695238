"""Which browsers live within another app: they lose what waits when the app closes them."""

import re

_APPS = (
    (r"MicroMessenger", "WeChat"),
    (r"AlipayClient", "Alipay"),
    (r"DingTalk", "DingTalk"),
    (r"Weibo", "Weibo"),
    (r"\bQQ/", "QQ"),
    (r"aweme|BytedanceWebview", "Douyin"),
    (r"FBAN|FBAV|Instagram", "Facebook"),
    (r"\bLine/", "LINE"),
)
"""What their user agents hold. QQ's own browser (`MQQBrowser`) is a real one."""


def in_app(user_agent: str) -> str | None:
    """The app's name, or None for a browser of its own."""
    return next((name for sign, name in _APPS if re.search(sign, user_agent)), None)
