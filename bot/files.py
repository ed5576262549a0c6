"""Files: what people sent, kept in the data directory under names of our own."""

import re
from dataclasses import dataclass
from mimetypes import guess_extension
from pathlib import Path
from secrets import token_hex

FOLDER = "files"
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,8}$")


@dataclass(frozen=True, slots=True)
class Files:
    """The folder of customers' files; what a sender called a file never becomes a path (reliability.md F37)."""

    data_dir: Path

    def save(self, attachment_id: int, content: bytes, name: str, content_type: str) -> str:
        """Keep the bytes and return their path relative to the data directory."""
        named = _EXTENSION.search(name)
        extension = named[0].lower() if named else guess_extension(content_type.partition(";")[0].strip()) or ""
        path = Path(FOLDER) / f"{attachment_id}-{token_hex(8)}{extension}"
        target = self.data_dir / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        return str(path)
