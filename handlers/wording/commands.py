"""What agents and managers read of the slash-commands: how they are written, what they do, and their answers."""

from handlers.wording import staff

ALIASES = {
    "help": "帮助",
    "status": "状态",
    "list": "列表",
    "show": "详情",
    "search": "搜",
    "overdue": "超时",
    "proxy": "代录",
    "assign": "派",
    "merge": "合并",
    "split": "拆",
    "give": "认领",
    "model": "模型",
}
ARGUMENTS = {
    "help": "[命令]",
    "status": "[编号]",
    "list": "[状态|类型|紧急程度|P0–P2|姓名|本周|本月 …]",
    "show": "编号",
    "search": "词…",
    "proxy": "[客户名 电话 需求描述]",
    "assign": "编号 姓名",
    "merge": "编号 保留编号",
    "split": "编号",
    "give": "编号 客户编号",
}
SUMMARIES = {
    "help": "列出命令，或说明一个命令",
    "status": "看板；带编号看一个需求的状态",
    "list": "按条件列出需求",
    "show": "一个需求的全部信息与经过",
    "search": "找说法相近的需求（含已结束的），最多 5 个",
    "overdue": "已超时的需求",
    "proxy": "代客户登记需求；不写内容则给出表单",
    "assign": "把需求指派给一个人",
    "merge": "同样的需求合并处理，两位客户的编号都保留",
    "split": "撤回合并，需求单独跟进",
    "give": "核实后把代录的需求交给本人的会话",
    "model": "分类模型：版本、指标、采纳率与当前模式",
}
TITLE = "命令"
USAGE = "{problem}\n用法：{example}"
UNKNOWN = "没有“/{name}”这个命令。发送 /help 查看全部命令。"
UNKNOWN_NEAR = "没有“/{name}”这个命令，您要的是 /{found} 吗？发送 /help 查看全部命令。"

# What is missing, or cannot be done.
GIVE_ONE = "请给出一个编号。"
GIVE_PERSON = "请给出编号和姓名。"
GIVE_BOTH = "请给出要合并的编号和保留的编号。"
GIVE_HIS = "请给出代录的编号和客户自己登记的编号。"
GIVE_WORDS = "请写出要找的词。"
NO_SUCH = "没有找到需求 {number}，请核对编号。"
NO_SUCH_NEAR = "没有找到需求 {number}，您要的是 {found} 吗？"
NOBODY = "没有“{name}”这个人，可选：{names}。"
NOBODY_NEAR = "没有“{name}”这个人，您指的是{found}吗？"
CONDITION = "不认识条件“{value}”。"
CONDITION_NEAR = "不认识条件“{value}”，您要的是“{found}”吗？"
NOT_ASSIGNED = "需求 {number} 当前是“{status}”，不能指派。"
ALREADY_HIS = "需求 {number} 已经由{name}负责。"
REFUSED = "{problem}。"
ASSIGNED = "已将需求 {number} 指派给{name}。"

# Lists and the board.
THIS_WEEK, THIS_MONTH = "本周", "本月"
LIST = "需求列表"
LIST_NONE = "没有符合条件的需求。"
LIST_MORE = "……只列出最近的 {most} 个，请增加条件"
BOARD = "需求看板"
OWN = "我的需求"
OPEN = "{count} 个未完成"
COUNT = "{count} 个"
TOTALS = "未完成 {count} 个，已超时 {total} 个"
EMPTY = "{title}：暂无。"
MORE = "……共 {count} 个"
OVERDUE = "已超时的需求"
OVERDUE_NONE = "没有超时的需求。"
FOUND = "与“{words}”相近的需求"
FOUND_NONE = "没有找到说法相近的需求。"
LIKE = "{title}（相似 {likeness}）"
LIKE_WORDS = "{title}（相似 {likeness}，都提到{words}）"

# What happened to a request, and who did it where it was no person of the house.
EVENTS = staff.LABELS | {
    "registered": "登记",
    "answer": "回复客户",
    "supplement": "客户补充",
    "urge": "客户催办",
    "pass": "验收通过",
    "fail": "未解决",
    "withdraw": "撤销",
    "reopen": "重新打开",
    "score": "评价",
    "merge": "并入其他需求",
    "split": "拆出",
    "join": "并入一个需求",
    "leave": "拆出一个需求",
}
ACTORS = {"api": "接口", "import": "导入", "silence": "未回复", "customer": "客户"}

# The model (A-217, docs/learning.md).
MODEL = {
    "hint": "提示",
    "version": "版本",
    "made": "模型日期",
    "corpus": "语料",
    "decisions": "人工判定",
    "counted": "采纳率怎么算",
    "examples": "判定",
    "care": "维护",
}
DAYS, HOURS = "{count} 天", "{count} 小时"
