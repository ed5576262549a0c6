"""What customers read. Short lines of a chat, polite, without jargon."""

GREETING = "您好，我是需求助手。请直接描述您的需求或问题，我来登记并安排专人跟进。"
GREETING_BACK = "{name}您好，欢迎回来！请直接描述您的需求或问题，我来登记并安排专人跟进。"
HELP = (
    "您可以直接描述需求，我会帮您登记。也可以随时发送：\n"
    "进度 [编号]：查看处理进度\n"
    "我的需求：列出您的需求\n"
    "补充 编号 内容：补充说明\n"
    "催办 [编号]：提醒处理人\n"
    "验收通过 [编号] / 未解决 [编号] [原因]：确认结果\n"
    "取消：放弃正在填写的需求；取消 编号：撤销已提交的需求\n"
    "人工：转人工服务\n"
    "导出我的数据 / 删除我的数据：查看或删除您的资料"
)
SMALL_TALK = "好的。有新的需求请直接描述，发送“帮助”可查看我能做什么。"
SMALL_TALK_OPEN = "您的需求 {number} 正在跟进中（{status}），有进展会第一时间告诉您。"
SMALL_TALK_TESTING = "您的需求 {number} 已处理完成，等您确认：请回复“验收通过”或“未解决”。"
PRESENT = "在的。"
UNREADABLE = "抱歉，我暂时看不懂{kind}，麻烦您用文字描述一下。"
KEPT = "{kind}已收到，会随需求一起保存。"
KEPT_FOR = "{kind}已收到，已转给 {number} 的处理人。"
KEPT_ALONE = "{kind}已收到。请用文字描述您的需求，我会把它一并登记。"

UNDERSTOOD = "已记录：{facts}。"
LACKING = {"who": "公司名称或您的称呼", "name": "您的称呼", "reach": "联系电话", "any": "联系信息"}
LACKING_CUSTOMER = "还差{missing}，麻烦补充一下。"
# What else was read from a message, by the name it is shown under.
PARTS = {"background": "背景", "expected": "期望"}
BAD_PHONE = "电话“{phone}”好像不对，麻烦再确认一下联系电话。"
BAD_EMAIL = "这个邮箱好像不对，麻烦再确认一下。"
TOO_SHORT = "能再说具体一点吗？"
VAGUE_AGAIN = "还差一点具体的：比如“手机端的订单列表，点导出没有反应，希望能导出上个月的数据”。您遇到的是哪里、哪一步？"
VAGUE_ABOUT = {
    "服务": "抱歉让您有不好的体验。能具体说说是哪一次、哪个环节吗？比如“上周报修，三天没人回电话”，您希望怎么解决？",
    "质量": "想更准确地帮到您：是哪个产品或哪批货？出现了什么现象，您期望怎么处理？",
}
VAGUE = "想更准确地帮到您：具体是哪个页面或功能？发生了什么，您期望的效果是怎样的？"
NOT_UNDERSTOOD = "抱歉没理解您的回答。"
OFFER_HUMAN = "如果不方便回答，发送“人工”由专人联系您。"
RESUMED = "我们继续刚才的登记。"
WELCOME_BACK = "{name}您好，欢迎回来！"
STILL_YOU = "联系信息还是上次的吗？\n{profile}"
YES = "是的"
SAY_AGAIN = "好的，请告诉我正确的{label}。"
GIVE_UP = "好的。刚才的登记要先放一放，还是取消？"
TAKE_YOUR_TIME = "好的，不着急。"
SAY_TYPE = "好的，请告诉我正确的需求类型（{value}），例如“类型改成{other}”。"
TAKEN_BACK = "好的，刚才的回答不算。"
NOTHING_TO_TAKE_BACK = "没有可以撤回的回答了。"
SEVERAL = "听到您有几件事，我会分别登记：\n{needs}\n先说第一件。"
JOIN = "合成一条登记"
JOINED = "好的，合成一条登记。"
NEXT_NEED = "接着登记下一件：“{need}”。"
SORRY = "非常抱歉给您带来不好的体验。您的话我已记录下来，并请同事来跟进。"
A_PERSON_ASKS = "为了不耽误您，我请同事直接和您聊清楚。"
HAVE_ALREADY = "您有相似的需求正在处理，是同一件事吗？"
SAME_AS = "是，补充到 {number}"
NEW_NEED = "不是，是新的需求"
GO_ON = "好的，作为新的需求登记。"
ONE_OF_THESE = "这次的事，是您之前提过的这些之一吗？也可以直接回复编号，或回复“没有”。"
CANCELLED_DRAFT = "好的，已取消本次登记。需要时请随时告诉我。"
NOTHING_TO_CANCEL = "目前没有正在填写的需求。要撤销已提交的需求，请发送“取消 编号”。"
ASK_WITHDRAW = "确认要撤销需求 {number} 吗？"
NO_WITHDRAW = "不撤销"
NOT_WITHDRAWN = "好的，没有撤销，您的需求照常处理。"
WITHDRAWN = "需求 {number} 已撤销。如有需要请随时告诉我。"
CHOOSE_FIELD = "请选择要修改的内容，也可以直接说，例如“紧急程度改成紧急”。"
CHANGED = "已修改：{label}。"
NOTED = "已记录：{label}。"
NOT_YET = "还没有填完。"
ADDED = "已补充到需求描述。"
SUMMARY = "请确认需求信息"
SUMMARY_BODY = "确认无误请回复“确认”，需要调整请回复“修改”。"
SUGGESTED = "{value}（系统建议，可修改）"
PERHAPS = "可能是{value}（系统建议，可修改）"

