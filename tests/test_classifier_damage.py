"""A model that was damaged, swapped or made by others: refused, and the rules answer visibly."""

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from classifier import releases
from classifier.model import BadModelError, load
from classifier.suggest import PACKAGED, Classifier


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PACKAGED, tmp_path / "model"))


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))


@pytest.mark.parametrize("name", ["model.json", "weights.npz", "report.json", "manifest.json"])
@pytest.mark.parametrize("damage", ["missing", "empty", "truncated", "one bit", "directory"])
def test_a_damaged_model_degrades_to_rules_and_says_so(copy: Path, name: str, damage: str) -> None:
    path = copy / name
    if damage == "one bit":
        _flip(path)
    elif damage == "truncated":
        path.write_bytes(path.read_bytes()[:-20])
    elif damage == "empty":
        path.write_bytes(b"")
    else:
        path.unlink()
    if damage == "directory":
        path.mkdir()
    degraded = Classifier.load(copy)
    assert "智能分类不可用,已按规则" in degraded.degraded
    suggestion = degraded.suggest("结账一直报错,全店都收不了款")
    assert suggestion.degraded == degraded.degraded
    assert (suggestion.type.value, suggestion.nature.value) == ("bug", "product")
    assert not suggestion.type.sure
    assert degraded.suggest("谢谢").type.value == "other"


def test_a_pickle_in_the_weights_is_not_run(copy: Path, tmp_path: Path) -> None:
    canary = tmp_path / "canary"

    class Evil:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return (Path.touch, (str(canary),))

    with (copy / "weights.npz").open("wb") as file:
        np.savez(file, weights=np.array([Evil()], dtype=object))
    _seal(copy)
    with pytest.raises(BadModelError):
        load(copy)
    assert not canary.exists()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("format", 99),
        ("words_version", "0"),
        ("features", ["x"]),
        ("temperatures", {"type": 0, "urgency": 1, "nature": 1}),
        ("thresholds", {"type": 0.8}),
        ("thresholds", dict.fromkeys(("type", "urgency", "nature", "other", "urgent"), 2.0)),
        ("char_terms", []),
    ],
)
def test_a_model_of_another_make_is_refused_even_with_matching_hashes(copy: Path, key: str, value: object) -> None:
    path = copy / "model.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | {key: value}), "utf-8")
    _seal(copy)
    with pytest.raises(BadModelError):
        load(copy)


def _seal(directory: Path) -> None:
    names = ("model.json", "weights.npz", "report.json")
    hashes = {name: hashlib.sha256((directory / name).read_bytes()).hexdigest() for name in names}
    (directory / "manifest.json").write_text(json.dumps(hashes), "utf-8")


def test_a_damaged_candidate_is_not_promoted(copy: Path, tmp_path: Path) -> None:
    _flip(copy / "weights.npz")
    with pytest.raises(BadModelError):
        releases.promote(copy, tmp_path / "models")
    assert releases.current(tmp_path / "models") is None
