"""Sheets: the rows of a CSV or XLSX file as text by field, whatever its encoding and the order of its columns."""

import csv
import io
import re
import unicodedata
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from handlers.intake.form import LABELS

LARGEST = 20 << 20
"""Bytes of a file."""
UNPACKED = 200 << 20
"""Bytes of an XLSX once unpacked: a small file may unpack to more than the machine has."""
MOST_ROWS, MOST_COLUMNS, MOST_SCANNED = 10_000, 100, 50_000

# What people call the columns besides the labels of the form and the keys.
_ALSO = {
    "company": ("公司名称", "客户", "客户名称", "客户公司", "单位"),
    "contact": ("姓名", "联系人姓名", "客户姓名", "称呼", "name"),
    "title": ("职位",),
    "phone": ("手机", "手机号", "联系电话", "联系方式", "电话号码", "mobile", "tel"),
    "email": ("电子邮箱", "电子邮件", "邮箱地址", "e-mail", "mail"),
    "industry": ("所属行业",),
    "background": ("背景",),
    "description": ("描述", "需求具体描述", "需求内容", "问题描述", "需求", "内容"),
    "expected": ("期望", "期望结果"),
    "impact": ("影响",),
    "wanted_by": ("期望时间", "截止时间", "截止日期", "期望完成日期", "deadline"),
    "urgency": ("优先级",),
    "type": ("类型",),
    "history": ("历史需求记录",),
    "source": ("需求来源", "渠道", "反馈渠道", "channel"),
    # Not 编号 or id: in many files these only count the rows, and two files would be taken for one.
    "origin": ("单号", "工单号", "工单编号", "外部单号"),
    "reporter": ("反馈人", "提交人", "记录人", "录入人"),
    "at": ("时间", "日期", "提交时间", "反馈日期", "date", "time"),
}
_KEYS = (
    {key: key for key in LABELS}
    | {label: key for key, label in LABELS.items()}
    | {name: key for key, names in _ALSO.items() for name in names}
)

_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*\bref="([A-Z]+([0-9]+):[A-Z]+([0-9]+))"')
# What a formula shows that cannot be worked out.
_FAULTS = {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"}


class BadSheetError(Exception):
    """The file cannot be read as a table; the exception's text is one line in Chinese."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number as the file's own program shows it, and its values by key."""

    number: int
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole file: its rows, how its columns are called there, and the columns that are no field of ours."""

    rows: tuple[Row, ...]
    titles: dict[str, str]
    ignored: tuple[str, ...]


def read(path: Path) -> Sheet:
    """Read a file; raises BadSheetError. Formulas are text and are never worked out."""
    if path.stat().st_size > LARGEST:
        raise BadSheetError(f"文件超过 {LARGEST >> 20} MB，请分成几个文件")
    readers = {".csv": _csv, ".xlsx": _xlsx}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise BadSheetError("只支持 .csv 和 .xlsx 文件（.xls 请先另存为 .xlsx）")
    return _sheet(reader(path.read_bytes()))


def _sheet(lines: Iterable[tuple[int, list[str]]]) -> Sheet:
    filled = ((number, cells) for number, cells in lines if any(cells))
    _, head = next(filled, (0, list[str]()))
    head = head[: max((n for n, title in enumerate(head, 1) if title), default=0)]
    keys = [_KEYS.get(_plain(title), "") for title in head]
    _check(head, keys)
    rows: list[Row] = []
    for number, cells in filled:
        if len(rows) == MOST_ROWS:
            raise BadSheetError(f"超过 {MOST_ROWS} 行，请分成几个文件")
        values = {key: cell for key, cell in zip(keys, cells, strict=False) if key and cell}
        rows += [Row(number, values)] if values else []
    titles = {key: title for key, title in zip(keys, head, strict=True) if key}
    return Sheet(tuple(rows), titles, tuple(title for key, title in zip(keys, head, strict=True) if title and not key))


def _check(head: list[str], keys: list[str]) -> None:
    if not head:
        raise BadSheetError("文件是空的")
    if len(head) > MOST_COLUMNS:
        raise BadSheetError(f"超过 {MOST_COLUMNS} 列")
    for key in LABELS:
        twice = [title for title, one in zip(head, keys, strict=True) if one == key]
        if len(twice) > 1:
            raise BadSheetError(f"{'、'.join(twice)} 都是“{LABELS[key]}”，请只保留一列")
    if "description" not in keys:
        raise BadSheetError(f"第一行没有“{LABELS['description']}”这一列；可用的列名：{'、'.join(LABELS.values())}")


def _plain(title: str) -> str:
    """Return a title as it is compared: without blanks, stars and what stands in brackets."""
    narrow = unicodedata.normalize("NFKC", title).lower()
    return re.sub(r"\(.*?\)|[\s*:：]", "", narrow)


def _csv(content: bytes) -> Iterator[tuple[int, list[str]]]:
    text = _decoded(content)
    first = text.split("\n", 1)[0]
    delimiter = max(",\t;", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        end = 1
        for cells in reader:
            yield end, [cell.strip() for cell in cells]
            end = reader.line_num + 1  # a cell may hold line breaks: a row is called by the line it begins in
    except csv.Error as error:
        raise BadSheetError(f"第 {reader.line_num} 行无法读取（{error}）") from None


def _decoded(content: bytes) -> str:
    """Read text as programs in China write it: UTF-8 with or without a mark, UTF-16 with one, else GB 18030."""
    encodings = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadSheetError("文字编码无法识别，请另存为 UTF-8 的 CSV 或 .xlsx")


def _xlsx(content: bytes) -> Iterator[tuple[int, list[str]]]:
    _bounded(content)
    try:
        rows = _unpacked(content)
    except BadSheetError:
        raise
    except Exception as error:  # noqa: BLE001 - openpyxl has no error of its own for what a broken file leads to
        raise BadSheetError(f"不是有效的 .xlsx 文件（{type(error).__name__}）") from None
    if len(rows) > MOST_SCANNED:
        raise BadSheetError(f"超过 {MOST_SCANNED} 行（包括空行），请删除下方的空行或分成几个文件")
    yield from enumerate(rows, 1)


def _unpacked(content: bytes) -> list[list[str]]:
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of styles and extensions, which are nothing to us
        book = load_workbook(io.BytesIO(content), read_only=True)
        sheet: Any = book.worksheets[0]
        _check_unmerged(content, sheet._worksheet_path)  # noqa: SLF001 - read row by row, a sheet does not tell
        cells = sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS + 1)
        return [[_text(cell) for cell in row] for row in islice(cells, MOST_SCANNED + 1)]


def _check_unmerged(content: bytes, path: str) -> None:
    """Refuse cells merged over rows: all rows but the first would lose what people see in them."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        merged = (found[1].decode() for found in _MERGED.finditer(packed.read(path)) if found[2] != found[3])
        first = list(islice(merged, 3))
    if first:
        raise BadSheetError(f"有跨行合并的单元格（{'、'.join(first)}），请取消合并，每一行都填写后再导入")


def _bounded(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            size = sum(one.file_size for one in packed.infolist())
    except zipfile.BadZipFile:
        raise BadSheetError("不是有效的 .xlsx 文件") from None
    if size > UNPACKED:
        raise BadSheetError("文件解压后过大，请分成几个文件")


def _text(cell: object) -> str:
    """Return a cell as people see it: a phone has no decimals, a date no seconds it never had."""
    if cell is None or cell in _FAULTS:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="minutes")
    return cell.isoformat() if isinstance(cell, date) else str(cell).strip()
