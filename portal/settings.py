"""What the portal is told at start, beside what every door is told."""

from typing import Self

from pydantic import Field, model_validator

from casework import settings


class Settings(settings.Settings):
    """How the portal is reached, what it takes in, and who else vouches for people.

    `oidc_*`: single sign-on; without an issuer there is none. `oidc_name` stands on the button,
    `oidc_amr` are the provider's words for two factors, with commas between. People are found by
    the claim `oidc_email_claim`. Of `email` the provider says whether it is verified; of another
    claim nothing does: `oidc_claim_controlled` must say that the organisation alone sets it.
    """

    prefect_ui_url: str = ""
    secure_cookies: bool = False
    upload_limit_mb: int = Field(default=50, ge=1, le=2000)
    development: bool = False
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = Field(default="", repr=False)
    oidc_email_claim: str = "email"
    oidc_claim_controlled: bool = False
    oidc_name: str = "your organisation"
    oidc_amr: str = "mfa"

    @model_validator(mode="after")
    def _secure_where_encrypted(self) -> Self:
        self.secure_cookies = self.secure_cookies or self.public_url.startswith("https://")
        return self

    @model_validator(mode="after")
    def _whole_sign_on(self) -> Self:
        if self.oidc_issuer and not (self.oidc_client_id and self.oidc_client_secret):
            raise ValueError("TESTBUY_OIDC_ISSUER needs …_CLIENT_ID and …_CLIENT_SECRET, too")
        if self.oidc_issuer and self.oidc_email_claim != "email" and not self.oidc_claim_controlled:
            raise ValueError(
                f"TESTBUY_OIDC_EMAIL_CLAIM is {self.oidc_email_claim}, and no provider says that "
                "this is verified. Set TESTBUY_OIDC_CLAIM_CONTROLLED, if nobody but your "
                "organisation can set that claim"
            )
        return self

    @property
    def oidc_two_factors(self) -> frozenset[str]:
        """The words of `amr` by which the provider says that it asked for two factors."""
        return frozenset(word.strip() for word in self.oidc_amr.split(",") if word.strip())

    @property
    def upload_limit(self) -> int:
        """Bytes."""
        return self.upload_limit_mb * 1024 * 1024
