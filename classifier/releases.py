"""Trained models side by side, and the pointer that says which one serves."""

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from classifier.model import BadModelError, load

_POINTER, _PREVIOUS = "current", "previous"
_PACKAGED = "packaged"
"""What a pointer says of the model that comes with the program."""
_RECORD = "release.json"


def promote(candidate_dir: Path, models_dir: Path, record: Mapping[str, Any] | None = None) -> Path:
    """Copy a sound model below `models_dir` under its version and point to it; BadModelError for a damaged one.

    `record` says how the promotion came about and is kept beside the model.
    """
    version = str(load(candidate_dir).card["version"])
    home = models_dir / version
    if candidate_dir.resolve() != home.resolve():
        partial = models_dir / f".{version}.partial"
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(candidate_dir, partial)
        shutil.rmtree(home, ignore_errors=True)
        partial.rename(home)
    if record is not None:
        about = {"before": _read(models_dir / _POINTER) or _PACKAGED, **record}
        (home / _RECORD).write_text(json.dumps(about, ensure_ascii=False, indent=1) + "\n", "utf-8")
    _serve(version, models_dir)
    return home


def record_of(model_dir: Path) -> dict[str, Any]:
    """Return how a model was promoted, empty if that is not known."""
    try:
        return dict(json.loads((model_dir / _RECORD).read_text("utf-8")))
    except (OSError, ValueError):
        return {}


def rollback(models_dir: Path) -> Path | None:
    """Point back to the model that served before, None for the packaged one; BadModelError when there is none."""
    before = _read(models_dir / _PREVIOUS)
    if not before:
        raise BadModelError("no earlier model is kept")
    if before == _PACKAGED:
        _serve(before, models_dir)
        return None
    return promote(models_dir / before, models_dir)


def current(models_dir: Path) -> Path | None:
    """Return the directory of the serving model, or None for the packaged one."""
    version = _read(models_dir / _POINTER)
    return models_dir / version if version and version != _PACKAGED else None


def _serve(version: str, models_dir: Path) -> None:
    before = _read(models_dir / _POINTER) or _PACKAGED
    if before != version:
        _point(models_dir / _PREVIOUS, before)
    _point(models_dir / _POINTER, version)


def _read(pointer: Path) -> str:
    try:
        return Path(pointer.read_text("utf-8").strip()).name
    except (OSError, UnicodeDecodeError):
        return ""


def _point(pointer: Path, version: str) -> None:
    fresh = pointer.with_suffix(".new")
    fresh.write_text(version + "\n", "utf-8")
    os.replace(fresh, pointer)  # noqa: PTH105 - the atomic call, named as such
