"""`yingxu import`: files as people make them, what is said of each row, and that nothing is registered twice."""

import csv
import io
import sqlite3
import zipfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import Workbook, load_workbook

from bot import sheets
from bot.cli import yingxu
from bot.sheets import BadSheetError
from storage.database import Database
from tests.test_cli import run, wrong

HEAD = ("公司", "联系人", "电话", "需求具体描述", "紧急程度", "来源", "外部编号", "备注栏")
GOOD = ("杭州云杉商贸", "王芳", "13800001234", "导出订单报表一直报错，财务等着对账", "紧急", "客服热线", "T-1", "x")
OTHER = ("宁波远航", "李雷", "13900005678", "希望发票支持批量下载", "", "", "", "")
BAD = ("", "", "12345", "系统不好用", "十万火急", "电报", "T-9", "")
Cells = Sequence[Sequence[object]]


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def a_csv(rows: Cells, name: str = "a.csv", encoding: str = "utf-8-sig", delimiter: str = ",") -> Path:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    path = Path(name)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def an_xlsx(rows: Cells, name: str = "a.xlsx") -> Path:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(list(row))
    book.save(name)
    return Path(name)


def imports(path: Path, *options: str) -> Result:
    return CliRunner().invoke(yingxu, ["import", str(path), *options], prog_name="yingxu")


def requests() -> list[tuple[str, ...]]:
    path = Path("data/yingxu.db")
    if not path.exists():
        return []
    with sqlite3.connect(path) as database:
        found = database.execute("SELECT number, company, source, urgency, phone FROM request ORDER BY id").fetchall()
    database.close()
    return found


# --- reading ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_a_csv_is_read_in_every_encoding_people_use(encoding: str) -> None:
    (row,) = sheets.read(a_csv([HEAD, GOOD], encoding=encoding)).rows
    assert row.values["company"] == "杭州云杉商贸"
    assert row.values["phone"] == "13800001234"


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_the_delimiter_is_seen_from_the_head(delimiter: str) -> None:
    (row,) = sheets.read(a_csv([HEAD, GOOD], delimiter=delimiter)).rows
    assert row.values["description"] == GOOD[3]


def test_cells_merged_over_rows_are_refused_because_all_but_the_first_would_be_empty() -> None:
    path = an_xlsx([HEAD, GOOD, ["", *OTHER[1:]]])
    book = load_workbook(path)
    book.worksheets[0].merge_cells("A2:A3")
    book.save(path)
    with pytest.raises(BadSheetError, match="A2:A3"):
        sheets.read(path)


def test_cells_merged_within_a_row_are_read() -> None:
    path = an_xlsx([HEAD, GOOD])
    book = load_workbook(path)
    book.worksheets[0].merge_cells("H2:I2")
    book.save(path)
    assert len(sheets.read(path).rows) == 1


def test_a_quote_that_is_never_closed_does_not_swallow_the_rows_behind_it() -> None:
    path = Path("a.csv")
    path.write_text('公司,电话,需求\n云杉,13800001234,"导出报错\n远航,13900005678,发票打不开\n', encoding="utf-8")
    with pytest.raises(BadSheetError, match="无法读取"):
        sheets.read(path)


def test_what_a_broken_formula_shows_is_nobodys_name() -> None:
    (row,) = sheets.read(an_xlsx([HEAD, ["#N/A", *GOOD[1:]]])).rows
    assert "company" not in row.values


def test_titles_are_known_in_chinese_and_english_however_they_are_decorated() -> None:
    sheet = sheets.read(a_csv([["*公司名称（必填）", "Mobile", " 需求 描述：", "Reporter"], ["a", "b", "c", "d"]]))
    assert sheet.rows[0].values == {"company": "a", "phone": "b", "description": "c", "reporter": "d"}


def test_an_xlsx_gives_text_as_people_see_it() -> None:
    head = ["公司", "电话", "需求描述", "反馈时间", "期望完成时间", "背景"]
    cells = ["云杉", 13800001234.0, "=1+cmd|' /C calc'!A0", datetime(2026, 11, 2, 9, 5), None, 3.5]  # noqa: DTZ001 - as cells are
    (row,) = sheets.read(an_xlsx([head, cells])).rows
    assert row.values == {
        "company": "云杉",
        "phone": "13800001234",
        "description": "=1+cmd|' /C calc'!A0",
        "at": "2026-11-02 09:05",
        "background": "3.5",
    }


def test_rows_are_called_as_the_program_shows_them() -> None:
    table = [[""] * 8, HEAD, GOOD, [""] * 8, ["", "", "", "一行\n两行", "", "", "", ""], OTHER]
    assert [row.number for row in sheets.read(a_csv(table)).rows] == [3, 5, 7]
    assert [row.number for row in sheets.read(an_xlsx(table)).rows] == [3, 5, 6]


