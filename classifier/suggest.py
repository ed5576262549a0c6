"""What a message is about, as a suggestion to people: value, confidence, the words that say so, or abstention."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from classifier import features, rules, words
from classifier.extract.deadline import deadlines
from classifier.labels import TYPES
from classifier.model import OTHER, THRESHOLDS, BadModelError, Model, Scores, load
from classifier.reasons import Reasons
from classifier.taxonomy import BUILT_IN, Taxonomy
from classifier.vectors import Reading, read

PACKAGED = Path(__file__).parent / "data" / "model"

FLOOR_CONFIDENCE = 0.9
"""A parsed deadline decides the urgency by rule (labels.md U3, I2), not by likelihood."""

# Telling words of a request: with one of them a message is no small talk, unless it has small talk's own words too.
_OF_REQUESTS = frozenset({
    "failure", "stopped", "money", "safety", "due_word", "bespoke", "own_system", "add", "clumsy",
    "lack", "cosmetic", "privacy", "legal", "demand", "grievance", "paper", "price", "office",
    "self_error", "delivery", "training", "how", "ability", "own_format", "urgent", "urgency_topic",
})  # fmt: skip
_OF_SMALL_TALK = frozenset(
    {"status", "cancel", "human", "chitchat", "spam", "thanks", "ack", "greet", "attachment", "opening"}
)
_LEVELS = ("routine", "important", "urgent")
_FAR = "下个月"


@dataclass(frozen=True, slots=True)
class Guess:
    """One suggested value. `sure` False means: ask instead of pre-filling; `because` is Chinese, for people.

    Sure is a promise kept on messages of authors unknown to the model: 95 of 100 sure values were right
    (classifier/calibration.py). An unlikely value may come first: urgent costs most when it is missed. `among` are all
    the types of the deployment it may be, where the model knows only the kind they are like; then it is not sure.
    """

    value: str
    confidence: float
    because: tuple[str, ...]
    sure: bool
    runner_up: str
    among: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The three guesses and the probabilities that policies need; `degraded` says why only rules answered."""

    type: Guess
    urgency: Guess
    nature: Guess
    p_request: float
    p_urgent: float
    degraded: str
    p_complaint: float = 0.0


@dataclass(frozen=True, slots=True)
class Classifier:
    """A loaded model, or the rules that stand in for it."""

    model: Model | None
    degraded: str
    meaning: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What each class means in the deployment's own types, where that is not the class itself."""

    @classmethod
    def load(cls, directory: Path | None = None, taxonomy: Taxonomy = BUILT_IN) -> "Classifier":
        """Return the model of a directory (packaged by default), or the rules with `degraded` set. Takes a second.

        A model that knows types which the taxonomy does not is refused like a damaged one.
        """
        words.prepare()
        try:
            model = _loaded(directory, taxonomy)
        except BadModelError as error:
            return cls(None, f"智能分类不可用,已按规则({error})", taxonomy.meaning(TYPES))
        return cls(model, "", taxonomy.meaning(model.heads["type"]))

    def suggest(self, text: str, now: datetime | None = None) -> Suggestion:
        """Suggest type, urgency and nature from the first 2,000 characters; `now` sharpens deadlines given as dates."""
        reading = read(text)
        scores, because = self._scores(reading)
        p_other = scores["type"].of("other")
        limits = because.thresholds
        if p_other >= limits[OTHER] and _may_be_small_talk(reading):
            return self._own(_small_talk(scores, because, self.degraded))
        nature = _guess("nature", scores["nature"].ranked(), because)
        urgency = _lifted(_guess("urgency", scores["urgency"].ranked(), because), nature)
        found = Suggestion(
            type=_request_type(scores["type"], because, self.meaning),
            urgency=_at_least(
                self._unhurried(urgency, text, now), *_deadline_floor(text if now else reading.folded, now)
            ),
            nature=nature,
            p_request=1 - p_other,
            p_urgent=scores["urgency"].of("urgent"),
            degraded=self.degraded,
            p_complaint=scores["nature"].of("complaint"),
        )
        return self._own(found)

    def _unhurried(self, urgency: Guess, text: str, now: datetime | None) -> Guess:
        """Judge a date of more than a week ahead as what it is: the model knows no date but those told by their names.

        labels.md 2e: deadlines beyond seven days are routine, unless something else in the message says otherwise.
        """
        if now is None or urgency.value == "routine":
            return urgency
        dues = deadlines(text, now)
        dated = [due for due in dues if any(char.isdecimal() for char in text[due.start : due.end])]
        if not dues or len(dated) < len(dues) or any(due.when - now <= timedelta(days=7) for due in dues):
            return urgency  # 月底 and 下周 are important however far they are (I2)
        told = text
        for due in sorted(dues, key=lambda due: due.start, reverse=True):
            told = f"{told[: due.start]}{_FAR}{told[due.end :]}"
        reading = read(told)
        scores = self.model.scores(reading)[0] if self.model else rules.scores(reading)
        value, confidence = scores["urgency"].ranked()[0]
        if _LEVELS.index(value) >= _LEVELS.index(urgency.value):
            return urgency
        limit = (self.model.thresholds if self.model else THRESHOLDS)["urgency"]
        because = (f"期限: {text[dues[0].start : dues[0].end].strip()}",)
        return Guess(value, confidence, because, confidence >= limit, urgency.value)

    def _own(self, found: Suggestion) -> Suggestion:
        return replace(found, type=_meant(found.type, self.meaning)) if self.meaning else found

    def _scores(self, reading: Reading) -> "tuple[dict[str, Scores], _Because]":
        if self.model is None:
            return rules.scores(reading), _Because(reading, THRESHOLDS, None)
        scores, columns = self.model.scores(reading)
        return scores, _Because(reading, self.model.thresholds, Reasons(self.model, reading, columns))

    def describe(self) -> dict[str, Any]:
        """Return the model card: version, corpus size and hash, method, macro F1; empty for the rules."""
        return dict(self.model.card) if self.model else {}