REGISTERED = (
    "您的需求已登记，编号 {number}，由{department}的{owner}负责跟进，有进展会及时告诉您。\n"
    "发送“进度 {number}”可随时查看。"
)
HUMAN_NEED = "客户要求人工服务"
HUMAN = "已为您转人工，编号 {number}。{owner}会尽快在这里回复您，您也可以继续补充说明。"
HUMAN_AGAIN = "已提醒{owner}尽快联系您（{number}），请稍候。"
ACCEPTED = "您的需求 {number} 已由{owner}受理，正在处理中。"
PROGRESS = "【进度更新】需求 {number}：{said}"
PUSH = "【进度更新】需求 {number} 当前状态：{status}。{latest}"
PUSH_LATEST = "最新进展：{note}"
PUSH_NOTHING = "暂无新的进展，我们仍在跟进，有变化会及时告诉您。"
ANSWER_HERE = "请直接回复。"
ASKED = "关于需求 {number}，{owner}想请您补充：\n{said}\n" + ANSWER_HERE
# An agent's words in the middle of an intake: how to answer them, and what is still to be answered at its end.
ANSWER, GO_ON_INTAKE = "回答 {number}", "继续登记"
DURING_INTAKE = "您还在登记新需求（还差：{missing}）。要现在回答请选“回答 {number}”，否则我们接着登记。"
ANSWER_NOW = "好的，请直接发送，我会转给{owner}（{number}）。"
STILL_ASKED = "另外，{owner}还在等您回复（需求 {number}），请直接发送。\n{said}"
REPLY = "{owner}（{number}）：{said}"
ANSWERED = "已转给{owner}（{number}）。"
WHICH_VERDICT = "已转给{owner}。需求 {number} 如已解决请选“验收通过”，没有解决请选“未解决”。"
SUPPLEMENTED = "已补充到需求 {number}，并通知了{owner}。"
URGED = "已提醒{owner}加快处理 {number}，有进展会及时告诉您。"
DELIVERED = "需求 {number} 已处理完成：\n{said}\n请您确认是否解决。"
PASSED = "感谢确认！需求 {number} 已完成。"
PASSED_SILENT = (
    "需求 {number} 交付后没有收到您的不同意见，先按验收通过处理。如果还没有解决，请发送“补充 {number} 内容”。"
)
FAILED = "非常抱歉，需求 {number} 已重新打开，{owner}会继续处理，单号不变。"
FAILED_WHY = "请告诉我还有哪里没有解决，我会转给{owner}。"
CLOSED = "需求 {number} 已关闭。{said}"
REOPENED = "需求 {number} 已重新打开，{owner}会继续处理，单号不变。"
SURVEY = "请为需求 {number} 的“{question}”打分（1–5 分，5 分最满意）。也可以一次回复全部，如“{example} 很专业”。"
SURVEY_NEXT = "谢谢！“{question}”您打几分（1–5 分）？"
SURVEY_AGAIN = "谢谢！请用 1–5 的数字回复，例如“都5分”。"
SURVEY_SCORE = "{count}分"
SURVEY_DONE = "感谢您的评价！祝您工作顺利。"
SURVEY_LOW = "感谢您的反馈，很抱歉没有让您满意。我们已重新打开 {number}，并通知负责人回访您。"

NONE_OPEN = "您目前没有进行中的需求。"
NO_SUCH = "没有找到编号为 {number} 的需求，请核对编号。发送“我的需求”可查看列表。"
WHICH = "您有多个需求，请选择："
WHICH_OF = "您有 {count} 个需求，以下是最近的 {most} 个。请选择；其他的请在刚才的话后面写上编号再发送。"
NOT_NOW = "需求 {number} 当前状态是“{status}”，暂时不能这样操作。"
LISTED = "{number} {title}（{status}）"
STATE = "需求 {number}\n内容：{title}\n状态：{status}\n负责人：{owner}\n{latest}"
MINE = "您的需求："
MINE_OF = "您共有 {count} 个需求，以下是最近的 {most} 个（其他的请发送“进度 编号”查看）："
MINE_NONE = "您还没有登记过需求，请直接描述您的需求。"
MORE_WHAT = "好的，请直接发送要补充到 {number} 的内容。"
SUPPLEMENT_USAGE = "请按“补充 编号 内容”发送，例如“补充 202611-001 只有安卓手机有问题”。"
EXPIRED_MENU = "这个选项已过期，请按最新的消息操作。"
ONLY_STAFF = "抱歉，这个命令仅供内部人员使用。请直接描述您的需求，或发送“帮助”。"

