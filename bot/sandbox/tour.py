"""The guided tour: the life of one request in ten steps, each done by hand or by the tour itself."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

from bot.sandbox.reading import wecom_text
from bot.sandbox.stage import CUSTOMER, NothingToPressError, Stage

NEED = "订单系统打不开了，一直报错500，财务今天下班前要对账，很着急"
ANSWERS = (
    # what the bot asks about -> what 王芳 answers; the first that fits
    (r"公司名称|怎么称呼|联系电话", "杭州云杉商贸，王芳，13800001234，零售行业"),
    (r"什么情况|什么时候开始|背景", "上周升级之后出现的，月底对账时发现"),
    (r"影响有多大|最晚什么时候", "财务对账停了，今天下班前必须解决"),
    (r"提过相关", "没有"),
    (r"具体是哪个页面|具体一点", "登录以后打开订单列表就报错500，希望能正常打开，导出上个月的订单"),
    (r"什么问题|什么效果", NEED),
)
MOST_ANSWERS = 10
NUMBER = re.compile(r"\d{6}-\d{3,}")


@dataclass
class Seen:
    """What can be read on every phone, as one text per person, and how far the clock has been turned."""

    customer: str
    staff: str
    manager: str
    said: str
    asked: str
    turned: timedelta


@dataclass(frozen=True)
class Step:
    """One step: what to do, how the tour does it, and the sign that it has happened."""

    title: str
    text: str
    play: Callable[[Stage], Awaitable[None]]
    happened: Callable[[Seen], bool]


@dataclass
class Tour:
    """Ticks off steps as they happen; a step once done stays done."""

    stage: Stage
    done: list[int] = field(default_factory=list)
    _offset: timedelta | None = None

    async def play(self, index: int) -> list[int]:
        """Do a step and return the steps done; NothingToPressError if what it needs has not happened yet."""
        await STEPS[index].play(self.stage)
        await self.stage.settle()
        return self.look()

    def look(self) -> list[int]:
        """Return the steps done, after a look at every phone."""
        seen = self._seen()
        for index, step in enumerate(STEPS):
            if index not in self.done and step.happened(seen):
                self.done = sorted([*self.done, index])
        return self.done

    def _seen(self) -> Seen:
        stage = self.stage
        offset = stage.product.clock.offset
        if self._offset is None:
            self._offset = offset
        chats = [message for who in stage.cast.customers for message in stage.seen_in_wecom(who)]
        staff = [message for who in stage.cast.staff for message in stage.feishu.seen_by(who)]
        managers = [message for who in stage.cast.with_role("manager") for message in stage.feishu.seen_by(who)]
        return Seen(
            customer="\n".join(wecom_text(one) for one in chats if one.sender != "customer"),
            said="\n".join(wecom_text(one) for one in chats if one.sender == "customer"),
            staff="\n".join(one.text for one in staff if one.sender == "bot"),
            asked="\n".join(one.text for one in managers if one.sender != "bot"),
            manager="\n".join(one.text for one in managers if one.sender == "bot"),
            turned=offset - self._offset,
        )


# --- what the tour does -----------------------------------------------------------------------------------------------


async def _need(stage: Stage) -> None:
    await stage.customer(NEED)


async def _answer(stage: Stage) -> None:
    """Answer question after question until the summary stands there."""
    for _ in range(MOST_ANSWERS):
        await stage.settle()
        newest = _last_said(stage)
        if "确认需求信息" in newest:
            return
        fitting = [answer for pattern, answer in ANSWERS if re.search(pattern, newest)]
        await stage.customer(fitting[0] if fitting else "没有")


async def _confirm(stage: Stage) -> None:
    await stage.tap("确认")


async def _accept(stage: Stage) -> None:
    await _press(stage, "接单")


async def _progress(stage: Stage) -> None:
    await _fill(stage, "更新进度", "已定位到是升级后的权限配置问题，正在修复，预计两小时内完成。")


async def _reply(stage: Stage) -> None:
    """Answer in the thread of the newest card about a request."""
    for who in stage.cast.staff:
        for message in reversed(stage.feishu.seen_by(who)):
            if message.card and "更新进度" in stage.feishu.card_buttons(message.message_id):
                await stage.staff("您好，请问其他同事的账号也打不开吗？", who, thread_of=message.message_id)
                await stage.settle()
                await stage.customer("是的，我们财务部三个账号都不行")
                return
    raise NothingToPressError("还没有接单的需求卡片")


async def _day(stage: Stage) -> None:
    await stage.wait("1d")


async def _deliver(stage: Stage) -> None:
    await _fill(stage, "提交验收", "已修复，请刷新页面后重新登录试试。")


async def _end(stage: Stage) -> None:
    """Accept and score; at night the questions come in the morning."""
    await stage.tap("验收通过")
    await stage.settle()
    if "打分" not in _last_said(stage):
        await stage.until_morning()
    await stage.customer("5 4 5 很专业")


async def _status(stage: Stage) -> None:
    for who in stage.cast.with_role("manager")[:1]:
        await stage.staff("/status", who)


async def _press(stage: Stage, label: str, form: dict[str, str] | None = None) -> str:
    for who in stage.cast.staff:
        try:
            await stage.press(label, who, form)
        except NothingToPressError:
            continue
        return who
    raise NothingToPressError(f"没有可以按的「{label}」，请先完成前面的步骤")


async def _fill(stage: Stage, label: str, content: str) -> None:
    """Press a button that brings a form, and send the form."""
    who = await _press(stage, label)
    await stage.settle()
    await stage.press("提交", who, {"内容": content})


def _last_said(stage: Stage) -> str:
    said = [one for one in stage.seen_in_wecom(CUSTOMER) if one.sender != "customer"]
    return wecom_text(said[-1]) if said else ""


STEPS = (
    Step("客户说出需求", "在左边的手机上，以王芳的身份随便说一个需求，像平时发微信一样。", _need,
         lambda seen: bool(seen.said and seen.customer)),
    Step("回答几个问题", "机器人只问还缺的信息，一句话里说了几项就记几项；直到它给出汇总。", _answer,
         lambda seen: "确认需求信息" in seen.customer),
    Step("确认", "点「确认」，需求得到编号，并自动派给合适的人。", _confirm,
         lambda seen: bool(re.search(rf"编号\s*{NUMBER.pattern}", seen.customer))),
    Step("接单", "中间是飞书：负责人收到卡片，上面有系统建议的类型、紧急程度和依据。点「接单」。", _accept,
         lambda seen: "受理" in seen.customer),
    Step("更新进度", "点「更新进度」，在弹出的表单里写一句话，客户马上收到。", _progress,
         lambda seen: "【进度更新】" in seen.customer),
    Step("在话题里对话", "在卡片下面的话题里回复，内容会转给客户；客户的回答也会回到话题里。", _reply,
         lambda seen: bool(re.search(rf"（{NUMBER.pattern}）：", seen.customer))),
    Step("快进一天", "点上方「+1 天」：时限提醒、超时升级、给客户的定期进度，都按时发生。", _day,
         lambda seen: seen.turned >= timedelta(hours=23)),
    Step("提交验收", "处理好了，点「提交验收」并写明结果，请客户确认。", _deliver,
         lambda seen: "请您确认是否解决" in seen.customer),
    Step("客户验收并打分", "客户点「验收通过」，再打分，例如“5 4 5 很专业”（夜里不问，早上 9 点才问）。", _end,
         lambda seen: "感谢您的评价" in seen.customer),
    Step("主管看全局", "右边是周经理：发送 /status 看看板，/list 紧急 列出紧急需求，/help 看全部命令。", _status,
         lambda seen: bool(re.search(r"[/／]\s*(status|进度|看板)", seen.asked) and seen.manager)),
)  # fmt: skip
