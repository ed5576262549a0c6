"""Types of need of one's own: what the policy may say of them, and what people then read and type."""

import tomllib
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from bot.rulebook import tables
from classifier.suggest import Classifier
from classifier.taxonomy import Taxonomy
from handlers import messages, policy
from handlers.desk import Desk
from handlers.intake.form import Form, Unfit, checked
from handlers.policy import PolicyError
from handlers.requests import assignment
from tests.chatfile import FOLDER
from tests.factories import LI, MONDAY, WANG, ZHOU, Room, a_desk, a_room, raw_rules, rules

DEVICE = {"key": "device", "label": "设备报修", "like": "bug"}
ACCESS = {"key": "access", "label": "权限申请", "like": "custom"}
LINES = {"device": {"department": "研发部"}, "access": {"department": "客服部"}}
PEOPLE = [{"name": "李工", "feishu": LI, "department": "研发部", "roles": ["agent", "manager"]}]

# What is wrong with the types of a file -> what the one line must name.
WRONG: list[tuple[dict[str, Any], tuple[str, ...]]] = [
    ({"types": []}, ("types",)),
    ({"types": "device"}, ("types",)),
    ({"types": [{"key": "device", "label": "设备报修"}]}, ("types.0.like",)),
    ({"types": [{"key": "device", "like": "bug"}]}, ("types.0.label",)),
    ({"types": [{"label": "设备报修", "like": "bug"}]}, ("types.0.key",)),
    ({"types": [DEVICE | {"like": "repair"}]}, ("types.0.like", "'bug'", "repair")),
    ({"types": [DEVICE | {"key": "设备"}]}, ("types.0.key",)),
    ({"types": [DEVICE | {"key": "a" * 21}]}, ("types.0.key",)),
    ({"types": [DEVICE | {"label": ""}]}, ("types.0.label",)),
    ({"types": [DEVICE | {"colour": "red"}]}, ("types.0.colour", "unknown key")),
    ({"types": [DEVICE | {"key": "other"}]}, ("types.0.key", "other")),
    ({"types": [DEVICE | {"key": "complaint"}]}, ("types.0.key", "complaint")),
    ({"types": [DEVICE | {"key": "consult"}]}, ("types.0.key", "consult")),
    ({"types": [DEVICE | {"key": "urgent"}]}, ("types.0.key", "urgent")),
    ({"types": [DEVICE | {"label": "紧急"}]}, ("types.0.label", "紧急")),
    ({"types": [DEVICE, ACCESS | {"key": "device"}]}, ("two types have the key device",)),
    ({"types": [DEVICE, ACCESS | {"label": "设备 报修类"}]}, ("two types have the label 设备报修",)),
    ({"types": [DEVICE, ACCESS]}, ("routing.access", "nobody takes this type")),
    ({"types": [DEVICE], "routing": LINES}, ("routing.access", "unknown key")),
    ({"types": [DEVICE], "routing": {"bug": {"department": "研发部"}, "device": LINES["device"]}}, ("routing.bug",)),
    ({"types": [DEVICE], "people": [PEOPLE[0] | {"types": ["bug"]}]}, ("people.0.types.0", "bug")),
]


@pytest.mark.parametrize(("own", "named"), WRONG, ids=str)
def test_what_is_wrong_with_a_type_is_named_in_one_line(own: dict[str, Any], named: tuple[str, ...]) -> None:
    given = {"people": PEOPLE, "routing": {"device": LINES["device"]}} | own
    with pytest.raises(PolicyError) as error:
        rules(**given)
    assert "\n" not in str(error.value)
    for word in named:
        assert word in str(error.value)


@pytest.mark.parametrize("key", ["types", "asks"])
def test_a_question_for_a_type_that_is_not_there_is_refused(key: str) -> None:
    field = {
        "key": "expected",
        "label": "期望",
        "kind": "part",
        "ask": "?",
        key: {"types": ["gift"], "asks": {"gift": "?"}}[key],
    }
    with pytest.raises(PolicyError, match=rf"fields\.6\.{key}\.\w+: no type has the key gift"):
        rules(fields=[*raw_rules()["fields"], field | {"key": "more"}])


def test_the_packaged_lines_of_types_that_are_not_named_are_dropped_and_those_of_natures_kept() -> None:
    own = rules(people=PEOPLE, types=[DEVICE, ACCESS], routing=LINES)
    assert own.routing.keys() == {"device", "access", "complaint"}
    assert own.route("access", "product").department == "客服部"
    assert own.route("access", "complaint").role == "lead"


