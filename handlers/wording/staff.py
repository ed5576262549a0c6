"""What agents and managers read in Feishu and in the WeCom app."""

NEW = "新需求 {number}"
CARD = "需求 {number}"
NOBODY = "未分配"
BROUGHT_BY = "代录：{by}"
SYSTEM = "系统"
MOVED = "需求 {number} 已转给{owner}"
HANDED = "{by}把这个需求转给了您。{said}"
NOTICE = "抄送：需求 {number}"
APPROVAL = "待{department}评估：需求 {number}"
COMPLAINT = "投诉：需求 {number}"
COMPLAINT_HOW = "系统判断为投诉，由{owner}负责。"
SUSPECTED = "可能是投诉：需求 {number}"
SUSPECTED_HOW = "系统判断有 {share} 的可能是投诉，现由{owner}负责。如属投诉，请改判或转派。"
WANTED = "需求 {number}：客户要求人工服务，请尽快在本话题中回复。"
HUMAN_BADGE = "需求 {number}：客户要求人工服务，请尽快在本卡片的话题中回复。"
HOW_TO_REPLY = "在本卡片的话题中回复，内容会转给客户。"
SUGGESTION = "{value}（系统建议，依据：{because}）"
ON_THE_WHOLE, OTHERWISE = "整体语义", "其他"
UNSURE = "{value}（系统不确定，可能是{other}，请核实；依据：{because}）"
STATED, STATED_FOR = "客户所述", "登记时填写"
BESIDE = "{value}（{by}；系统建议：{other}，依据：{because}）"
BESIDE_UNSURE = "{value}（{by}；系统认为可能是{other}，请核实；依据：{because}）"
AUDITED = "{value}（系统建议，抽查，请确认或改正；依据：{because}）"
HELD = "{value}（待确认，系统建议，依据：{because}）"
DEGRADED = "智能分类不可用，已按规则判断"

CUSTOMER_SENT = "客户发来{kind}：{name}"
CUSTOMER_LOST = "客户发来的{kind}没有保存：{name}（{reason}），已请客户重发。"
NOT_PASSED_ON = "您发的{kind}未能转给客户：{reason}。{name}"
SUPPLEMENT = "客户补充：{said}"
URGED = "需求 {number}：客户催办，请尽快更新进度。"
WITHDRAWN = "客户已撤销需求 {number}。"
PASSED = "客户验收通过。"
PASSED_SILENT = "客户未回复，随 {kept} 的验收视为通过。"
FAILED = "客户反馈未解决，需求已重新打开。{said}"
SCORED = "客户评价：{scores}。{comment}"
UNREACHABLE = (
    "需求 {number}：客户当前无法在会话中联系（{reason}），消息已保留，客户下次来信时会发送最新状态。"
    "如需尽快沟通，请电话或邮件联系。"
)
UNSENT = "需求 {number}：未能送达客户，{reason}。请通过其他方式联系客户。内容：{said}"
UNREACHED = "飞书消息未能送达{name}，请关注需求 {number}"
REASONS = {
    "window": "超过 48 小时、条数已用完或会话已结束",
    "serving": "会话正由人工接待",
}
# Why bytes are not kept.
LOST = {"too_large": "文件过大", "empty": "文件为空", "expired": "文件已失效", "full": "附件总量已满"}

DISPATCH = "紧急需求 {number} 超过时限仍未接单"
NEAR = {"respond": "即将超时：{number} 需在 {at} 前首次答复", "resolve": "即将超时：{number} 需在 {at} 前解决"}
OVER = {"respond": "已超时：{number} 未在 {at} 前首次答复", "resolve": "已超时：{number} 未在 {at} 前解决"}
LOW_SCORE = "客户评价较低：{number}，请安排回访"
POISON_TITLE, POISON_NO_WORDS = "消息处理失败", "（非文字）"
POISON = "有一条客户消息未能自动处理，请人工跟进：{said}"

# Answers to a press. Each says what happened, or why nothing did.
DONE = "已完成：{label}"
FORM_BELOW = "请填写下方表单"
NOT_STAFF = "无权操作：您不在人员名单中"
NOT_YOURS = "无权操作：仅负责人、{department}主管或管理者可以操作"
STALE = "卡片已更新，请按最新卡片操作（{number} 当前：{status}，负责人：{owner}）"
NOT_NOW = "{number} 当前是“{status}”，不能{label}"
ALREADY_TAKEN = "{number} 已由{owner}接单"
GONE = "卡片无法识别，请使用最新卡片"
USED = "该表单已提交过"
EMPTY = "{label}不能为空"
UNKNOWN_PERSON = "没有这个人：{name}"
SAME_PERSON = "已经由{name}负责"
UNKNOWN_CHOICE = "{label}没有“{value}”这个选项"
ONLY_COMMANDS = "在需求卡片的话题中回复即可转给客户。发送 /help 查看命令。"
NO_THREAD = "这条消息不在需求卡片的话题里，没有转给客户。请在对应卡片的话题中回复。"
NOT_RELAYED = "{number} 已{status}，消息没有转给客户。"
NOT_READ = "这类消息不能转给客户，请用文字、图片或文件回复。"