def test_what_is_no_column_of_ours_is_named() -> None:
    assert sheets.read(a_csv([HEAD, GOOD])).ignored == ("备注栏",)


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"", "a.csv", "空"),
        (b"\n\n", "a.csv", "空"),
        ("公司,电话\na,b".encode(), "a.csv", "需求描述"),
        ("描述,需求内容\na,b".encode(), "a.csv", "只保留一列"),
        (b"\x81\xff\xff\xff", "a.csv", "编码"),
        (b"not a zip", "a.xlsx", "有效"),
        (b"PK\x03\x04broken", "a.xlsx", "有效"),
        (b"x", "a.xls", "另存为"),
        (b"x", "a.txt", ".csv"),
        ("描述\n".encode() + "一\n".encode() * 10_001, "a.csv", "10000"),
        (("描述" + ",x" * 101 + "\na").encode(), "a.csv", "列"),
        ('描述\n"'.encode() + b"x" * 200_000, "a.csv", "无法读取"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_one_sentence(content: bytes, name: str, says: str) -> None:
    Path(name).write_bytes(content)
    with pytest.raises(BadSheetError, match=says):
        sheets.read(Path(name))


def test_a_zip_that_is_no_workbook_or_far_too_large_is_refused() -> None:
    with zipfile.ZipFile("other.xlsx", "w") as packed:
        packed.writestr("a.txt", "a")
    with pytest.raises(BadSheetError, match="有效"):
        sheets.read(Path("other.xlsx"))
    with zipfile.ZipFile("bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/sharedStrings.xml", b"0" * (sheets.UNPACKED + 1))
    with pytest.raises(BadSheetError, match="过大"):
        sheets.read(Path("bomb.xlsx"))


def test_a_file_over_twenty_megabytes_is_not_even_read() -> None:
    with Path("big.csv").open("wb") as big:
        big.truncate(sheets.LARGEST + 1)
    with pytest.raises(BadSheetError, match="20 MB"):
        sheets.read(Path("big.csv"))


# --- the command ------------------------------------------------------------------------------------------------------


def test_by_default_nothing_is_registered_and_every_row_is_accounted_for() -> None:
    done = imports(a_csv([HEAD, GOOD, OTHER, BAD, GOOD]))
    assert done.exit_code == 1
    assert "可以登记 2 行，有问题 1 行，已导入过 0 行，文件内重复 1 行" in done.output
    assert "没有用到的列：备注栏" in done.output
    for says in ("有效的电话", "太笼统", "十万火急", "电报", "至少填一项", "与第 2 行相同", "--yes"):
        assert says in done.output
    assert not Path("data").exists()


def test_good_rows_are_registered_once_and_bad_ones_are_left() -> None:
    path = an_xlsx([HEAD, GOOD, OTHER, BAD])
    first = imports(path, "--yes")
    assert first.exit_code == 1
    assert "已登记 2 条" in first.output
    assert [row[1:] for row in requests()] == [
        ("杭州云杉商贸", "客服热线", "urgent", "13800001234"),
        ("宁波远航", "导入", "routine", "13900005678"),
    ]
    again = imports(a_csv([HEAD, GOOD, OTHER]), "--yes")
    assert again.exit_code == 0
    assert "已导入过 2 行" in again.output
    assert f"已登记为 {requests()[0][0]}" in again.output
    assert len(requests()) == 2


def test_the_assignees_get_cards_and_customers_nothing() -> None:
    imports(a_csv([HEAD, GOOD]), "--yes")
    with sqlite3.connect("data/yingxu.db") as database:
        queues = database.execute("SELECT DISTINCT queue FROM job").fetchall()
    database.close()
    assert queues == [("feishu",)]


def test_rows_without_a_source_come_from_the_one_that_is_given() -> None:
    assert imports(a_csv([HEAD, OTHER]), "--yes", "--source", "邮件").exit_code == 0
    assert requests()[0][2] == "邮件"
    assert imports(a_csv([HEAD, OTHER]), "--source", "电报").exit_code == 2


def test_more_than_one_batch_is_registered_in_the_order_of_the_file() -> None:
    rows = [(f"客户{n}公司", "王芳", f"138{n:08}", f"第 {n} 个门店的收银机打不开", "", "", "", "") for n in range(120)]
    done = imports(a_csv([HEAD, *rows]), "--yes")
    assert done.exit_code == 0, done.output
    assert [row[1] for row in requests()] == [row[0] for row in rows]
    assert "另有 100 行" in done.output


def test_wrong_usage_is_exit_code_2() -> None:
    path = a_csv([HEAD, GOOD])
    assert imports(path, "--yes", "--dry-run").exit_code == 2
    assert imports(Path("missing.csv")).exit_code == 2
    Path("a.txt").write_text("x", "utf-8")
    done = imports(Path("a.txt"))
    assert done.exit_code == 2
    assert "只支持" in done.output


def test_no_full_phone_is_printed() -> None:
    row = (*GOOD[:3], "请打 13800001234 说明报表导出报错", *GOOD[4:])
    assert "13800001234" not in imports(a_csv([HEAD, row])).output


def test_beside_a_running_bot_one_may_look_and_is_told_what_to_do(tmp_path: Path) -> None:
    path = a_csv([HEAD, GOOD])
    bot = Database(f"sqlite:///{tmp_path}/data/yingxu.db")
    bot.start()
    try:
        bot.upgrade()
        assert run(tmp_path, "import", str(path)).returncode == 0
        refused = wrong(run(tmp_path, "import", str(path), "--yes"))
    finally:
        bot.close()
    assert "YINGXU_DATABASE_URL" in refused
    assert "请先停止" in refused


def test_on_both_databases_an_import_is_registered_once(url: str) -> None:
    path = a_csv([HEAD, GOOD, OTHER])
    setting = {"YINGXU_DATABASE_URL": url}
    assert run(Path.cwd(), "db", "upgrade", **setting).returncode == 0
    outputs = [run(Path.cwd(), "import", str(path), "--yes", **setting) for _ in range(2)]
    assert [done.returncode for done in outputs] == [0, 0], outputs
    assert "已登记 2 条" in outputs[0].stdout.decode()
    assert "已登记 0 条" in outputs[1].stdout.decode()
