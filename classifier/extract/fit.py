"""Fits the tagger to annotated messages: `python -m classifier.extract.fit` (scikit-learn, never needed to serve)."""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from classifier.extract.pieces import Piece, pieces
from classifier.extract.score import TAUGHT, Message, read_messages
from classifier.extract.tagger import BOXES, features

_SHARE = 0.4
"""A piece belongs to the box that holds this share of its characters; wishes and dates are no part of an annotation."""
_SEEN = 2
_STRENGTH = 5.0
_STEP = 0.4
"""How much a neighbour's box counts; found with one author left out at a time, as the strength was."""


def fit(messages: Iterable[Message]) -> dict[str, Any]:
    """Return what data/tagger.json holds: the authors learnt from, and the weights of each feature by box."""
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    learnt = list(messages)
    found: list[dict[str, float]] = []
    told: list[list[str]] = []
    for message in learnt:
        cut = pieces(message.text, message.at)
        found += features(cut)
        told.append(_boxes(message, cut))
    boxes = [box for line in told for box in line]
    seen = Counter(name for each in found for name, value in each.items() if value)
    kept = [{name: value for name, value in each.items() if seen[name] >= _SEEN} for each in found]
    names = DictVectorizer(sort=True)
    model = LogisticRegression(C=_STRENGTH, max_iter=5_000, class_weight="balanced", fit_intercept=False)
    model.fit(names.fit_transform(kept), boxes)
    order = [list(model.classes_).index(box) for box in BOXES]
    rows = model.coef_[order].T.round(3).tolist()
    return {
        "authors": sorted({message.author for message in learnt}),
        "boxes": list(BOXES),
        "steps": _steps(told),
        "weights": dict(zip(names.get_feature_names_out().tolist(), rows, strict=True)),
    }


def _steps(told: list[list[str]]) -> list[list[float]]:
    """Return the logarithm of how much likelier each box is after another one (last line: at the beginning)."""
    import numpy as np

    seen = np.ones((len(BOXES) + 1, len(BOXES)))
    for line in told:
        before = len(BOXES)
        for box in line:
            seen[before, BOXES.index(box)] += 1
            before = BOXES.index(box)
    share = seen.sum(axis=0) / seen.sum()
    steps: list[list[float]] = (_STEP * np.log(seen / seen.sum(axis=1, keepdims=True) / share)).round(3).tolist()
    return steps


def _boxes(message: Message, cut: Sequence[Piece]) -> list[str]:
    """Return the box that the annotation gives to each piece."""
    owner = [""] * len(message.text)
    for box in reversed(BOXES[1:]):
        whole = message.gold.get(box, "")
        for stretch in [whole] if whole in message.text else whole.split("，"):
            at = message.text.find(stretch) if stretch else -1
            if at >= 0:
                owner[at : at + len(stretch)] = [box] * len(stretch)
    return [_most(owner[piece.start : piece.end]) for piece in cut]


def _most(owners: list[str]) -> str:
    counted = Counter(owner for owner in owners if owner).most_common(1)
    return counted[0][0] if counted and counted[0][1] >= _SHARE * len(owners) else ""


def main() -> None:
    """Learn from these authors only and write the packaged weights."""
    data = Path(__file__).parent.parent / "data"
    learnt = fit(read_messages(data / "fields" / f"hand_{author}.jsonl" for author in TAUGHT))
    (data / "tagger.json").write_text(json.dumps(learnt, ensure_ascii=False, separators=(",", ":")), "utf-8")
    sys.stdout.write(f"{len(learnt['weights'])} features\n")


if __name__ == "__main__":
    main()
