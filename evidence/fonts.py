"""Where typefaces for Chinese lie; the Latin ones are embedded in the typesetter."""

from pathlib import Path

CJK_FONTS = Path("/usr/share/fonts/opentype/noto")
"""Where Debian and Ubuntu put fonts-noto-cjk; `TESTBUY_FONTS` names another folder."""
