"""The protobuf frame `pbbp2.Frame` of the long connection, read and written by hand: nine fields need no compiler."""

from dataclasses import dataclass, replace

CONTROL, DATA = 0, 1
VARINT, BYTES = 0, 2


@dataclass(frozen=True)
class Frame:
    """One frame; `headers` keeps its order."""

    method: int
    service: int
    headers: tuple[tuple[str, str], ...]
    payload: bytes = b""
    seq_id: int = 0
    log_id: int = 0

    def header(self, key: str) -> str:
        """Find the first header of that name, or an empty text."""
        return next((value for name, value in self.headers if name == key), "")


def encode(frame: Frame) -> bytes:
    """Write the bytes of a frame; the four required numbers are always written."""
    numbers = ((1, frame.seq_id), (2, frame.log_id), (3, frame.service), (4, frame.method))
    out = b"".join(_tag(number, VARINT) + _varint(value) for number, value in numbers)
    for key, value in frame.headers:
        out += _field(5, _field(1, key.encode()) + _field(2, value.encode()))
    return out + (_field(8, frame.payload) if frame.payload else b"")


def decode(raw: bytes) -> Frame:
    """Read the frame in `raw`; unknown fields are skipped; ValueError when it is broken."""
    frame = Frame(CONTROL, 0, ())
    names = {1: "seq_id", 2: "log_id", 3: "service", 4: "method", 8: "payload"}
    for number, value in _fields(raw):
        if number == 5 and isinstance(value, bytes):  # noqa: PLR2004 - the field number of headers
            pair = dict(_fields(value))
            frame = replace(frame, headers=(*frame.headers, (_text(pair.get(1)), _text(pair.get(2)))))
        elif number in names:
            frame = replace(frame, **{names[number]: value})  # type: ignore[arg-type]  # typed by the field number
    return frame


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else ""


def _tag(number: int, wire: int) -> bytes:
    return _varint(number << 3 | wire)


def _field(number: int, value: bytes) -> bytes:
    return _tag(number, BYTES) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:  # noqa: PLR2004 - seven bits a byte
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def _fields(raw: bytes) -> list[tuple[int, int | bytes]]:
    found: list[tuple[int, int | bytes]] = []
    at = 0
    while at < len(raw):
        tag, at = _read_varint(raw, at)
        value, at = _read_varint(raw, at)
        if tag & 7 == BYTES:
            if at + value > len(raw):
                raise ValueError("frame ends inside a field")
            found.append((tag >> 3, raw[at : at + value]))
            at += value
        elif tag & 7 == VARINT:
            found.append((tag >> 3, value))
        else:
            raise ValueError(f"wire type {tag & 7} does not occur in a frame")
    return found


def _read_varint(raw: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(raw):
        value |= (raw[at] & 0x7F) << shift
        shift += 7
        at += 1
        if not raw[at - 1] & 0x80:
            return value, at
    raise ValueError("frame ends inside a number")
