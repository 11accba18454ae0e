"""The options and the results of one call of `digest run`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

if TYPE_CHECKING:
    from datetime import date

    from digest.errors import DigestError
    from digest.library import Delivery
    from digest.linting.rule_changes import RuleChange
    from digest.model import Digest, Profile, Refusal, Selection
    from digest.pipeline.fetch import DuePage
    from digest.pipeline.ingest import Intake
    from digest.pipeline.publish import PublishedDigest
    from digest.pipeline.summaries import ModelReport
    from digest.reading_list.sync import ListProblem


class Options(Struct, frozen=True):
    """The arguments of one run."""

    profiles: tuple[Profile, ...]
    day: date | None = None
    """The run's day, instead of today; the digest's time is then the profile's `at`."""
    since: date | None = None
    """Also consider papers that a dump showed on this day or later."""
    rules: tuple[str, ...] = ()
    """Look back for these rules only; the profiles' other rules lose nothing."""
    dry: bool = False
    """Deliver nothing; the library must be a scratch library."""
    offline: bool = False
    """Ask no service; read what is stored."""
    keep: bool = True
    """Whether the result holds the papers of each digest; without them, the result of thousands of
    profiles stays small."""


class ProfileResult(Struct, frozen=True):
    """What one profile got in one run."""

    profile: Profile
    day: date
    selection: Selection
    digest: Digest | None = None
    """None if the profile already had today's digest and nothing new was selected."""
    published: PublishedDigest | None = None
    """None without a digest, and in a dry run."""
    deliveries: tuple[Delivery, ...] = ()
    """The deliveries of the digest, in their state after this run."""
    shown: int = 0
    """The number of papers in the digest."""

    def without_papers(self) -> ProfileResult:
        """Return the result without the papers of its selection and digest."""
        selection = replace(self.selection, picks=())
        if self.digest is None:
            return replace(self, selection=selection)
        digest = self.digest.without_papers()
        published = self.published and replace(self.published, digest=digest)
        return replace(self, selection=selection, digest=digest, published=published)


class ProfileFault(Struct, frozen=True):
    """Why a profile's digest could not be made; the next run tries again."""

    profile: Profile
    error: DigestError


class RunResult(Struct, frozen=True):
    """Everything that one run did."""

    sources: tuple[Intake, ...]
    profiles: tuple[ProfileResult, ...]
    """Without the profiles in `faults`."""
    waiting: tuple[Delivery, ...]
    """Deliveries of this and earlier runs that are not done, and those that this run gave up."""
    lists: tuple[ListProblem, ...] = ()
    """Reading lists whose files were left unchanged."""
    faults: tuple[ProfileFault, ...] = ()
    site_error: str = ""
    """Why the site could not be built; the next run builds it."""
    rule_changes: tuple[RuleChange, ...] = ()
    """What an edit of the config changed since the last run."""
    due: tuple[DuePage, ...] = ()
    """In a dry run: what the run would have asked of services."""
    model: ModelReport | None = None
    """The requests to the language model; None if the config has none."""

    @property
    def refused(self) -> tuple[Refusal, ...]:
        """All refusals, dump by dump."""
        return tuple(refusal for source in self.sources for refusal in source.refused)

    @property
    def notes(self) -> tuple[Refusal, ...]:
        """What was left out because it is not a paper, and what was not understood."""
        return tuple(note for source in self.sources for note in source.notes)

    @property
    def complete(self) -> bool:
        """Whether nothing failed, nothing was refused and no delivery waits."""
        failed = any(source.state == "failed" for source in self.sources)
        return not (
            failed
            or self.refused
            or self.waiting
            or self.lists
            or self.faults
            or self.site_error
            or (self.model and self.model.is_fault)
        )
