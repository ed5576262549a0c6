"""Training: the same bytes twice, agreement with scikit-learn, and what is refused."""

from pathlib import Path

import numpy as np
import pytest

from classifier import releases
from classifier.evaluate import evaluate
from classifier.labels import HEADS, BadCorpusError, Row, read_rows
from classifier.model import parts
from classifier.planes import fit, matrix, scale
from classifier.suggest import PACKAGED, Classifier
from classifier.train import train
from classifier.vectors import char_terms, read, word_terms

CORPUS = sorted((PACKAGED.parent / "corpus").glob("*.jsonl"))


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return read_rows(CORPUS)


def test_our_vectors_and_planes_agree_with_scikit_learn(rows: list[Row]) -> None:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC

    chosen = rows[:: max(1, len(rows) // 300)]
    readings = [read(row.text) for row in chosen]
    model = fit(chosen, readings)
    for vocabulary, terms in ((model.vectoriser.words, word_terms), (model.vectoriser.chars, char_terms)):
        theirs = TfidfVectorizer(analyzer=terms, sublinear_tf=True, vocabulary=vocabulary.index)
        expected = theirs.fit_transform(readings)
        ours = matrix([vocabulary.weigh(terms(reading)) for reading in readings], len(vocabulary.idf))
        assert abs(ours - expected).max() < 1e-9
    columns = matrix([model.vectoriser.columns(reading) for reading in readings], model.vectoriser.width)
    machine = LinearSVC(C=1.0, class_weight="balanced", random_state=7, max_iter=5_000).fit(
        scaled := columns.multiply(scale("type", model.vectoriser)).tocsr(), [row.type for row in chosen]
    )
    theirs_by_label = machine.decision_function(scaled)[
        :, [list(machine.classes_).index(label) for label in HEADS["type"]]
    ]
    ours_by_label = np.array([model.decide(model.vectoriser.columns(reading))[parts()["type"]] for reading in readings])
    assert len(readings) >= 200
    assert np.abs(theirs_by_label - ours_by_label).max() < 1e-4
    assert (theirs_by_label.argmax(1) == ours_by_label.argmax(1)).all()


@pytest.fixture(scope="module")
def little_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    lines = [line for path in CORPUS for line in path.read_text("utf-8").splitlines()]
    path = tmp_path_factory.mktemp("corpus") / "little.jsonl"
    path.write_text("\n".join(lines[:: max(1, len(lines) // 250)]) + "\n", "utf-8")
    return path


def test_training_twice_gives_the_same_bytes_and_the_model_can_be_promoted(little_corpus: Path, tmp_path: Path) -> None:
    steps: list[tuple[str, int, int]] = []
    report = train([little_corpus], tmp_path / "one", lambda *step: steps.append(step)).report
    train([little_corpus], tmp_path / "two", lambda *_: None)
    for name in ("model.json", "weights.npz", "report.json", "manifest.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    assert steps[-1][1] == steps[-1][2]
    assert "macro F1" in report.text()
    assert evaluate(tmp_path / "one", read_rows([little_corpus])).heads["type"].macro_f1 > report.heads["type"].macro_f1
    models = tmp_path / "models"
    assert releases.current(models) is None
    first = releases.promote(PACKAGED, models)
    second = releases.promote(tmp_path / "one", models)
    assert releases.current(models) == second != first
    assert releases.rollback(models) == first == releases.current(models)
    assert Classifier.load(releases.current(models)).degraded == ""


@pytest.mark.parametrize(
    "line",
    [
        "not json", "[]", "{}",
        '{"id": "1", "text": "x", "type": "bugs", "urgency": "routine", "nature": "product"}',
        '{"id": "1", "text": "x", "type": "other", "urgency": "routine", "nature": "none"}',
        '{"id": "1", "text": "x", "type": "bug", "urgency": "none", "nature": "product"}',
    ],
)  # fmt: skip
def test_a_wrong_row_names_its_place(line: str, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(line + "\n", "utf-8")
    with pytest.raises(BadCorpusError, match=r"rows\.jsonl:1"):
        read_rows([path])


def test_too_few_messages_of_a_label_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"id": "1", "text": "x", "type": "bug", "urgency": "urgent", "nature": "product"}\n', "utf-8")
    with pytest.raises(BadCorpusError, match="at least"):
        train([path], tmp_path / "out", lambda *_: None)
