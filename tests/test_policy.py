"""The rules of the house: what one's own file may say, and how a wrong one is answered."""

import tomllib
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest

from handlers import policy
from handlers.measures import Span
from handlers.policy import PolicyError
from tests.factories import person, raw_rules, rules

PEOPLE = '[[people]]\nname = "李工"\nfeishu = "ou_li"\ndepartment = "研发部"\nroles = ["agent"]\n'

# What is wrong in the file -> what the one line must name.
WRONG = {
    'timezone = "Mars/Olympus"': ("timezone", "Mars/Olympus"),
    "timezone = 8": ("timezone",),
    'number = "{year}-{serial:04}"': ("number", "unknown key"),
    'colour = "red"': ("colour", "unknown key"),
    '[urgency.urgent]\nrespond = "soon"': ("urgency.urgent.respond", "soon", "2h"),
    "[urgency.urgent]\nrespond = 2": ("urgency.urgent.respond", "2"),
    '[urgency.urgent]\nresolve = "0h"': ("urgency.urgent.resolve",),
    '[urgency.urgent]\nresolve = "-1h"': ("urgency.urgent.resolve",),
    '[urgency.urgent]\nresolve = "1.5h"': ("urgency.urgent.resolve",),
    '[urgency.routine]\npriority = "P3"': ("urgency.routine.priority", "P0", "P2"),
    '[urgency.sometimes]\nrespond = "2h"': ("urgency.sometimes", "unknown key"),
    '[urgency.urgent]\nrespnd = "2h"': ("urgency.urgent.respnd", "unknown key"),
    '[alerts]\ndispatch = "ten minutes"': ("alerts.dispatch",),
    '[alerts]\nbefore = "30"': ("alerts.before",),
    '[push]\nP0 = "1 d"': ("push.P0",),
    '[push]\nP9 = "1d"': ("push.P9", "unknown key"),
    '[push]\nhours = ["9", "21:00"]': ("push.hours", "9"),
    '[push]\nhours = ["21:00", "09:00"]': ("push.hours",),
    '[push]\nhours = ["09:00"]': ("push.hours",),
    '[push]\nhours = ["09:00", "24:00"]': ("push.hours", "24:00"),
    "[calendar]\nhours = []": ("calendar.hours",),
    '[calendar]\nhours = [["18:00", "09:00"]]': ("calendar.hours",),
    '[calendar]\nholidays = ["tomorrow"]': ("calendar.holidays",),
    "[survey]\nlow = 6": ("survey.low", "5"),
    "[survey]\nquestions = []": ("survey.questions",),
    '[report]\nweekly = "monday"': ("report.weekly",),
    '[visit]\nafter = "x"': ("visit.after",),
    '[intake]\nremind = "1bd"': ("intake.remind", "1bd"),
    '[intake]\nremind = "24h"': ("intake.remind", "intake.lapse"),
    '[intake]\nlapse = "soon"': ("intake.lapse", "soon"),
    '[human]\nmode = "both"': ("human.mode", "relay", "transfer"),
    '[human]\nmode = "transfer"': ("human.mode", "human.servicer"),
    '[human]\nduty = ["王五"]': ("human.duty", "王五"),
    '[human]\nservicer = { "客服部" = "x" }': ("human.servicer", "客服部"),
    "[alike]\noffer = 0": ("alike.offer",),
    "[alike]\npropose = 1.5": ("alike.propose", "1"),
    "[alike]\nmerge = 0.9": ("alike.merge", "unknown key"),
    "[complaint]\ncopied_from = 0": ("complaint.copied_from",),
    '[complaint]\nto = { department = "客服部", role = "boss" }': ("complaint.to.role", "lead"),
    '[complaint]\nto = { department = "客服部" }': ("complaint.to.role",),
    '[complaint]\ncc = "x"': ("complaint.cc", "unknown key"),
    "[learning]\nlast = 0": ("learning.last",),
    "[learning]\naudit = 5": ("learning.audit", "1"),
    "[learning]\nleast = 201": ("learning.least", "learning.last"),
    '[learning]\nwithin = "30bd"': ("learning.within", "30bd"),
    "[learning]\nwindow = 1": ("learning.window", "unknown key"),
    "[confirm]\nbelow = 80": ("confirm.below", "1"),
    "[confirm]\nabove = 0.7": ("confirm.above", "confirm.below"),
    "[attachments]\nmost = 0": ("attachments.most",),
    "[attachments]\nmegabytes = 21": ("attachments.megabytes", "20"),
    "[attachments]\ntotal = 19": ("attachments.total", "attachments.megabytes"),
    "[intake]\nrefusals = 0": ("intake.refusals",),
    '[routing]\nbug = { department = "" }': ("routing.bug.department",),
    f'[routing]\nbug = {{ department = "{"部" * 61}" }}': ("routing.bug.department", "60"),
    f'[complaint]\nto = {{ department = "{"部" * 61}", role = "lead" }}': ("complaint.to.department", "60"),
    '[routing]\nbug = { department = "研发部", role = "boss" }': ("routing.bug.role", "agent", "lead", "manager"),
    '[routing]\ngift = { department = "研发部" }': ("routing.gift", "unknown key"),
    '[[fields]]\nkey = "budget"\nlabel = "预算"\nkind = "money"\nask = "?"': ("fields.0.kind", "text"),
    '[[fields]]\nkey = "预算"\nlabel = "预算"\nkind = "text"\nask = "?"': ("fields.0.key",),
    "fields = []": ("fields",),
    '[privacy]\nmessages = "31d"': ("privacy.messages", "30d"),
    '[privacy]\nrequests = "1bd"': ("privacy.requests", "1bd"),
    '[privacy]\ndrafts = "never"': ("privacy.drafts", "never"),
    '[privacy]\nconsent = "{date}"': ("privacy.consent", "{version}"),
    '[privacy]\nversion = ""': ("privacy.version",),
    '[privacy]\nlogs = "1d"': ("privacy.logs", "unknown key"),
    '[sources]\n"邮件" = "邮件"': ("sources.邮件",),
    '[sources]\nmail = ""': ("sources.mail",),
    f'[sources]\nmail = "{"长" * 41}"': ("sources.mail",),
    '[sources]\nmail = "客服热线"': ("sources", "客服热线"),
}
WRONG_PEOPLE = {
    'name = "李工"': "people.0.feishu",
    'name = ""\nfeishu = "ou"\ndepartment = "a"\nroles = ["agent"]': "people.0.name",
    'name = "李"\nfeishu = "ou"\ndepartment = "a"\nroles = ["boss"]': "people.0.roles.0",
    'name = "李"\nfeishu = "ou"\ndepartment = "a"\nroles = []': "people.0.roles",
    'name = "李"\nfeishu = "ou"\ndepartment = "a"\nroles = ["agent"]\ntypes = ["gift"]': "people.0.types.0",
    'name = "李"\nfeishu = "ou"\ndepartment = "a"\nroles = ["agent"]\ncapacity = 0': "people.0.capacity",
    f'name = "{"李" * 101}"\nfeishu = "ou"\ndepartment = "a"\nroles = ["agent"]': "people.0.name",
    f'name = "李"\nfeishu = "ou_{"1" * 98}"\ndepartment = "a"\nroles = ["agent"]': "people.0.feishu",
    f'name = "李"\nfeishu = "ou"\ndepartment = "{"部" * 80}"\nroles = ["agent"]': "people.0.department",
    f'name = "李"\nfeishu = "ou"\nwecom = "{"L" * 65}"\ndepartment = "a"\nroles = ["agent"]': "people.0.wecom",
    'name = "李"\nfeishu = "ou"\ndepartment = "a"\nroles = ["agent"]\nphone = "1"': "people.0.phone",
}


