"""The JSON forms of papers, matches and picks, for `--json` and the library.

The names are a contract (docs/json.md); unknown is null. `pick_from_json` undoes `pick_to_json`.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, TypeAlias

from msgspec.structs import asdict

from digest.model.dates import PartialDate
from digest.model.matches import (
    CountCondition,
    CountRise,
    LearnedScore,
    Match,
    MostSimilar,
    Pick,
    RuleMatch,
    RuleMiss,
    Update,
    WeightedWord,
)
from digest.model.papers import Paper
from digest.model.people import Name
from digest.model.review import DigestEnd, Review, ReviewDay, ReviewLine
from digest.model.summaries import ModelTexts

if TYPE_CHECKING:
    from collections.abc import Mapping

    Json: TypeAlias = dict[str, Any]

_PAPER_FIELDS = Paper.__struct_fields__
_DAYS = ("updated", "first_seen")
_TUPLES = ("categories", "sources", "aliases")


def paper_to_json(paper: Paper) -> Json:
    """Return every field of `paper`, in the order of the model, and `names` after `authors`."""
    result: Json = {}
    for name in _PAPER_FIELDS:
        value = getattr(paper, name)
        if name == "authors":
            result[name] = None if value is None else [str(author) for author in value]
            result["names"] = None if value is None else [name_to_json(author) for author in value]
            continue
        if isinstance(value, PartialDate | date):
            value = value.isoformat()
        elif isinstance(value, tuple):
            value = list(value)
        result[name] = value
    return result


def name_to_json(name: Name) -> Json:
    """Return the known parts of a name."""
    return {part: value for part, value in name._asdict().items() if value}


def paper_from_json(form: Mapping[str, Any]) -> Paper:
    """Parse the result of `paper_to_json`; unknown keys are ignored.

    Without `names`, as in earlier versions, the parts are parsed from `authors`.
    """
    values = {name: form[name] for name in _PAPER_FIELDS if name in form}
    for name in _DAYS:
        if values.get(name) is not None:
            values[name] = date.fromisoformat(values[name])
    for name in _TUPLES:
        if values.get(name) is not None:
            values[name] = tuple(values[name])
    if values.get("published") is not None:
        values["published"] = PartialDate.parse(values["published"])
    if (names := form.get("names")) is not None:
        values["authors"] = tuple(Name(**name) for name in names)
    elif values.get("authors") is not None:
        values["authors"] = tuple(map(Name.parse, values["authors"]))
    return Paper(**values)


def closing_to_json(closing: DigestEnd) -> Json:
    """Return the end of a digest as JSON."""
    return {
        "still": [asdict(line) for line in closing.still],
        "review": None if closing.review is None else _review_to_json(closing.review),
    }


def _review_to_json(review: Review) -> Json:
    return {
        "days": [
            {"day": day.day.isoformat(), "came": day.came, "read": day.read} for day in review.days
        ],
        "dropped": review.dropped,
        "waiting": review.waiting,
        "oldest": review.oldest.isoformat() if review.oldest else None,
        "titles": [asdict(line) for line in review.titles],
    }


def closing_from_json(form: Mapping[str, Any]) -> DigestEnd:
    """Parse the result of `closing_to_json`."""
    review_form = form["review"]
    review = review_form and Review(
        days=tuple(
            ReviewDay(date.fromisoformat(day["day"]), day["came"], day["read"])
            for day in review_form["days"]
        ),
        dropped=review_form["dropped"],
        waiting=review_form["waiting"],
        oldest=date.fromisoformat(review_form["oldest"]) if review_form["oldest"] else None,
        titles=tuple(ReviewLine(**line) for line in review_form["titles"]),
    )
    return DigestEnd(tuple(ReviewLine(**line) for line in form["still"]), review)


def match_to_json(match: Match) -> Json:
    """Return one match as JSON."""
    return {
        "rule": match.rule,
        "keyword": match.keyword,
        "field": match.field,
        "index": match.index,
        "start": match.start,
        "end": match.end,
        "points": match.points,
    }


def pick_to_json(pick: Pick) -> Json:
    """Return all of a pick but its paper, for the library, which keeps it for ever: what is known.

    A match is a list: keyword, field, index, start, end and points.
    """
    form: Json = {
        "score": pick.score,
        "rules": [_rule_to_json(rule) for rule in pick.rules],
        "carried_since": pick.carried_since.isoformat() if pick.carried_since else None,
        "learned": learned_to_json(pick.learned),
        "again": pick.again,
        "rise": rise_to_json(pick.rise),
        "update": update_to_json(pick.update),
        "written": written_to_json(pick.written),
        "more": pick.more,
        "missed": missed_to_json(pick.missed),
    }
    return {name: value for name, value in form.items() if value or name in {"score", "rules"}}


def _rule_to_json(rule: RuleMatch) -> Json:
    form: Json = {
        "rule": rule.rule,
        "points": rule.points,
        "matches": [
            [match.keyword, match.field, match.index, match.start, match.end, match.points]
            if match.rule == rule.rule
            else match_to_json(match)
            for match in rule.matches
        ],
    }
    if rule.weight != 1.0:
        form["weight"] = rule.weight
    if rule.asked:
        form["asked"] = [list(asked) for asked in rule.asked]
    return form


def pick_from_json(form: Mapping[str, Any], paper: Paper) -> Pick:
    """Return the pick of `paper` that `pick_to_json` wrote, in this or an earlier version."""
    since = form.get("carried_since")
    return Pick(
        paper=paper,
        score=form["score"],
        rules=tuple(
            RuleMatch(
                rule["rule"],
                rule["points"],
                tuple(_match_from_json(rule["rule"], match) for match in rule["matches"]),
                rule.get("weight", 1.0),
                tuple(CountCondition(*asked) for asked in rule.get("asked", ())),
            )
            for rule in form["rules"]
        ),
        carried_since=date.fromisoformat(since) if since else None,
        learned=_learned_from_json(form.get("learned")),
        again=form.get("again", False),
        rise=_rise_from_json(form.get("rise")),
        update=_update_from_json(form.get("update")),
        written=_written_from_json(form.get("written")),
        more=form.get("more", ""),
        missed=_missed_from_json(form.get("missed")),
    )


def _match_from_json(rule: str, form: list[Any] | Mapping[str, Any]) -> Match:
    if not isinstance(form, list):
        return Match(**form)  # of another rule, or as earlier versions wrote it
    keyword, field, index, start, end, points = form
    return Match(rule, keyword, field, start, end, points, index)


def written_to_json(written: ModelTexts | None) -> Json | None:
    """Return a model's texts as JSON; None if there are none."""
    return None if written is None else asdict(written)


