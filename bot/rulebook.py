"""The rules in force as tables: what `yingxu policy` prints."""

from collections.abc import Iterator, Sequence
from datetime import time, timedelta

from bot.tables import table
from handlers.measures import Span
from handlers.policy import Policy
from handlers.sections import Person
from handlers.wording.terms import KINDS, NATURES

_ROLES = {"agent": "处理人", "lead": "主管", "manager": "管理者"}
_HUMAN = {"relay": "由机器人在会话中转达", "transfer": "转给微信客服接待人员，无人在线时由机器人转达"}
_UNITS = ((timedelta(days=1), "天"), (timedelta(hours=1), "小时"), (timedelta(minutes=1), "分钟"))


def tables(policy: Policy) -> str:
    """Every rule that can be changed in the policy file, in Chinese."""
    return (
        "\n\n".join(
            [_people(policy), _types(policy), _routing(policy), _levels(policy), _moments(policy), _questions(policy)]
        )
        + "\n"
    )


def _people(policy: Policy) -> str:
    head = ("姓名", "部门", "角色", "优先处理", "上限", "飞书", "企业微信")
    return table("人员", head, [_person(person, policy) for person in policy.people])


def _person(person: Person, policy: Policy) -> Sequence[str]:
    roles = "、".join(_ROLES[role] for role in person.roles)
    types = "、".join(map(policy.label, person.types))
    return person.name, person.department, roles, types or "—", str(person.capacity), person.feishu, person.wecom or "—"


def _types(policy: Policy) -> str:
    rows = [(one.key, one.label, KINDS[one.like]) for one in policy.types]
    return table("需求类型", ("键", "名称", "按哪一类提问和建议"), rows)


def _routing(policy: Policy) -> str:
    return table("分派", ("类型或性质", "部门", "给谁", "需确认", "抄送"), list(_routes(policy)))


def _routes(policy: Policy) -> Iterator[Sequence[str]]:
    for key, label in (policy.labels | NATURES).items():
        route = policy.routing.get(key)
        if route:
            yield label, route.department, _ROLES[route.role], route.approval or "—", "、".join(route.cc) or "—"


def _levels(policy: Policy) -> str:
    rows = [
        (level.label, level.priority, *map(span, (level.respond, level.resolve, getattr(policy.push, level.priority))))
        for level in (policy.urgency.urgent, policy.urgency.important, policy.urgency.routine)
    ]
    return table("时限", ("紧急程度", "优先级", "响应", "解决", "向客户通报"), rows)


def _moments(policy: Policy) -> str:
    calendar, hours = policy.calendar, policy.push.hours
    rows = [
        ("时区", policy.timezone),
        ("工作时间", "、".join(_hours(*pair) for pair in calendar.hours)),
        ("另加节假日", "、".join(map(str, calendar.holidays)) or "—"),
        ("另加工作日", "、".join(map(str, calendar.workdays)) or "—"),
        ("无人接单提醒", span(policy.alerts.dispatch)),
        ("超时前提醒", span(policy.alerts.before)),
        ("可打扰客户的时段", _hours(*hours)),
        ("满意度调查", f"{policy.survey.low} 分及以下视为不满意"),
        ("满意度调查时限", _not_yet(f"{span(policy.survey.within)}内")),
        ("回访", _not_yet(f"{span(policy.visit.after)}后")),
        ("周报", _not_yet(policy.report.weekly)),
        ("首次接入客服时只存不答", f"早于 {span(policy.kf.replay)}的消息"),
        ("与处理人对话的窗口", span(policy.relay.window)),
        ("答非所问几次后转人工", str(policy.intake.refusals)),
        ("登记中断后提醒一次", span(policy.intake.remind)),
        ("登记中断后存为草稿", span(policy.intake.lapse)),
        ("疑似重复", f"相似 {policy.alike.offer:.0%} 起请客户确认，{policy.alike.propose:.0%} 起提示处理人"),
        ("合并后未回复视为通过", f"保留的需求验收后 {span(policy.alike.silent)}"),
        ("可能是投诉", _complaints(policy)),
        ("采纳率", _learning(policy)),
        ("转人工", _HUMAN[policy.human.mode]),
        ("值班顺序", "、".join(policy.human.duty) or "—"),
        ("客服接待人员", _servicers(policy) or "—"),
        ("每个需求的附件", _kept(policy)),
        ("需求来源", "、".join(policy.sources.values())),
        ("隐私说明", policy.privacy.sentence or "—"),
        ("资料保存", _stored(policy)),
    ]
    return table("时间与其他", ("规则", "值"), rows)


def _not_yet(value: str) -> str:
    """Mark a rule that can be written down already and changes nothing so far."""
    return f"{value}（尚未生效）"


def _servicers(policy: Policy) -> str:
    own = {person.name: person.kf for person in policy.people if person.kf}
    return "、".join(f"{name} {userid}" for name, userid in (own | policy.human.servicer).items())


def _learning(policy: Policy) -> str:
    rules, share = policy.learning, policy.confirm
    return (
        f"最近 {rules.last} 次、{span(rules.within)}内的判定；低于 {share.below:.0%} 改为人工确认，"
        f"回到 {share.above:.0%} 恢复；有把握的建议抽查 {rules.audit:.0%}"
    )


def _complaints(policy: Policy) -> str:
    post = policy.complaint.to
    return f"把握 {policy.complaint.copied_from:.0%} 起抄送{post.department}{_ROLES[post.role]}"


def _kept(policy: Policy) -> str:
    kept = policy.attachments
    return f"最多 {kept.most} 个，单个 {kept.megabytes} MB，共 {kept.total} MB"


def _stored(policy: Policy) -> str:
    kept = policy.privacy
    spans = {"消息": kept.messages, "草稿": kept.drafts, "附件": kept.attachments, "需求": kept.requests}
    return "，".join(f"{what} {span(length)}" for what, length in (spans | {"客户": kept.customers}).items())


def _questions(policy: Policy) -> str:
    rows = [(str(n), field.label, field.ask) for n, field in enumerate(policy.fields, 1)]
    return table("引导提问", ("顺序", "内容", "问法"), rows)


def span(length: Span) -> str:
    """Say a length of time in Chinese, in the largest unit that fits exactly."""
    if length.business_days:
        return f"{length.business_days} 个工作日"
    unit, word = next((unit, word) for unit, word in _UNITS if not length.wall % unit)
    return f"{length.wall // unit} {word}"


def _hours(start: time, end: time) -> str:
    return f"{start:%H:%M}–{end:%H:%M}"