LABELS = {
    "accept": "接单",
    "assign": "转派",
    "judge": "改判",
    "progress": "更新进度",
    "ask": "请客户补充",
    "deliver": "提交验收",
    "merge": "合并",
    "split": "拆分",
    "close": "关闭",
}
# The forms of these.
INPUTS = {"content": "内容", "reason": "原因", "person": "转给谁", "number": "编号"}
HINTS = {
    "progress": "进展内容，会发送给客户",
    "ask": "想请客户补充的内容，会发送给客户",
    "deliver": "处理结果与使用说明，会发送给客户验收",
    "close": "关闭原因，会告知客户",
    "assign": "转派原因（可不填）",
    "judge": "改判原因（可不填）",
}
SUBMIT, SUBMITTED = "提交", "已提交"
STAFF_ONLY = "抱歉，您不在人员名单中，没有使用权限。"

# Requests brought for a customer (/代录, POST /api/intake, yingxu import).
PROXY_FORM = "代客户登记需求"
PROXY_HOW = "公司和联系人至少填一项，电话和邮箱至少填一项；需求请写明哪个功能、发生了什么、期望的效果。"
PROXY_DONE = "已代录：需求 {number}，由{department}的{owner}负责，优先级 {priority}。"
PROXY_KNOWN = "这条需求已经登记过，编号 {number}，由{owner}负责。"
PROXY_MORE = "还不能登记，请补全：\n{problems}"
PROXY_SENT = "代录表单已私信给您。"
PROXY_TOO_LONG = "内容较长，放不进表单。请补全后重新发送整条命令（原文仍在上面，没有丢失）。"
PROXY_TOAST = "还不能登记：{problem}"
PROXY_REGISTERED = "已登记 {number}"
NO_CHAT = "客户还没有会话：请用 /show {number} 查看电话联系，卡片上的操作只作记录，不会发送给客户。"
NOT_SENT = "已记录到需求 {number}，但客户还没有会话，没有发送给客户，请电话或邮件联系。"
DONE_NOT_SENT = "已记录：{label}。客户没有会话，请电话告知"
MAY_BE_HIS = (
    "会话中有客户登记了 {other}，电话和姓名与代录的 {number} 相同，他还看不到 {number}。"
    "核实是本人后请发送 /give {number} {other}。"
)
GIVEN = "已将 {number} 交给 {other} 的客户，他会收到一份副本。"
GIVE_CHATS = "{number} 须是没有会话的代录需求，{other} 须是客户在会话中登记的需求"
GIVE_DIFFERS = "{other} 与 {number} 的电话和姓名不同，不能认领"
JOINED = "客户已在会话中，可以直接在本话题中回复。"
# What is wrong with a field, said to whoever filled it in.
UNFIT = {
    "who": "公司和联系人至少填一项",
    "reach": "电话和邮箱至少填一项",
    "need": "请填写需求描述",
    "vague": "描述太笼统，请写明是哪个功能或页面、发生了什么、期望的效果",
    "short": "内容太短，请写具体一点",
    "long": "最多 {most} 字，现在有 {length} 字",
    "phone": "“{value}”不是有效的电话，请只填一个：手机、带区号的座机（可带分机 -802），或 + 开头的国际号码",
    "email": "“{value}”不是有效的邮箱",
    "choice": "没有“{value}”这个选项，可选：{options}",
    "time": "“{value}”不是有效的时间，请写成 2026-11-23 或 2026-11-23 10:00",
    "future": "反馈时间不能晚于现在",
    "text": "必须是文字",
    "unknown": "没有这个字段，可用：{options}",
}
ORIGIN_ERASED = "以前登记过，内容已删除（客户要求或保存到期），不再登记；确是新的需求请换一个编号"
KEY_REUSED = "这个标识已用于内容不同的登记（{number}）。内容有变请换一个标识，重试请原样重发"

# A customer's data were deleted: what stands where his words stood, and who is told.
ERASED_NEED = "（客户资料已删除）"
ERASED_WITHDRAWN = "客户要求删除其资料，需求 {number} 已撤销，请停止处理。"
ERASED_TITLE = "客户资料已删除"
ERASED = (
    "{by}，凭证 {code}。涉及需求 {requests} 条（其中撤销 {withdrawn} 条）、附件 {attachments} 个。"
    "单号、日期、类型和状态保留用于统计。"
)
ERASED_BY = {"customer": "按客户要求", "operator": "由管理员执行", "retention": "已到保存期限"}