def own(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "policy.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refused(path: Path) -> str:
    with pytest.raises(PolicyError) as error:
        policy.load(path)
    assert "\n" not in str(error.value), "one line"
    return str(error.value)


@pytest.mark.parametrize("text", WRONG)
def test_a_wrong_key_is_named_in_one_line(tmp_path: Path, text: str) -> None:
    # Keys without a table must stand before the first table.
    before, after = (text, PEOPLE) if not text.startswith("[") else (PEOPLE, text)
    line = refused(own(tmp_path, f"{before}\n{after}"))
    for word in WRONG[text]:
        assert word in line


@pytest.mark.parametrize("text", WRONG_PEOPLE)
def test_a_wrong_person_is_named_in_one_line(tmp_path: Path, text: str) -> None:
    assert WRONG_PEOPLE[text] in refused(own(tmp_path, f"[[people]]\n{text}\n"))


@pytest.mark.parametrize(
    ("first", "second", "twice"),
    [
        ({"name": "李工"}, {"name": "李工", "feishu": "ou_2"}, "李工"),
        ({"name": "李工", "feishu": "ou_x"}, {"name": "王工", "feishu": "ou_x"}, "ou_x"),
        ({"name": "李工", "wecom": "LiGong"}, {"name": "王工", "wecom": "ligong"}, "ligong"),
    ],
)
def test_two_people_are_never_the_same_person(first: dict[str, Any], second: dict[str, Any], twice: str) -> None:
    with pytest.raises(PolicyError, match=twice):
        rules(people=[person(**first), person(**second)])


def test_two_people_without_a_wecom_id_are_not_the_same_person() -> None:
    assert rules(people=[person("李工"), person("王工")]).member("") is None


@pytest.mark.parametrize("text", ["", 'timezone = "Asia/Shanghai"', "people = []"])
def test_a_file_without_people_is_refused(tmp_path: Path, text: str) -> None:
    assert "people" in refused(own(tmp_path, text))


@pytest.mark.parametrize("text", ["[[people]", "name = ", "a = 1\na = 2"])
def test_a_file_that_is_no_toml_is_refused_with_its_name(tmp_path: Path, text: str) -> None:
    assert "policy.toml" in refused(own(tmp_path, text))


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path: Path) -> None:
    assert "nowhere.toml" in refused(tmp_path / "nowhere.toml")
    (tmp_path / "latin.toml").write_bytes('name = "\xe9"'.encode("latin-1"))
    assert "latin.toml" in refused(tmp_path / "latin.toml")
    assert str(tmp_path) in refused(tmp_path)


