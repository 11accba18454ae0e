"""Let the configured language model, if any, write about the papers of digests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from types import TracebackType
    from typing import Self

    from digest.config import Config
    from digest.library import Library
    from digest.model import Digest, Profile, Selection
    from digest.pipeline.summaries import ModelReport


class SelectionWriter(Protocol):
    """Add a model's texts to selections; close it at the end of the run."""

    @property
    def report(self) -> ModelReport | None:
        """What the model was asked; None without a model."""

    def add(
        self, profile: Profile, selection: Selection, preview: Callable[[Selection], Digest]
    ) -> Selection:
        """Return the selection with texts about the papers that the digest will show."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


class NoWriter:
    """Add nothing: the config has no language model."""

    report = None

    def add(
        self,
        profile: Profile,  # noqa: ARG002 - as in `SelectionWriter`
        selection: Selection,
        preview: Callable[[Selection], Digest],  # noqa: ARG002
    ) -> Selection:
        """Return the selection as it is."""
        return selection

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass


def new_writer(  # noqa: PLR0913 - keywords, each a part of the world
    config: Config,
    library: Library,
    *,
    clock: Callable[[], datetime],
    environment: Mapping[str, str],
    sleep: Callable[[float], None],
    is_online: bool,
) -> SelectionWriter:
    """Return a writer for the configured language model, or one that adds nothing."""
    if config.summaries is None:
        return NoWriter()
    from digest.pipeline.summaries import Writer  # here: few configs use it

    return Writer(
        config.summaries,
        library,
        clock=clock,
        environment=environment,
        sleep=sleep,
        is_online=is_online,
    )
