"""Who plays in the sandbox: two customers, and the people of the policy."""

from dataclasses import dataclass

from bot.sandbox.feishu import FeishuSimulator
from bot.sandbox.wecom import WeComSimulator
from handlers.policy import Policy
from handlers.sections import Person

KF_ACCOUNT, KF_NAME = "wkSandbox", "应需客服"
CUSTOMERS = {"wmWangFang": "王芳", "wmZhangWei": "张伟"}
"""external_userid -> nickname in WeChat."""


@dataclass(frozen=True)
class Cast:
    """Everybody by platform: customers by external_userid, members by UserID, staff by open_id."""

    customers: dict[str, str]
    members: dict[str, str]
    staff: dict[str, Person]

    def who(self, name: str) -> str:
        """Return the id of a person by id or name, customers and staff before members; LookupError if unknown."""
        for ids in (self.customers, {key: person.name for key, person in self.staff.items()}, self.members):
            for key, known in ids.items():
                if name in {key, known}:
                    return key
        raise LookupError(f"没有这个人：{name}")

    def with_role(self, *roles: str) -> list[str]:
        """Return the open_ids of staff with any of these roles, in the policy's order."""
        return [key for key, person in self.staff.items() if set(person.roles) & set(roles)]


def cast_of(policy: Policy) -> Cast:
    """Put the cast together from the policy's people."""
    return Cast(
        dict(CUSTOMERS),
        {person.wecom: person.name for person in policy.people if person.wecom},
        {person.feishu: person for person in policy.people},
    )


def enter(cast: Cast, wecom: WeComSimulator, feishu: FeishuSimulator) -> None:
    """Let everybody exist on the platforms who does not yet: a kept sandbox knows most of them."""
    known = wecom.platform
    if KF_ACCOUNT not in known.accounts:
        wecom.add_kf_account(KF_ACCOUNT, KF_NAME)
    for external_userid in cast.customers.keys() - known.customers.keys():
        wecom.add_customer(external_userid, cast.customers[external_userid])
    for userid in cast.members.keys() - known.members.keys():
        wecom.add_member(userid, cast.members[userid])
        wecom.add_servicer(userid, open_kfid=KF_ACCOUNT)
    servicers = known.accounts[KF_ACCOUNT].servicers
    for person in cast.staff.values():
        if person.kf and person.kf not in servicers:
            wecom.add_servicer(person.kf, open_kfid=KF_ACCOUNT)
    for open_id, person in cast.staff.items():
        feishu.add_person(open_id, person.name)
