"""What people call the fields of a request, the questions about it and their values: one word each, wherever shown."""

FIELDS = {
    "company": "公司",
    "contact": "联系人",
    "title": "职务",
    "phone": "电话",
    "email": "邮箱",
    "industry": "行业",
    "background": "需求背景",
    "description": "需求描述",
    "expected": "期望效果",
    "pain": "痛点",
    "impact": "业务影响",
    "wanted_by": "期望完成时间",
    "urgency": "紧急程度",
    "type": "需求类型",
    "history": "历史需求",
    "source": "来源",
    "origin": "外部编号",
    "reporter": "登记人",
    "at": "反馈时间",
    "note": "最新进展",
    "customer": "客户",
    "reach": "联系方式",
    "hint": "提示",
    "priority": "优先级",
    "status": "状态",
    "owner": "负责人",
    "respond_by": "最迟答复",
    "resolve_by": "最迟解决",
    "created_at": "提交时间",
    "following": "合并",
    "votes": "提出客户",
    "alike": "疑似重复",
}
# The three questions a classifier answers and people decide.
HEADS = {"type": "类型", "urgency": FIELDS["urgency"], "nature": "性质"}
KINDS = {"bug": "问题修复", "improve": "功能优化", "custom": "定制开发", "consult": "咨询服务"}
NATURES = {"product": "产品类", "service": "服务类", "complaint": "投诉类", "suggestion": "建议类"}
NO_NEED = {"other": "非需求", "none": "不适用"}
STATUS = {
    "waiting": "待处理",
    "working": "处理中",
    "testing": "测试验证",
    "done": "已完成",
    "closed": "已关闭",
    "withdrawn": "已撤销",
}
SCORE = "{name} {count} 分"
SOMEBODY = "工作人员"
NOTHING = "无"
OR = "或"
PICTURE, FILE = "[图片] {name}", "[文件] {name}"
DIGITS = "{value}（{length} 位）"
