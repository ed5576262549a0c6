"""What WeCom's answers mean: error codes, refused repeats and the names of files."""

import pytest

from bot.errors import DeliveryError, Hold, Refused, Retry
from bot.wecom import errcodes, media


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (-1, Retry),
        (45009, Retry),
        (40001, Retry),
        (60020, Retry),
        (95001, Hold),
        (95002, Hold),
        (95018, Hold),
        (81013, Refused),
        (60111, Refused),
        (40058, Refused),
        (99999, Refused),
    ],
)
def test_an_errcode_means_what_the_table_says(code: int, kind: type[DeliveryError]) -> None:
    with pytest.raises(kind):
        errcodes.check({"errcode": code, "errmsg": "x"})


def test_credentials_that_fail_are_an_alert_and_lose_nothing() -> None:
    error = errcodes.failure(40001)
    assert isinstance(error, Retry)
    assert (error.reason, error.alert, error.after) == ("企业微信凭证失效", True, 60)


@pytest.mark.parametrize(
    ("code", "errmsg", "attempt", "taken"),
    [
        (0, "ok", 1, True),
        (40058, "msgid exists", 1, False),
        (40058, "msgid exists", 2, True),
        (40058, "invalid Request Parameter", 2, True),
        (94444, "duplicate msgid", 2, True),
        (42014, "invalid task_id", 2, True),
        (95001, "msgid", 2, False),
        (-1, "system busy", 3, False),
        (94444, "other", 2, False),
    ],
)
def test_a_refused_repeat_counts_as_delivered(code: int, errmsg: str, attempt: int, taken: bool) -> None:
    assert errcodes.accepted({"errcode": code, "errmsg": errmsg}, attempt) is taken


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('attachment; filename="a.png"', "a.png"),
        ("attachment; filename=a.png", "a.png"),
        ('attachment; filename="报价 单.xlsx"', "报价 单.xlsx"),
        ("attachment; filename=\"x\"; filename*=utf-8''%E6%8A%A5%E4%BB%B7.xlsx", "报价.xlsx"),
        ('attachment; filename="../../etc/cron.d/x"', "x"),
        ('attachment; filename="C:\\\\boot.ini"', "boot.ini"),
        ("attachment; filename*=utf-8''..%2F..%2Fetc%2Fpasswd", "passwd"),
        ('attachment; filename="a\u202egpj.exe"', "agpj.exe"),
        ("attachment", ""),
        ('attachment; filename=".."', ""),
        ('attachment; filename="' + "长" * 5000 + '.pdf"', "长" * 116 + ".pdf"),
    ],
)
def test_a_file_name_is_only_a_name(disposition: str, name: str) -> None:
    assert media.file_name(disposition) == name
