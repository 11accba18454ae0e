"""`config.yaml` → one frozen `Config`; what the file may say is in docs/config.md."""

from digest.config.settings import Config, load_config, parse_config

__all__ = ["Config", "load_config", "parse_config"]
