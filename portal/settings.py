"""What the portal is told at start, beside what every door is told."""

from typing import Self

from pydantic import Field, model_validator

from casework import settings


class Settings(settings.Settings):
    """How the portal is reached, and what it takes in."""

    prefect_ui_url: str = ""
    secure_cookies: bool = False
    upload_limit_mb: int = Field(default=50, ge=1, le=2000)
    development: bool = False

    @model_validator(mode="after")
    def _secure_where_encrypted(self) -> Self:
        self.secure_cookies = self.secure_cookies or self.public_url.startswith("https://")
        return self

    @property
    def upload_limit(self) -> int:
        """Bytes."""
        return self.upload_limit_mb * 1024 * 1024