def describe(directory: Path | None = None, taxonomy: Taxonomy = BUILT_IN) -> dict[str, Any]:
    """Return the model card of a directory, the packaged one by default; `degraded` instead if it cannot be used."""
    try:
        return dict(_loaded(directory, taxonomy).card)
    except BadModelError as error:
        return {"degraded": str(error)}


def _loaded(directory: Path | None, taxonomy: Taxonomy) -> Model:
    model = load(directory or PACKAGED)
    if foreign := taxonomy.foreign(model.heads["type"]):
        raise BadModelError(f"模型的类型 {'、'.join(foreign)} 不在规则的 types 里")
    return model


@dataclass(frozen=True, slots=True)
class _Because:
    reading: Reading
    thresholds: dict[str, float]
    reasons: Reasons | None

    def words(self, head: str, value: str, rival: str) -> tuple[str, ...]:
        if self.reasons is None:
            return rules.reasons(self.reading, head, value)
        return self.reasons.of(head, value, rival)


def _guess(head: str, ranked: list[tuple[str, float]], because: _Because) -> Guess:
    (value, confidence), (rival, _) = ranked[:2]
    return Guess(value, confidence, because.words(head, value, rival), confidence >= because.thresholds[head], rival)


def _small_talk(scores: dict[str, Scores], because: _Because, degraded: str) -> Suggestion:
    kind = _guess("type", scores["type"].ranked(), because)
    nothing = Guess("none", kind.confidence, (), kind.sure, "none")
    p_other = scores["type"].of("other")
    return Suggestion(kind, nothing, nothing, 1 - p_other, (1 - p_other) * scores["urgency"].of("urgent"), degraded)


def _may_be_small_talk(reading: Reading) -> bool:
    found = reading.hits.keys()
    return not _OF_REQUESTS & found or bool(_OF_SMALL_TALK & found)


def _request_type(scores: Scores, because: _Because, meaning: Mapping[str, tuple[str, ...]]) -> Guess:
    ranked = scores.ranked()
    if meaning:  # a class that means nothing here is no answer, its share is nobody's
        ranked.sort(key=lambda pair: not meaning[pair[0]])
    if ranked[0][0] == "other":  # not certain enough to be small talk: the best request type, unsure
        ranked = [pair for pair in ranked if pair[0] != "other"]
    return _guess("type", ranked, because)


def _meant(guess: Guess, meaning: Mapping[str, tuple[str, ...]]) -> Guess:
    """Return a guess of a class as a guess of the deployment's own types: sure only if one of them alone is meant."""
    own = meaning[guess.value]
    rival = next((key for key in meaning[guess.runner_up] if key not in own), "")
    if len(own) == 1:
        return replace(guess, value=own[0], runner_up=rival)
    return replace(guess, value=own[0], runner_up=own[1], among=own, sure=False)


def _lifted(urgency: Guess, nature: Guess) -> Guess:
    """Return the urgency with routine lifted to important for a complaint (labels.md section 2, defaults)."""
    if nature.value != "complaint" or urgency.value != "routine":
        return urgency
    return Guess("important", nature.confidence, nature.because, nature.sure, "routine")


def _at_least(guess: Guess, floor: str, span: str) -> Guess:
    if not floor or _LEVELS.index(floor) <= _LEVELS.index(guess.value):
        return guess
    return Guess(floor, FLOOR_CONFIDENCE, (f"期限: {span}",), sure=True, runner_up=guess.value)


def _deadline_floor(text: str, now: datetime | None) -> tuple[str, str]:
    """Return the least urgency that a stated deadline allows; dates count only where `now` is known."""
    dues = [due for due in deadlines(text, now or features.REFERENCE) if now or due.relative]
    if not dues:
        return "", ""
    due = min(dues, key=lambda due: due.when)
    left = due.when - (now or features.REFERENCE)
    level = "urgent" if left <= timedelta(hours=24) else "important" if left <= timedelta(days=7) else ""
    return level, text[due.start : due.end].strip()
