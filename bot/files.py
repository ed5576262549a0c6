"""Files of customers and agents, kept in the data directory under names of our own making."""

import mimetypes
import os
import re
import secrets
from pathlib import Path

FOLDER = "files"
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,8}")
_PER_FOLDER = 1000


def save(data_dir: Path, attachment: int, content: bytes, name: str, content_type: str) -> str:
    """Keep bytes durably and return their path relative to the data directory. Of the name only a plain suffix counts.

    Raises OSError if the disk is full or failing.
    """
    folder = data_dir / FOLDER / str(attachment // _PER_FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{attachment}-{secrets.token_hex(8)}{_suffix(name, content_type)}"
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return path.relative_to(data_dir).as_posix()


def discard(data_dir: Path, path: str) -> None:
    """Delete a kept file; raises OSError if it is there and cannot be deleted, ValueError if it lies elsewhere."""
    place = (data_dir / path).resolve()
    if not place.is_relative_to(data_dir.resolve() / FOLDER):
        raise ValueError("the file is none of those kept here")
    place.unlink(missing_ok=True)


def _suffix(name: str, content_type: str) -> str:
    given = Path(name.replace("\\", "/")).suffix
    if _SUFFIX.fullmatch(given):
        return given.lower()
    return mimetypes.guess_extension(content_type.partition(";")[0].strip().lower()) or ""
