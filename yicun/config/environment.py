"""What a deployment may set: environment variables that start with YICUN_."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from yicun.base.cluster.connections import APP_PATIENCE


def _names(written: object) -> object:
    """Names with commas between them, as an administrator writes them."""
    return [name.strip() for name in written.split(",")] if isinstance(written, str) else written


class Environment(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="YICUN_")

    data: Path = Path("data")
    role: Literal["owner", "app", "jobs", "sealer"] = "app"
    hosts: Annotated[list[str], NoDecode, BeforeValidator(_names)] = ["127.0.0.1", "localhost"]
    is_https: bool = False
    is_demo: bool = False
    web_connections: int = 0
    web_patience: float = APP_PATIENCE
    session_idle_minutes: int = 30
    session_hours: int = 12
    proxies: int = 0
