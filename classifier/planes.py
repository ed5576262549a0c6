"""Separating planes: a linear support vector machine for each question, on the vectors of labelled messages."""

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier import features
from classifier.labels import HEADS, TYPES, BadCorpusError, Row, heads_of
from classifier.model import THRESHOLDS, Model, parts
from classifier.vectors import Reading, Vectoriser

COST = 1.0
BLOCKS = {"type": (0.6, 1.2, 0.67), "urgency": (0.6, 1.2, 1.33), "nature": (0.6, 1.2, 0.8)}
"""How much words, characters and telling words count for a question, measured author by author: characters carry
more than words, and telling words carry urgency most."""
WORDS, CHARACTERS = "words", "characters"
_SEED = 7


def fit(
    rows: Sequence[Row],
    readings: Sequence[Reading],
    left_out: Collection[str] = (),
    types: tuple[str, ...] = TYPES,
) -> Model:
    """Vocabularies and planes; temperature 1 and unmeasured thresholds. `left_out`: a block or features by name."""
    vectoriser = Vectoriser.learn(readings, [row.author for row in rows])
    samples = matrix([vectoriser.columns(reading) for reading in readings], vectoriser.width)
    return machines(rows, vectoriser, samples, left_out, types)


def machines(
    rows: Sequence[Row],
    vectoriser: Vectoriser,
    samples: Any,
    left_out: Collection[str] = (),
    types: tuple[str, ...] = TYPES,
) -> Model:
    """Fit the planes on vectors made already; the weights are those of plain vectors, the blocks' factors folded in."""
    heads = heads_of(types)
    outputs = sum(len(labels) for labels in heads.values())
    weights, bias = np.zeros((vectoriser.width, outputs), np.float32), np.zeros(outputs, np.float32)
    for head, part in parts(heads).items():
        chosen = [i for i, row in enumerate(rows) if row.answers(head, types)]
        factors = scale(head, vectoriser, left_out)
        held = samples[chosen].multiply(factors).tocsr()
        plane, bias[part] = _planes(
            held, [rows[i].label(head) for i in chosen], heads[head], [rows[i].weight for i in chosen]
        )
        weights[:, part] = plane * factors[:, None].astype(np.float32)
    return Model(vectoriser, weights, bias, dict.fromkeys(HEADS, 1.0), dict(THRESHOLDS), {}, heads)


def scale(head: str, vectoriser: Vectoriser, left_out: Collection[str] = ()) -> NDArray[np.float64]:
    """Return the factor of every column for a question."""
    sizes = (len(vectoriser.words.idf), len(vectoriser.chars.idf))
    words, chars, telling = BLOCKS[head]
    blocks = (0.0 if WORDS in left_out else words, 0.0 if CHARACTERS in left_out else chars)
    named = [0.0 if name in left_out else telling for name in features.names()]
    return np.concatenate([*(np.full(size, factor) for size, factor in zip(sizes, blocks, strict=True)), named])


def matrix(columns: Sequence[dict[int, float]], width: int) -> Any:
    """Return the rows as a SciPy matrix with 32-bit indices, which LinearSVC insists on."""
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]  # SciPy publishes no types

    starts = np.cumsum([0, *(len(row) for row in columns)], dtype=np.int32)
    indices = np.fromiter((number for row in columns for number in row), np.int32)
    values = np.fromiter((value for row in columns for value in row.values()), np.float64)
    found = csr_matrix((values, indices, starts), shape=(len(columns), width))
    found.sort_indices()
    return found


def _planes(
    samples: Any, gold: Sequence[str], labels: Sequence[str], weights: Sequence[float]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    from sklearn.svm import LinearSVC

    missing = set(labels) - set(gold)
    if missing:
        raise BadCorpusError(f"the corpus has no message labelled {', '.join(sorted(missing))}")
    machine = LinearSVC(C=COST, class_weight="balanced", random_state=_SEED, max_iter=5_000)
    machine.fit(samples, gold, sample_weight=weights)
    order = [list(machine.classes_).index(label) for label in labels]
    return machine.coef_[order].T.astype(np.float32), machine.intercept_[order].astype(np.float32)
