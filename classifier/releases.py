"""Trained models side by side, and the pointer that says which one serves."""

import os
import shutil
from pathlib import Path

from classifier.model import BadModelError, load

_POINTER, _PREVIOUS = "current", "previous"


def promote(candidate_dir: Path, models_dir: Path) -> Path:
    """Copy a sound model below `models_dir` under its version and point to it; BadModelError for a damaged one."""
    version = str(load(candidate_dir).card["version"])
    home = models_dir / version
    if candidate_dir.resolve() != home.resolve():
        partial = models_dir / f".{version}.partial"
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(candidate_dir, partial)
        shutil.rmtree(home, ignore_errors=True)
        partial.rename(home)
    serving = _read(models_dir / _POINTER)
    if serving and serving != version:
        _point(models_dir / _PREVIOUS, serving)
    _point(models_dir / _POINTER, version)
    return home


def rollback(models_dir: Path) -> Path:
    """Point back to the model that served before; BadModelError when there is none or it is damaged."""
    before = _read(models_dir / _PREVIOUS)
    if not before:
        raise BadModelError("no earlier model is kept")
    return promote(models_dir / before, models_dir)


def current(models_dir: Path) -> Path | None:
    """Return the directory of the serving model, or None for the packaged one."""
    version = _read(models_dir / _POINTER)
    return models_dir / version if version else None


def _read(pointer: Path) -> str:
    try:
        return Path(pointer.read_text("utf-8").strip()).name
    except (OSError, UnicodeDecodeError):
        return ""


def _point(pointer: Path, version: str) -> None:
    fresh = pointer.with_suffix(".new")
    fresh.write_text(version + "\n", "utf-8")
    os.replace(fresh, pointer)  # noqa: PTH105 - the atomic call, named as such
