"""`config.yaml` → one frozen `Config`; docs/config.md describes the file."""

from digest.config.settings import Config, load_config, parse_config

__all__ = ["Config", "load_config", "parse_config"]