def test_a_file_with_only_people_keeps_every_other_rule(tmp_path: Path) -> None:
    ours = policy.load(own(tmp_path, PEOPLE))
    assert [p.name for p in ours.people] == ["李工"]
    assert ours.model_dump(exclude={"people"}) == policy.load().model_dump(exclude={"people"})


def test_what_is_left_out_comes_from_the_packaged_policy_key_by_key(tmp_path: Path) -> None:
    text = (
        f'{PEOPLE}\n[urgency.urgent]\nrespond = "1h"\n[push]\nP1 = "3d"\n[routing]\nbug = {{ department = "客服部" }}'
    )
    ours = policy.load(own(tmp_path, text))
    assert ours.urgency.urgent.respond == Span(wall=timedelta(hours=1))
    assert ours.urgency.urgent.resolve == Span(wall=timedelta(hours=24)), "the rest of the section stays"
    assert ours.urgency.important.respond == Span(wall=timedelta(hours=8))
    assert ours.model_dump()["push"]["P0"] == {"wall": timedelta(days=1), "business_days": 0}
    assert ours.push.hours == (time(9), time(21))
    assert ours.routing["bug"].department == "客服部"
    assert ours.routing["consult"].department == "客服部"


def test_a_line_of_the_routing_table_is_replaced_as_a_whole(tmp_path: Path) -> None:
    ours = policy.load(own(tmp_path, f'{PEOPLE}\n[routing]\ncustom = {{ department = "售前部" }}'))
    assert ours.routing["custom"].approval == "", "the packaged approval belongs to the packaged department"


def test_a_part_of_a_routing_line_is_laid_over_the_packaged_line(tmp_path: Path) -> None:
    ours = policy.load(own(tmp_path, f'{PEOPLE}\n[routing]\ncomplaint = {{ cc = ["法务部"] }}'))
    assert (ours.routing["complaint"].department, ours.routing["complaint"].cc) == ("客服部", ("法务部",))


def test_ones_own_fields_replace_the_packaged_ones() -> None:
    field = {"key": "budget", "label": "预算", "kind": "text", "ask": "预算多少？"}
    assert [f.key for f in rules(fields=[*raw_rules()["fields"], field]).fields][-1] == "budget"


def test_two_fields_are_never_the_same_field() -> None:
    with pytest.raises(PolicyError, match="description"):
        rules(fields=raw_rules()["fields"] * 2)


def test_ten_people_and_nothing_else_is_a_policy() -> None:
    ten = [person(f"同事{n}", department=("研发部", "产品部", "客服部")[n % 3]) for n in range(10)]
    assert len(rules(people=ten).people) == 10


@pytest.mark.parametrize(
    ("text", "span"), [("30m", timedelta(minutes=30)), ("2h", timedelta(hours=2)), ("7d", timedelta(days=7))]
)
def test_wall_clock_durations_are_read(text: str, span: timedelta) -> None:
    assert rules(visit={"after": text}).visit.after == Span(wall=span)


def test_business_days_are_read_as_days_of_the_calendar() -> None:
    assert rules(survey={"within": "2bd"}).survey.within == Span(business_days=2)


@pytest.mark.parametrize("where", [("alerts", "before"), ("kf", "replay"), ("relay", "window")])
def test_a_span_that_is_only_ever_wall_clock_refuses_business_days(where: tuple[str, str]) -> None:
    section, key = where
    with pytest.raises(PolicyError, match=f"{section}.{key}"):
        rules(**{section: {key: "1bd"}})


def test_the_example_of_the_documentation_is_a_policy(tmp_path: Path) -> None:
    text = """
timezone = "Asia/Shanghai"
[[people]]
name = "李工"
feishu = "ou_li"
wecom = "LiGong"
department = "研发部"
roles = ["agent"]
types = ["bug", "custom"]
capacity = 8
[routing]
bug = { department = "研发部" }
custom = { department = "研发部", approval = "产品部" }
complaint = { department = "客服部", role = "lead", cc = ["运营部"] }
[urgency.urgent]
respond = "2h"
resolve = "24h"
[alerts]
dispatch = "10m"
before = "30m"
[push]
P0 = "1d"
hours = ["09:00", "21:00"]
[calendar]
hours = [["09:00", "12:00"], ["13:00", "18:00"]]
holidays = [2026-12-24]
workdays = [2026-12-26]
[survey]
within = "1bd"
low = 2
[visit]
after = "3d"
[report]
weekly = "Mon 09:00"
[kf]
replay = "10m"
"""
    assert policy.load(own(tmp_path, text)).member("ligong") is not None


def test_a_member_is_found_whatever_the_case_of_his_id() -> None:
    assert rules().member("LIGONG") == rules().person("ou_li")


def test_the_packaged_policy_is_plain_toml() -> None:
    assert tomllib.loads(Path(policy.__file__).with_name("policy.toml").read_text(encoding="utf-8")) == raw_rules()