def test_a_question_for_a_kind_is_asked_of_every_type_like_it_and_one_for_the_type_counts_more() -> None:
    fields = [dict(field) for field in raw_rules()["fields"]]
    background = next(field for field in fields if field["key"] == "background")
    background["asks"] = background["asks"] | {"access": "给谁开通？"}
    own = rules(people=PEOPLE, types=[DEVICE, ACCESS], routing=LINES, fields=fields)
    by_key = {field.key: field for field in own.fields}
    assert by_key["background"].asks == {"device": background["asks"]["bug"], "access": "给谁开通？"}
    assert by_key["expected"].types == ("access",), "asked of a custom build"


def test_the_packaged_types_are_the_four_kinds() -> None:
    assert rules().labels == {"bug": "问题修复", "improve": "功能优化", "custom": "定制开发", "consult": "咨询服务"}
    assert rules().like == {key: key for key in rules().labels}


@pytest.mark.parametrize("said", ["device", "设备报修", "设备报修类", "设备 报修"])
def test_a_type_is_known_by_key_and_label(said: str) -> None:
    assert rules(people=PEOPLE, types=[DEVICE, ACCESS], routing=LINES).typed(said) == "device"


def test_a_form_takes_own_types_and_names_them_where_another_is_given() -> None:
    own = rules(people=PEOPLE, types=[DEVICE, ACCESS], routing=LINES)
    form = Form(contact="王芳", phone="13800001234", description="扫码枪扫不出条码", type="权限申请")
    assert checked(form, MONDAY, own).type == "access"
    with pytest.raises(Unfit) as unfit:
        checked(Form(contact="王芳", phone="13800001234", description="扫码枪扫不出条码", type="bug"), MONDAY, own)
    assert "设备报修、权限申请" in unfit.value.problems["type"]


@cache
def hospital() -> Desk:
    own = tomllib.loads((FOLDER / "policies" / "医院.toml").read_text("utf-8"))
    house = policy.parse(policy.merged(raw_rules(), own))
    return Desk(house, Classifier.load(taxonomy=Taxonomy(house.like)))


def test_the_rules_in_force_name_the_types() -> None:
    printed = tables(hospital().policy)
    assert "设备报修" in printed
    assert "device" in printed
    assert "定制开发" in printed, "what 权限申请 is like"


@pytest.fixture
def room() -> Iterator[Room]:
    with a_room() as room:
        yield room


def test_a_request_of_a_type_that_is_no_longer_named_is_still_shown_and_worked_on(room: Room) -> None:
    number = room.registers()
    room.desk = hospital()
    assert "问题修复" in room.said(ZHOU, "/list").to(ZHOU)
    assert "问题修复" in room.said(ZHOU, f"/show {number}").to(ZHOU)
    assert "问题修复：1 个未完成" in room.said(ZHOU, "/status").to(ZHOU)
    room.press("接单")
    form = room.press("改判").outgoing[0].message
    assert isinstance(form, messages.Form)
    assert [label for _, label in form.inputs[0].options] == ["设备报修", "网络故障", "权限申请", "使用咨询"]
    assert form.inputs[0].initial == "", "nothing is slipped in for what is no choice any more"
    room.press("提交", LI, None, type="network", nature="product", urgency="routine")
    assert room.request(number).type == "network"
    assert room.request(number).department == "网络组"
    file = next(o.message for o in room.said(WANG, "导出我的数据").outgoing if isinstance(o.message, messages.File))
    assert "网络故障" in file.content.decode()


def test_what_is_judged_besides_the_type_leaves_a_request_of_a_former_type_where_it_is(room: Room) -> None:
    from handlers.requests.judging import judged

    number = room.registers()
    columns = judged(room.request(number), {"urgency": "routine"}, hospital().policy)
    assert "department" not in columns


def test_a_draft_begun_under_other_types_is_registered_as_the_type_like_its_own(room: Room) -> None:
    room.chats_with(
        WANG, "我是杭州云杉商贸的王芳，电话13800001234。导出订单报表一直报错，昨天升级后开始的，重要，之前没提过"
    )
    room.desk = hospital()
    room.said(WANG, "确认")
    assert room.newest().type == "device"


def test_of_very_many_types_like_one_kind_a_card_offers_six() -> None:
    many = [DEVICE | {"key": f"device{n}", "label": f"设备{n}报修"} for n in range(1, 9)]
    own = rules(people=PEOPLE, types=many, routing={one["key"]: LINES["device"] for one in many})
    with a_room(desk=Desk(own, Classifier.load(taxonomy=Taxonomy(own.like)))) as room:
        room.registers()
        offered = [label for label in room.labels() if label.endswith("报修")]
    assert offered == ["确认设备1报修", *(f"改为设备{n}报修" for n in range(2, 7))]


def test_whoever_takes_an_own_type_first_gets_it() -> None:
    desk = hospital()
    with a_room(desk=desk) as room:
        chosen = room.run(lambda store: assignment.choose("network", "product", store, desk.policy))
    assert chosen.name == "陈晨"
    assert a_desk().policy.present("device") == "consult"
