"""What the policy accepts can be kept: the longest names, ids and departments on both databases."""

from tests.databases import opened
from tests.factories import MONDAY, WANG, Room, a_desk, person, raw_rules

LONG_DEPARTMENT, LONG_NAME = "部" * 60, "李" * 100
LONG_ID = f"ou_{'1' * 97}"


def test_a_request_is_kept_with_the_longest_words_that_a_policy_may_hold(url: str) -> None:
    routing = {key: line | {"department": LONG_DEPARTMENT} for key, line in raw_rules()["routing"].items()}
    everybody = [person(LONG_NAME, LONG_ID, wecom="L" * 64, department=LONG_DEPARTMENT, roles=["agent", "manager"])]
    desk = a_desk(people=everybody, routing=routing)
    with opened(url) as database:
        room = Room(database, desk, MONDAY)
        number = room.registers()
        room.press("接单", LONG_ID)
        room.said(LONG_ID, "/代录 杭州云杉商贸 13900005678 首页的导出按钮点了没有反应")
        kept = room.request(number)
        assert (kept.owner, kept.department, kept.status) == (LONG_ID, LONG_DEPARTMENT, "working")
        assert room.request("202611-002").reporter == LONG_NAME
        assert number in room.said(WANG, "进度").customer
