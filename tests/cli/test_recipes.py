"""`digest schedule --print`: recipes that systemd and cron accept."""

from __future__ import annotations

import plistlib
import re
import shlex
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from digest.cli.commands._recipes import RECIPES, recipe

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Answer

    Digest = Callable[..., Answer]


@pytest.fixture(params=["papers", "my papers & 100% $more"])
def config(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return a config in a folder with a plain name, or with one that must be quoted."""
    name: str = request.param
    folder = tmp_path / name
    folder.mkdir()
    return folder / "config.yaml"


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_is_printed_whole(name: str, folder: Path, digest: Digest) -> None:
    answer = digest("schedule", "--print", name)
    assert answer.code == 0
    assert not re.search(r"@[A-Z_]+@", answer.out)
    assert answer.out.rstrip("\n") == recipe(name, folder / "config.yaml").rstrip("\n")


def test_the_unit_is_one_that_systemd_takes(config: Path, tmp_path: Path) -> None:
    text = recipe("systemd", config)
    lines = dict(line.split("=", 1) for line in text.splitlines() if "=" in line and line[0] != "#")
    assert lines["WorkingDirectory"] == str(config.parent).replace("%", "%%")
    words = shlex.split(lines["ExecStart"])
    assert words[-3:] == [
        "--config",
        str(config).replace("%", "%%").replace("$", "$$"),
        "schedule",
    ]
    if shutil.which("systemd-analyze") is None:
        return
    unit = tmp_path / "digest.service"
    unit.write_text(text, encoding="utf-8")
    message = subprocess.run(
        ["systemd-analyze", "verify", "--user", unit],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    ).stderr
    assert not [line for line in message.splitlines() if "digest.service" in line], message


def test_the_line_of_cron_starts_the_program(config: Path) -> None:
    (line,) = [line for line in recipe("cron", config).splitlines() if not line.startswith("#")]
    *when, command = line.split(None, 5)
    assert when == ["*/15", "*", "*", "*", "*"]
    assert "%" not in command.replace("\\%", "")
    words = shlex.split(command.replace("\\%", "%"))
    assert words[:3] == ["cd", str(config.parent), "&&"]
    assert words[-4:] == ["--config", str(config), "schedule", "--once"]


def test_the_agent_of_macos_is_a_property_list(config: Path) -> None:
    agent = plistlib.loads(recipe("launchd", config).encode())
    assert agent["ProgramArguments"][-3:] == ["--config", str(config), "schedule"]
    assert agent["WorkingDirectory"] == str(config.parent)
    assert agent["KeepAlive"] is True
    assert agent["Umask"] == 0o077


def test_the_container_runs_as_a_user_without_rights(config: Path) -> None:
    text = recipe("container", config).replace("\\\n", " ")
    steps = [line.split(None, 1) for line in text.splitlines() if line and line[0] != "#"]
    names = [name for name, _ in steps]
    assert names[0] == "FROM"
    assert dict(steps)["USER"] == "10001"
    assert names.index("USER") > max(at for at, name in enumerate(names) if name == "RUN")
    assert dict(steps)["VOLUME"] == dict(steps)["WORKDIR"] == "/data"
    assert dict(steps)["ENTRYPOINT"] == '["digest"]'


def read_yaml(name: str, config: Path) -> dict[Any, Any]:
    form = yaml.safe_load(recipe(name, config))
    assert isinstance(form, dict)
    return form


def test_compose_takes_the_password_from_a_secret(config: Path) -> None:
    form = read_yaml("compose", config)
    service = form["services"]["digest"]
    assert service["user"] == "10001:10001"
    assert service["read_only"] is True
    assert service["volumes"] == ["./data:/data"]
    assert set(service["secrets"]) == set(form["secrets"])
    path = service["environment"]["DIGEST_SMTP_PASSWORD_FILE"]
    assert path == f"/run/secrets/{service['secrets'][0]}"


def test_the_workflow_keeps_its_state_and_publishes(config: Path) -> None:
    form = read_yaml("github-actions", config)
    run, publish = form["jobs"]["run"], form["jobs"]["publish"]
    assert form[True]["schedule"][0]["cron"]  # YAML 1.1 reads the key `on` as true
    assert form["permissions"] == {"contents": "read"}
    assert publish["needs"] == "run"
    keeping = [step for step in run["steps"] if step.get("name") == "Keep the state"]
    assert keeping[0]["if"] == "always()"
    secrets = [step["env"] for step in run["steps"] if "env" in step]
    assert secrets == [{"DIGEST_SMTP_PASSWORD": "${{ secrets.DIGEST_SMTP_PASSWORD }}"}]
    for step in run["steps"]:
        if "run" in step:
            shell = subprocess.run(
                ["sh", "-n"], input=step["run"], text=True, check=False, capture_output=True
            )
            assert shell.returncode == 0, shell.stderr


def test_the_pipeline_keeps_its_state_and_publishes(config: Path) -> None:
    form = read_yaml("gitlab-ci", config)
    assert "digest.db" in form["digest"]["cache"]["paths"]
    assert form["pages"]["artifacts"]["paths"] == ["public"]
    assert form["pages"]["needs"] == ["digest"]
