"""Random sequences of dumps and edits of the config: no paper comes twice or is lost."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from tests.pipeline.world import World

if TYPE_CHECKING:
    from digest.pipeline.run import RunResult

SUBJECTS = ("Pruning", "Routing", "Pruning by routing", "Neither")
TITLES = [f"{subject} {number}" for subject in SUBJECTS for number in range(3)]
RULES = {
    "Pruning": "keywords: [pruning], limit: 1",
    "Routing": "keywords: [routing]",
    "Liked": "query: 'upvotes:>=2'",
}
PROFILES = ("one", "two")


def papers() -> st.SearchStrategy[dict[str, Any]]:
    """Papers that share titles and identifiers, so that they turn out to be one now and then."""
    return st.fixed_dictionaries(
        {"title": st.sampled_from(TITLES)},
        optional={
            "upvotes": st.integers(0, 4),
            "doi": st.sampled_from(["10.1000/a", "10.1000/b"]),
            "arxiv_id": st.sampled_from(["2601.00001", "2601.00002"]),
        },
    )


class Runs(RuleBasedStateMachine):
    """One user's days. What each profile was given is noted from outside, by title."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = TemporaryDirectory()
        self.world = World(Path(self._folder.name) / "home")
        self.dumps = 0
        self.given: defaultdict[str, set[str]] = defaultdict(set)
        self._configure(sorted(RULES), limit="", carry_over=7)

    def teardown(self) -> None:
        self._folder.cleanup()

    @rule(
        names=st.sets(st.sampled_from(sorted(RULES)), min_size=1).map(sorted),
        limit=st.sampled_from(["", "limit: 1, ", "limit: 3, "]),
        carry_over=st.sampled_from([0, 1, 7]),
    )
    def edit(self, names: list[str], limit: str, carry_over: int) -> None:
        self._configure(names, limit=limit, carry_over=carry_over)

    def _configure(self, names: list[str], *, limit: str, carry_over: int) -> None:
        rules = "".join(f"  - {{name: {name}, {RULES[name]}}}\n" for name in names)
        self.world.configure(
            f"sources: [dumps/]\nrules:\n{rules}profiles:\n"
            f"  - {{name: one, {limit}carry_over: {carry_over}}}\n"
            f"  - {{name: two, rules: [{names[0]}], timezone: Pacific/Auckland,"
            " formats: [markdown]}\n"
        )

    @rule(found=st.lists(papers(), min_size=1, max_size=4))
    def a_dump_comes(self, found: list[dict[str, Any]]) -> None:
        self.dumps += 1
        self.world.drop(f"dump-{self.dumps}", *found)

    @rule(hours=st.sampled_from([1, 24, 100]))
    def time_passes(self, hours: int) -> None:
        self.world.wait(days=hours / 24)

    @rule(names=st.sampled_from([PROFILES, *((name,) for name in PROFILES)]))
    def run(self, names: tuple[str, ...]) -> None:
        result = self.world.run(*names)
        assert result.complete
        self._note(result)
        before = self.world.tree()
        second = self.world.run(*names)
        assert all(profile.digest is None for profile in second.profiles)
        assert self.world.tree() == before

    def _note(self, result: RunResult) -> None:
        with self.world.library() as library:
            for served in result.profiles:
                name, digest = served.profile.name, served.digest
                kept = {item.paper for item in library.profiles.carried_over(name)}
                picked = {pick.paper.id for pick in served.selection.picks}
                if digest is None:
                    assert picked <= kept, "what was selected once stays until it is delivered"
                    continue
                delivered = [entry.paper.id for entry in (*digest.entries, *digest.listed)]
                left = {entry.paper.id for entry in digest.carried_over}
                assert left == kept
                assert picked == left.union(delivered)
                assert len(delivered) == len(set(delivered))
                assert left.isdisjoint(delivered)
                for identifier in delivered:
                    paper = library.papers.get(identifier)
                    assert paper is not None
                    names = {paper.id, *paper.aliases}
                    assert names.isdisjoint(self.given[name]), "nothing comes twice"
                    self.given[name].update(names)


TestRuns = Runs.TestCase
TestRuns.settings = settings(
    max_examples=25,
    stateful_step_count=14,
    phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
)
