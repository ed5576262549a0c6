"""The town: both platforms, and customers who say what they have to say until it is acknowledged."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import cycle

from bot.clock import Clock
from bot.sandbox.feishu import FeishuSimulator
from bot.sandbox.feishu.state import BOT
from bot.sandbox.serving import address, door, served
from bot.sandbox.wecom import Delivery, WeComSimulator

ACCOUNT = "wkTorture"
SAID = (
    "你好，我是星河物流的刘强，电话13711112222。订单系统导出报表一直报错，页面提示500，没法对账",
    "昨天升级以后，月底对账时发现的",
    "重要：影响业务，几天内需要",
    "没有",
    "确认",
)
"""A whole intake, from the need to the number. Five answers: as many as 微信客服 lets through without a new word."""
CHANNELS = 2
"""微信客服 and the app, in turn; a menu looks different in each."""
AGENTS = 20
CROWD = 64
"""Customers who write at one time."""
PAUSE = 0.05
OK = 200

_NUMBER = re.compile(r"\d{6}-\d{3,}")
_AGENT = re.compile(r"员工\d+")


@dataclass(slots=True)
class Customer:
    """Somebody who writes to 微信客服 or, as a member, to the app; and the ids of what was acknowledged, in order."""

    name: str
    member: bool
    accepted: list[str] = field(default_factory=list)


class Town:
    """Two platforms and everybody on them. Several servers may stand behind one balancer: `ports`."""

    def __init__(self, ports: Sequence[int], customers: int) -> None:
        now = Clock().real
        self._ports = cycle(ports)
        url = f"http://127.0.0.1:{ports[0]}"
        self.wecom = WeComSimulator(callback_url=f"{url}/wecom/callback", now=now)
        self.feishu = FeishuSimulator(callback_url=f"{url}/feishu/event", now=now)
        self.wecom.callbacks.pause = PAUSE
        self.wecom.add_kf_account(ACCOUNT, "客服")
        self.agents = [f"ou_agent{number}" for number in range(AGENTS)]
        for number, agent in enumerate(self.agents):
            self.feishu.add_person(agent, f"员工{number}")
        self.customers = [self._moves_in(f"c{number}", member=number % CHANNELS == 1) for number in range(customers)]
        self.repeats = 0

    def _moves_in(self, name: str, *, member: bool) -> Customer:
        (self.wecom.add_member if member else self.wecom.add_customer)(name, name)
        return Customer(name, member)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Serve both platforms until the block ends."""
        wecom, feishu = door(), door()
        self.wecom.api_base, self.feishu.api_base = address(wecom), address(feishu)
        async with served(self.wecom.app, wecom), served(self.feishu.app, feishu):
            yield
        await self.wecom.close()
        await self.feishu.close()

    @property
    def policy(self) -> str:
        """The house rules: enough agents that nobody is full, and Feishu's limits per chat hold nothing up."""
        return "\n".join(
            f'[[people]]\nname = "员工{number}"\nfeishu = "{agent}"\ndepartment = "研发部"\n'
            'roles = ["agent"]\ntypes = ["bug", "improve", "custom", "consult"]\ncapacity = 100000\n'
            for number, agent in enumerate(self.agents)
        )

    # --- talking ------------------------------------------------------------------------------------------------------

    async def burst(self, but: int) -> None:
        """Let everybody but the first few say everything, without waiting for answers, so many at one time."""
        crowd = asyncio.Semaphore(CROWD)

        async def talks(customer: Customer) -> None:
            async with crowd:
                for text in SAID:
                    await self.says(customer, text)

        await asyncio.gather(*(talks(customer) for customer in self.customers[but:]))

    async def says(self, customer: Customer, text: str) -> None:
        """Say something, and repeat the callback for as long as it is not acknowledged."""
        self._turn_to_next()
        act = self.wecom.member_says if customer.member else self.wecom.customer_says
        said = delivery = await act(customer.name, text)
        while delivery.status != OK:
            self.repeats += 1
            await asyncio.sleep(PAUSE)
            self._turn_to_next()
            delivery = await self._again(customer, said)
        customer.accepted.append(said.msgid)

    async def _again(self, customer: Customer, said: Delivery) -> Delivery:
        if customer.member:
            return await self.wecom.callbacks.deliver(said.xml, msgid=said.msgid)
        return await self.wecom.signal(ACCOUNT)

    def _turn_to_next(self) -> None:
        self.wecom.callbacks.url = f"http://127.0.0.1:{next(self._ports)}/wecom/callback"

    # --- what came of it ----------------------------------------------------------------------------------------------

    @property
    def accepted(self) -> int:
        """How many messages were acknowledged."""
        return sum(len(customer.accepted) for customer in self.customers)

    @property
    def answers(self) -> int:
        """How many messages of the bot customers have seen."""
        return sum(len(self.heard(customer)) for customer in self.customers)

    def heard(self, customer: Customer) -> list[str]:
        """Return what a customer reads from the bot, without what differs between two customers."""
        see = self.wecom.seen_by_member if customer.member else self.wecom.seen_by_customer
        texts = [one.text for one in see(customer.name) if one.sender == "bot"]
        return [_AGENT.sub("员工", _NUMBER.sub("编号", text)) for text in texts]

    def numbers(self, customer: Customer) -> set[str]:
        """Return the request numbers a customer was told."""
        see = self.wecom.seen_by_member if customer.member else self.wecom.seen_by_customer
        return {number for one in see(customer.name) if one.sender == "bot" for number in _NUMBER.findall(one.text)}

    def cards(self) -> list[str]:
        """Return the texts of all cards of all agents."""
        seen = [one for agent in self.agents for one in self.feishu.seen_by(agent)]
        return [one.text for one in seen if one.sender == BOT and one.card]

    def absorbed(self) -> dict[str, int]:
        """Return how many sends the platforms recognised as repeats of something they had."""
        counts = self.wecom.counts
        shown = sum(1 for one in self.customers if one.member for _ in self.heard(one))
        sent = sum(1 for call in self.feishu.calls if call == "POST /open-apis/im/v1/messages")
        seen = sum(1 for agent in self.agents for one in self.feishu.seen_by(agent) if one.sender == BOT)
        return {
            "kf": counts["kf/send_msg", self.wecom.quirks.duplicate_msgid_errcode],
            "app": counts["message/send", 0] - shown,
            "feishu": sent - seen,
        }


def number_in(text: str) -> str:
    """Return the first request number in a text, or nothing."""
    found = _NUMBER.search(text)
    return found[0] if found else ""