def _written_from_json(form: Mapping[str, Any] | None) -> ModelTexts | None:
    return None if form is None else ModelTexts(**form)


def update_to_json(update: Update | None) -> Json | None:
    """Return a new version as JSON, or None."""
    if update is None:
        return None
    days = {"moment": update.moment.isoformat(), "sent": update.sent.isoformat()}
    return {**asdict(update), **days, "changed": list(update.changed)}


def _update_from_json(form: Mapping[str, Any] | None) -> Update | None:
    if form is None:
        return None
    days = {name: date.fromisoformat(form[name]) for name in ("moment", "sent")}
    return Update(**{**form, **days, "changed": tuple(form["changed"])})


def missed_to_json(missed: RuleMiss | None) -> Json | None:
    """Return what a rule lacked; None for a paper that is not a near miss."""
    return None if missed is None else {**asdict(missed), "words": list(missed.words)}


def _missed_from_json(form: Mapping[str, Any] | None) -> RuleMiss | None:
    return None if form is None else RuleMiss(**{**form, "words": tuple(form["words"])})


def rise_to_json(rise: CountRise | None) -> Json | None:
    """Return how a count grew; None if none did."""
    return None if rise is None else {**asdict(rise), "since": rise.since.isoformat()}


def _rise_from_json(form: Mapping[str, Any] | None) -> CountRise | None:
    if form is None:
        return None
    return CountRise(**{**form, "since": date.fromisoformat(form["since"])})


def learned_to_json(learned: LearnedScore | None) -> Json | None:
    """Return a paper's learned score and its words; None if only points decided."""
    if learned is None:
        return None
    clues = [{"word": clue.word, "weight": clue.weight} for clue in learned.clues]
    return {"score": learned.score, "words": clues, "like": _like_to_json(learned.like)}


def _like_to_json(like: MostSimilar | None) -> Json | None:
    if like is None:
        return None
    return {
        "id": like.paper,
        "title": like.title,
        "how": like.how,
        "day": like.day.isoformat() if like.day else None,
        "words": list(like.words),
    }


def _learned_from_json(form: Mapping[str, Any] | None) -> LearnedScore | None:
    # Picks of earlier versions have none.
    if form is None:
        return None
    clues = tuple(WeightedWord(**clue) for clue in form["words"])
    return LearnedScore(form["score"], clues, _like_from_json(form.get("like")))


def _like_from_json(form: Mapping[str, Any] | None) -> MostSimilar | None:
    if form is None:
        return None
    day = date.fromisoformat(form["day"]) if form["day"] else None
    return MostSimilar(form["id"], form["title"], form["how"], day, tuple(form["words"]))
