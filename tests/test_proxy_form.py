"""The form of a request that others bring: what is refused, field by field, and how values are kept."""

import pytest

from handlers.intake import form
from handlers.intake.form import Form, Unfit, checked
from tests.factories import MONDAY, rules
from tests.proxy_stage import GOOD, PHONE


def problems(**own: str) -> dict[str, str]:
    with pytest.raises(Unfit) as unfit:
        checked(Form(**(GOOD | own)), MONDAY, rules())
    return unfit.value.problems


@pytest.mark.parametrize(
    ("own", "field"),
    [
        ({"company": "", "contact": ""}, "company"),
        ({"phone": ""}, "phone"),
        ({"phone": "1380000123"}, "phone"),
        ({"phone": "请微信联系"}, "phone"),
        ({"phone": "13800001234 或 13900005678"}, "phone"),
        ({"phone": "13800001234转8001"}, "phone"),
        ({"email": "王芳@公司"}, "email"),
        ({"email": "a@b.cn 和 c@d.cn"}, "email"),
        ({"description": ""}, "description"),
        ({"description": "系统不好用"}, "description"),
        ({"description": "。"}, "description"),
        ({"description": "长" * 4001}, "description"),
        ({"urgency": "十万火急"}, "urgency"),
        ({"type": "礼物"}, "type"),
        ({"source": "电报"}, "source"),
        ({"at": "2026-11-23 10:06"}, "at"),
        ({"at": "2026-13-01"}, "at"),
        ({"wanted_by": "下周"}, "wanted_by"),
        ({"reporter": "长" * 101}, "reporter"),
    ],
)
def test_a_form_that_does_not_fit_is_refused_by_field(own: dict[str, str], field: str) -> None:
    assert list(problems(**own)) == [field]


def test_all_that_is_wrong_is_said_at_once_in_the_order_of_the_form() -> None:
    assert list(problems(company="", contact="", phone="x", description="", source="y")) == [
        "company",
        "phone",
        "description",
        "source",
    ]


def test_an_unfit_form_shows_no_values_when_it_is_logged() -> None:
    with pytest.raises(Unfit) as unfit:
        checked(Form(phone="138000012345678"), MONDAY, rules())
    assert "138" not in str(unfit.value)


@pytest.mark.parametrize(
    ("key", "said", "kept"),
    [
        ("phone", " １３８ 0000 1234 ", PHONE),
        ("phone", "+86 138-0000-1234", PHONE),
        ("phone", "0571-88886666", "057188886666"),
        ("phone", "0571-88886666转802", "057188886666-802"),
        ("phone", "008613800001234", PHONE),
        ("phone", "+1 415 555 2671", "+14155552671"),
        ("at", "2026-11-23T10:00:02+08:00", MONDAY.isoformat()),
        ("email", "Wang@Example.COM", "wang@example.com"),
        ("urgency", "紧急", "urgent"),
        ("urgency", "routine", "routine"),
        ("type", "定制开发", "custom"),
        ("source", "邮件", "mail"),
        ("history", "没有", "无"),
        ("at", "2026/11/2 9:05", "2026-11-02T09:05:00+08:00"),
        ("at", "2026年11月2日", "2026-11-02T00:00:00+08:00"),
        ("wanted_by", "2026-12-01T18:00:00Z", "2026-12-01T18:00:00+00:00"),
        ("company", "  云杉\x00\u200b ", "云杉"),
    ],
)
def test_values_are_kept_in_one_way(key: str, said: str, kept: str) -> None:
    assert getattr(checked(Form(**(GOOD | {key: said})), MONDAY, rules()), key) == kept


def test_the_policy_names_the_levels_and_sources() -> None:
    own = rules(urgency={"urgent": {"label": "特急件"}}, sources={"fair": "展会"})
    kept = checked(Form(**(GOOD | {"urgency": "特急件", "source": "展会"})), MONDAY, own)
    assert (kept.urgency, kept.source) == ("urgent", "fair")


def test_lines_name_the_field() -> None:
    assert form.lines({"phone": "缺"}) == "电话：缺"
