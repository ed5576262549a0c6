"""Whether a day or an hour is a deadline, by what stands around it: 周五前, the date of an event, or neither."""

import re

_BEFORE_IT = re.compile(
    r"(?:截止|截至|最晚|最迟|赶在|deadline|ddl|必须在|务必在|得在|要在|不晚于|限|期限"
    r"|(?<!报修|申请|发生|反馈|提交|登记|采购|购买|安装|上线|故障)时间[:—]"
    r"|我说的是|定在|安排在|by[: ]|before |until )[^,。;!?\n]{0,6}$"
)
_AFTER_IT = re.compile(
    r"(?:[^,。;!?\n\d]{0,9}?|[ a-z-]{1,20})(?<![目提])(?:[之以]?前|(?<=[一二三四五六日天号底末])钱)"
    r"(?![面台端后年几阵段辈些])(?!天(?!晚))(?!一天之前)"
    r"|[^,。;!?\n]{0,8},(?:请|务必|要|得|可以)?赶?(?:在?[那这此])?之前|[^,。;!?\n]{0,4}?(?:截止|到期|封盘|关闸|最后一天)|(?:工作日)?(?:之?内(?![容部存网])|以内)"
)
_PASSED = re.compile(r"(?:放假)?(?:上班)?(?:回来|那天|那会|以后|之后|后(?!天)|期间|的时候|起|开始|以来)")
_IF = re.compile(r"(?:如果|要是|万一|假如|倘若|哪天)(?:哪天)?[^,。;!?\n]{0,2}$")
SUPPOSED = re.compile(r"(?:如果|要是|万一|假如|倘若|哪天)[^,。;!?\n]{0,12}$")
THEN = re.compile(r"[^,。;!?\n]{0,12}?(?:能|可以|弄|修|搞|上线|给|完成|解决|恢复|好|行)")
_OFF = re.compile(r"(?:本来|原来|原本|原定|原先|先说的?是|之前说的?)(?:说)?[^,。;!?\n]{0,3}$")
_NOT_NOW = re.compile(r"[^,。;!?\n]{0,2}?(?:再)?不(?:给|修|弄|解决|恢复|处理|回|搞|来人)")
_CALLED_OFF = re.compile(r"[^,。;!?\n]{0,4}?(?:不用了|不需要了|不必了|作废|算了|已经过了)")
NO_LIMIT = re.compile(r"(?:没有?|不设|无)(?:什么|啥|具体|硬性|明确)?的?(?:期限|时限|截止|deadline|ddl)(?!内|前|提醒)")
"""Whoever says so takes back every day he has named."""
_UNDONE = re.compile(r"[再还]?没(?:人来|人回|解决|修好|弄好|处理|恢复|消息|结果|答复|到账)")
"""明天没人来就换别家; of today it tells what has happened."""
_NEED = re.compile(
    r"[^,。;!?\n]{0,6}?(?:必[须需]|务必|就要|就得|一定要|急用|等着用)"
    r"|[^,。;!?\n]{0,4}?(?:要[交用给报发]|得[交用给报发有弄出]|能不能|能否|可不可以|可以.{0,6}吗|能.{0,8}[吗不]"
    r"|给(?:方案|报价|答复|回复|结果|初稿)|要(?:开播|开会|开庭|开门|开场|发车|出发|登机|直播|上线|交班|交货|发货)"
    r"|行不行|给我?[个弄修搞解办]|[完好掉出](?:来|了)?就(?:行|好|可以|成|中))"
    r"|[^,。;!?\n]{0,3}?(?<!一点)吧(?=[,。;!~ \n]|$)|还有(?:一|两|三)?[场节]"
)
EVENT = re.compile(
    r"[^,。;!?\n吗]{0,5}?(?:要|得|就(?!能)|发货|出货|开会|开课|开店|开门|开业|开标|上线|验收|检查|考试|开考|投标|开学|开幕|开庭|开盘|交货|交付|发车|出关|审计|评审|来检|来查|飞检|验厂|比赛|开赛|决赛|彩排|演出|婚礼|剪彩|揭牌|出账|出柜|报关|答辩|路演|团建|放款|计息|起飞|首映|开拍|年会|家长日|大促|直播|办活动|汇报|演示|开班|营业"
    r"|关账|结账|封账|扎账|报税|交房|发薪|发工资|盘点|[ a-z]{0,12}(?:meeting|demo|launch))"
    r"(?!不要|么|是|下班|上班|放假|退休|离职|休假|请假|出差|回老家)"
)
_HAPPENS = re.compile(
    r"[^,。;!?\n吗]{0,4}?(?:验厂|验收|比赛|考试|开庭|开业|开标|出账"
    r"|交房|发薪|剪彩|演出|婚礼|报税|关账|结账|盘点|上线|检查)(?!的|了|时|后)"
)
RECURRING = re.compile(
    r"(?:每个?(?:(?:周|星期|礼拜|月)[一二三四五六日天末]?|天|晚|早)?(?:的|[上下]午)?|平时|一般|往常|历年|各|上个?月?|前天?|昨天?|去年(?:是|的|也是)?|自从|(?<!不)从|打从|(?:加班|忙|熬|干|耗|拖)到|上周[一-日]?|当天|刚过的)$"
)


def due_end(folded: str, end: int) -> int:
    """Return where the saying of a deadline ends: 周五|前."""
    after = _AFTER_IT.match(folded, end)
    return after.end() if after and "," not in after[0] else end


def firmness(folded: str, start: int, end: int, *, soft: bool, numbered: bool = False) -> bool | None:
    """Return True for a deadline, False for the date of an event, None for a date that is neither.

    A `soft` word (今天) tells of the past as often; a day that is only `numbered` (10号) is one of an event at least.
    """
    before = folded[max(0, start - 12) : start]
    if _is_none(before, folded, end):
        return None
    if _IF.search(before) and not THEN.match(folded, due_end(folded, end)):
        return None
    if _BEFORE_IT.search(before) or _AFTER_IT.match(folded, end) or _NOT_NOW.match(folded, end):
        return True
    if not soft and _UNDONE.match(folded, end):
        return True
    if soft:
        return True if _NEED.match(folded, end) else False if numbered and _HAPPENS.match(folded, end) else None
    return True if _NEED.match(folded, end) else False if EVENT.match(folded, end) else None


def _is_none(before: str, folded: str, end: int) -> bool:
    """Whether a day is past, habitual, somebody's habit of speech or taken back."""
    said_before = RECURRING.search(before.rstrip()) or _OFF.search(before)
    return bool(said_before or _PASSED.match(folded, end) or _CALLED_OFF.match(folded, end))