# Requests of several customers that ask for the same.
ALIKE = "{title}（相似 {likeness}{words}）"
ALIKE_NOTE = "{number} 疑似与 {found} 重复，若是同一件事，请在卡片上点“合并”。"
ALIKE_WORDS = "，都涉及{words}"
VOTES = "已有 {votes} 位客户提出{numbers}"
VOTES_NUMBERS = "（含 {numbers}）"
FOLLOWING = "已并入 {kept}（共 {votes} 位客户提出），进展随它同步给本客户"
MERGED_CARD = "需求 {number} 已并入 {kept}"
MERGE_HOW = (
    "提交后 {number} 并入您填写的编号：以后在保留的需求上操作，进展同步给两边的客户，单号各自不变。"
    "可发送 /split {number} 撤回。"
)
MERGE_HINT = "保留的编号，例如 202611-001"
JOINED_BY = "需求 {number} 已并入本需求，共 {votes} 位客户提出。"
LEFT_BY = "需求 {number} 已从本需求拆出，单独跟进。"
SPLIT = "需求 {number} 已拆出，单独跟进。{said}"
NO_SUCH = "没有找到需求 {number}，请核对编号。"
HEIR = "原保留的 {number} 已由其客户撤销，由本需求继续。"
MERGE_SELF = "{number} 不能并入自己"
MERGE_ALREADY = "{number} 已并入 {kept}"
MERGE_ROUND = "{kept} 已并入 {number}，不能反过来合并；如要对调请先发送 /split {kept}"
MERGE_OVER = "{number} 当前是“{status}”，不能合并"
MERGE_DONE = "已将 {number} 并入 {kept}，共 {votes} 位客户提出。撤回请发送 /split {number}。"
SPLIT_DONE = "已将 {number} 从 {kept} 拆出，由{owner}单独跟进。"
SPLIT_NONE = "{number} 没有并入其他需求"
FOLLOWS = "{number} 已并入 {kept}，请在 {kept} 上操作，或先拆分"
ALSO_MENTIONED = "（同时提到，另行登记：{needs}）"

# A call for a person: what the card does not show, and what became of the session in 微信客服.
MISSING, LATELY, SENT = "还没问到", "客户最近说", "已发来"
TRANSFERRED = "需求 {number}：会话已转到微信客服，由接待人员在企业微信中接待；接待结束后机器人会接回。"
NOT_TRANSFERRED = "需求 {number}：没能转到微信客服（{reason}），请在本话题中回复客户。"

# How often people keep what the classifier suggests, and what follows from it (A-217, docs/learning.md).
CONFIRM, CHANGE = "确认{value}", "改为{value}"
PICKED = "{label}确认为“{value}”"
CONFIRM_TITLE = "“{label}”进入人工确认模式"
CONFIRM_BEGINS = (
    "模型准确率 {share} → 人工确认模式：最近 {count} 次“{label}”建议中人员采纳了 {kept} 次，低于 {below}。"
    "从现在起“{label}”不再预填，由客户回答或由负责人在卡片上点选；回到 {above} 时自动恢复。发送 /model 查看。"
)
CONFIRM_OVER = "“{label}”恢复系统建议"
CONFIRM_ENDS = "最近 {count} 次“{label}”建议中人员采纳了 {kept} 次（{share}），不低于 {above}，恢复预填建议。"
CONFIRM_BANNER = "“{label}”模型准确率 {share} → 人工确认模式"
MODEL_TITLE = "分类模型"
MODEL_NO_WORDS = "这个命令不带参数。"
MODEL_NONE = "智能分类未启用，已按规则判断"
MODEL_CORPUS = "{count} 条消息，作者 {names}"
MODEL_DECISIONS = "训练时用了 {count} 条"
MODEL_F1 = "{label} F1"
MODEL_MEAN = "平均 {value}"
MODEL_LIVE = "{label}采纳率"
MODEL_RATE = "{value}（最近 {count} 次采纳 {kept} 次）"
MODEL_NO_RATE = "暂无判定"
MODEL_FEW = "，不足 {most} 次不切换"
MODEL_UNSURE = "，另有 {count} 次系统不确定，未计入"
MODEL_COUNTED = (
    "只算系统有把握的建议：负责人接单时没有改、或点了“确认”，算采纳；改成别的，算未采纳。"
    "还没有负责人判定的，按客户在确认单上的意见算。系统自己说“不确定”的不算，所以它不是全部需求的准确率。"
    "每项最多取 {span}内最近 {most} 次。"
)
MODEL_ON = "人工确认模式"
MODEL_OFF = "预填建议"
MODEL_SINCE = "（{at} 起）"
MODEL_EXAMPLES = "{count} 条需求有人员的判定（至少一项），可导出训练"
MODEL_HOW = (
    "yingxu classifier feedback 导出判定，train 训练，promote 启用，rollback 退回上一版（在服务器上执行，重启后生效）"
)
