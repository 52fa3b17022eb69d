"""The sections of what people look at: the dashboard and the nightly report."""

import re
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from journeylab.settings.fields import Positive, Section


def _plain_path(value: str) -> str:
    if re.fullmatch(r"/([A-Za-z0-9._~-]+/)*", value) is None or "/../" in value:
        raise ValueError("write the path of the pages with '/' at both ends, like /journeys/")
    return value


def _network(value: str) -> str:
    ip_network(value)
    return value


HeaderName = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+$")]
#: An ``http`` or ``https`` origin, as a Content-Security-Policy names it.
Origin = Annotated[str, Field(pattern=r"^https?://[A-Za-z0-9.\[\]:-]+$")]


class Dashboard(Section):
    """Where the dashboard is served, and who may see it. Secrets come from the environment."""

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8050
    base_path: Annotated[str, AfterValidator(_plain_path)] = "/"
    title: str = "journeylab"
    locale: Literal["en", "de", "fr", "es", "it", "nl"] = "en"
    workers: Positive = 1
    threads: Positive = 8
    login: Literal["none", "password", "header"] = "none"
    https: bool = False
    session_hours: Annotated[float, Field(gt=0, le=24 * 31)] = 12
    session_key_file: Path | None = None
    users_file: Path | None = None
    trusted_proxies: tuple[Annotated[str, AfterValidator(_network)], ...] = ()
    user_header: HeaderName = "X-Forwarded-Email"
    groups_header: HeaderName = "X-Forwarded-Groups"
    secret_header: HeaderName = "X-Journeylab-Secret"
    analysts: tuple[str, ...] = ()
    frame_ancestors: tuple[Origin, ...] = ()

    @property
    def is_loopback(self) -> bool:
        """Whether nobody but this machine reaches the address."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @model_validator(mode="after")
    def _is_guarded(self) -> Self:
        if self.login == "none" and not self.is_loopback:
            raise ValueError(
                f"{self.host} is reached from other machines, and login is 'none': keep host"
                " 127.0.0.1, or set login to 'password' or 'header'"
            )
        if self.login == "header" and not self.trusted_proxies:
            raise ValueError("login 'header' needs the addresses of the proxy in trusted_proxies")
        return self


class Report(Section):
    """The nightly report: where it is written, and whom it is mailed to."""

    nightly: bool = True
    folder: Path | None = None
    keep: Positive = 30
    pictures: bool = True
    smtp_host: str | None = None
    smtp_port: Annotated[int, Field(ge=1, le=65535)] = 587
    starttls: bool = True
    smtp_user: str | None = None
    mail_from: str | None = None
    mail_to: tuple[str, ...] = ()
    link: Annotated[str, Field(pattern=r"^https?://\S+$")] | None = None
    attach: bool = True

    @model_validator(mode="after")
    def _mail_is_whole(self) -> Self:
        if self.smtp_host is not None and not (self.mail_from and self.mail_to):
            raise ValueError("smtp_host is set: mail_from and mail_to are needed with it")
        return self