# Labels of menus; the typed label always works too.
CONFIRM, CHANGE, CANCEL, PERSON = "确认", "修改", "取消", "人工"
START, STATUS, PASS, FAIL, NO_HISTORY = "提交需求", "进度", "验收通过", "未解决", "没有"
LEVELS = {
    "urgent": "业务已停，或今天内必须解决",
    "important": "影响业务，几天内需要",
    "routine": "不着急",
}
KINDS = {
    "image": "图片",
    "file": "文件",
    "video": "视频",
    "location": "位置",
    "link": "链接",
    "voice": "语音",
    "record": "聊天记录",
    "miniprogram": "小程序",
    "card": "名片",
    "channels": "视频号内容",
    "product": "商品",
    "order": "订单",
}
SOME_FILE, SOME_KIND = "附件", "这类消息"

# Requests that somebody else brought for the customer.
BROUGHT = (
    "已为您登记一条需求（来源：{source}），编号 {number}，由{department}的{owner}负责跟进，有进展会及时告诉您。\n"
    "发送“进度 {number}”可随时查看；如不是您的需求，请回复“取消 {number}”。"
)
COPY = "另外，之前已为您登记过以下需求，您可以随时发送编号查看进度："

# His own data: asked for, deleted, and proven to be.
ASK_ERASE = "确认要删除我们保存的您的全部资料吗？处理中的需求会一并撤销，删除后无法恢复。"
NO_ERASE = "不删除"
NOT_ERASED = "好的，您的资料保持不变。"
ERASED = (
    "已删除：您的联系信息、{requests} 条需求的内容（其中撤销 {withdrawn} 条）、{attachments} 个附件和聊天记录。\n"
    "凭证：{code}，可凭它向我们核实。\n"
    "保留：单号、日期、类型和状态，仅用于统计，不含您的信息。"
)
EXPORTED = "您的资料见下面的文件，只包含您自己的内容。"
EXPORT_FILE = "我的数据.txt"
EXPORT_HEAD = "我们保存的您的资料（{at}）"
EXPORT_PARTS = {"profile": "联系信息", "consent": "隐私说明", "requests": "需求", "draft": "正在填写", "files": "附件"}
EXPORT_CONSENT = "{version}（{at} 告知）"
EXPORT_NOTHING = "没有"
EXPORT_NICKNAME = "昵称：{name}"
EXPORT_BY = {"customer": "您", "staff": "我方"}

# Attachments: what is kept, and what cannot be.
IN_WORDS = "{kind}已收到并保存，不过我只能看到标题，麻烦再用文字说明一下。"
AND_WORDS = "我只能看到标题，麻烦再用文字说明一下。"
TOO_MANY = "每个需求最多保存 {most} 个附件，已经满了，这个没有保存。更多内容可以用文字说明，或直接粘贴下载链接。"
NOT_KEPT = {
    "too_large": "这个{kind}超过 {megabytes} MB，没有保存。麻烦压缩或拆分后再发，也可以发下载链接。",
    "empty": "这个{kind}是空的，没有保存，麻烦检查后再发一次。",
    "expired": "这个{kind}已经过期，没能取到，麻烦再发一次。",
    "full": "附件总量已达 {total} MB，没有保存。麻烦压缩后再发，也可以发下载链接。",
}
NOT_FETCHED = "抱歉，刚才的{kind}没有收到，麻烦再发一次。"

# An intake that lies open: the reminder, the saved draft, the choice between two needs.
RESUME, LATER, RESTART, SAME, OTHER = "继续", "稍后再说", "重新开始", "是同一件事", "是另一件事"
REMIND = "刚才的需求还没登记完，还差：{missing}。要现在继续吗？"
HALF_DONE = "您好，上次登记到一半：{need}（还差：{missing}）。要继续吗？"
ALSO_HALF_DONE = "另外，之前还有一条登记到一半：{need}（还差：{missing}）。要继续吗？"
SAVED = "好的，已为您保存，随时发送“继续”就能接着填。"
BELONGS = "您上次登记到一半：{need}。这次说的是同一件事吗？"
NO_NEED_YET = "还没说具体需求"
YOUR_CONFIRMATION = "您的确认"

# A person has served the session in 微信客服 and gives it back.
BACK = "人工服务已结束，我是需求助手，有需要随时告诉我。"
BACK_NOW = "人工服务已结束。"
BACK_DRAFT = "人工服务已结束。刚才的登记还保留着，发送“继续”即可接着填。"
TRANSFERRED = "已为您接通人工客服，接下来由同事为您服务。"

# His request was merged with what others asked for: told once, nobody is named.
MERGED = "需求 {number}：已有 {votes} 位客户提出同样的需求，我们会一并处理并同步进展，您的编号不变。"
MERGED_OWN = "需求 {number} 与您的 {kept} 是同一件事，我们会一并处理并同步进展，您的编号不变。"
