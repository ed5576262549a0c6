"""The customer's organisation and line of business, verbatim; never a third party's."""

import re

from classifier.words import LIMIT, fold

_SUFFIX = (
    "有限责任公司|股份有限公司|有限公司|集团公司|分公司|子公司|集团|公司|人民医院|中医院|医院|卫生院|卫生服务中心|诊所|门诊部|门诊|口腔|中学|小学|一中|二中|实验学校|学校|幼儿园|托育园|大学|学院|职高|"
    "大酒店|酒店|宾馆|民宿|客栈|餐厅|饭店|饭馆|火锅店|火锅|烧烤|面馆|奶茶店|奶茶|茶饮|咖啡馆|咖啡|烘焙|超市|便利店|生鲜|菜市场|药房|大药房|药店|商场|百货|购物中心|广场|银行|支行|信用社|物业|工厂|机械厂|"
    "制衣厂|食品厂|家具厂|印刷厂|化工厂|加工厂|厂|合作社|农场|果园|牧场|事务所|律所|商贸|贸易|科技|电子|网络|物流|货运|速运|供应链|仓储|建材|装饰|装修|地产|置业|服饰|鞋业|家居|家具|汽修|汽贸|4s店|驾校|"
    "影城|影院|健身房|健身|瑜伽馆|游泳馆|球馆|博物馆|图书馆|养老院|护理院|福利院|工作室|书店|书局|花店|眼镜店|宠物店|宠物医院|美容院|理发店|美发|旗舰店|专卖店|总店|分店|门店|加油站|停车场|产业园|园区|"
    "培训中心|培训学校|教育|传媒|旅行社|景区|管理局|街道办|居委会|村委会|协会|基金会|研究所|研究院|设计院|中心|分局"
)
_BODY = r"[\u4e00-\u9fffa-z0-9&·]{2,16}?(?:[((][\u4e00-\u9fff]{2,6}[))][\u4e00-\u9fff]{0,10}?)?"
_BRANCH = r"(?:[\u4e00-\u9fff]{2,6}(?:店|分店|分公司|校区|院区|分院|厂区|园区|支行|项目部))?"
_NAME = rf"(?P<name>{_BODY}(?:{_SUFFIX}){_BRANCH})"
_LEGAL = rf"(?P<name>{_BODY}(?:有限责任公司|股份有限公司|有限公司)(?:[\u4e00-\u9fff]{{2,6}}(?:分公司|店|分店))?)"
_END = r"(?=$|[,。;!?、\n\s:()\-—~]|的(?!系统|接口|平台|软件|产品|服务)|我是|我叫|这边|这里|财务|采购|行政|人事|运营|前台|it|\d|电话|联系)"
_LABEL = re.compile(
    r"(?:^|[\n,。;;、\s【\[(])(?:\d[.、)] ?)?(?:公司(?:名称|名)?|单位(?:名称|名)?|客户(?:名称|名|单位)?|企业(?:名称|名)?|门店(?:名称|名)?|店名|机构(?:名称)?|学校(?:名称)?|医院(?:名称)?)[】\])]?\s?[::]\s?"
    r"(?P<name>[^,。;!?\n::【\[]{2,30}?)(?=$|[,。;!?\n【\[]|\s+(?:联系|姓名|电话|手机|邮箱|行业|地址|我|需求|问题))"
)
_CUE = r"(?:我们?(?:这边|这里)?(?:是|叫)|这边(?:是|叫)|这里(?:是|叫)|我司(?:是|叫|名称是)?|本公司(?:是|叫)|我们?(?:公司|单位|店|学校|医院|厂)(?:名|名字|全称|名称)?(?:就?是|叫|为)|(?:公司|单位|店)(?:名|名字|全称|名称)?(?:叫|是)|来自|我(?:们)?代表|我在|改名(?:为|叫))\s?"
_CUED = re.compile(_CUE + _NAME + _END)
_OPENING = re.compile(
    rf"(?:^|\n)\s*(?:你好|您好|hi|hello|老师好|各位好)?[,,。!!\s]{{0,3}}{_NAME}(?=[,::\n\s]|我是|我叫|这边|(?:的)?[\u4e00-\u9fff]{{2,4}}(?:[,,:\s]|$)|\s*1\d{{10}})"
)
_SIGNED = re.compile(rf"(?:\n|——|—|--|此致|祝好)\s*{_NAME}[^\n]{{0,24}}\s*(?:\n[^\n]{{0,40}}){{0,3}}$")
_ANYWHERE = re.compile(rf"(?:^|[,。;!?、\n\s:(]){_LEGAL}{_END}")
_THIRD = re.compile(
    r"(?:代理商?|供应商|竞品|合作(?:方|的|伙伴)?|友商|对接|接入|用的是?|买的是?|换成|像|例如|比如|跟|和|与|给|向|替|帮|把|由|被|转|收到|抬头|客户|甲方|乙方|厂家|服务商|实施方|快递|你们|贵司|之前是|不是|原来的?|推荐|看到|付款方|收款方|发票)[是叫: ]{0,2}$"
)
_HOLLOW = re.compile(
    r"^(?:我们?|你们?|他们|贵|本|这|那|某|一|两|三|几|总|分|整个|全|每|各|多|所有|别的|其他|其它|新|旧|老|小|大|子|该|哪|什么|自己|做|开|在|去|到|管|个|家|想|要|用|帮|请|问|把|是|有|没|不|你|对接|客户|连锁|咱|啥|怎么|为什么|麻烦|谁)"
    r"|(?:我们|你们|贵司|他们|一家|这家|那家|系统|怎么|什么|为什么|不能|无法|可以|需要|麻烦|打不开|登录|报错|退款|客服中心|个人中心|数据中心|消息中心|帮助中心|配置中心|用户中心|会员中心|服务中心|呼叫中心|工单中心|控制中心)"
)
_BARE = re.compile(
    rf"^(?:{_SUFFIX}|连锁{_SUFFIX}|物业公司|保险公司|物流公司|快递公司|科技公司|贸易公司|外贸公司|装修公司|制造公司|制造企业|私立医院|公立医院|国企|民企|培训机构|餐饮公司|电商公司|软件公司|建筑公司|广告公司)$"
)
_INDUSTRIES = (
    "餐饮|零售|新零售|电商|跨境电商|外贸|物流|货运|快递|仓储|教育|培训|教培|医疗|医药|医美|口腔|制药|制造|制造业|机械|机械加工|化工|纺织|服装|鞋服|家具|家居|建材|建筑|装修|装饰|地产|房地产|物业|酒店|民宿|旅游|文旅|"
    "金融|保险|银行|证券|农业|养殖|种植|畜牧|食品|食品加工|生鲜|水果|酒水|茶叶|烘焙|咖啡|奶茶|美容|美发|美业|健身|体育|汽车|汽修|汽配|新能源|光伏|电力|能源|环保|电子|半导体|互联网|软件|传媒|广告|印刷|包装|珠宝|宠物|母婴|养老|家政|法律|咨询|财税|政务|图书|影视|游戏|五金|模具|注塑|钢材|冷链|水产|花卉|烟酒|眼镜|连锁|连锁餐饮|社区团购|直播带货|直播|二手车|租赁|会展"
)
_BUSINESS = re.compile(
    rf"(?:行业|领域|主营|经营范围)(?:是|[:\s]){{1,3}}(?P<label>[\u4e00-\u9fff]{{2,10}})|(?:做|搞|干|从事|经营)(?:的是)?(?P<doing>(?:{_INDUSTRIES}){{1,2}})(?=的|这行|这块|行业|生意|$|[,。;!?\s])"
    rf"|(?:我们|属于|身处|咱们?|公司)(?:公司)?(?:是)?(?P<field>(?:{_INDUSTRIES}){{1,2}})(?:行业|企业|业的)"
)


def find_organisation(text: str) -> str | None:
    """The customer's own organisation as typed, or None; systems, rivals, agents and our own company are left out."""
    text = text[:LIMIT]
    folded = fold(text)
    labelled = _LABEL.search(folded)
    if labelled:
        return text[labelled.start("name") : labelled.end("name")].strip()
    for pattern in (_CUED, _SIGNED, _OPENING, _ANYWHERE):
        for match in pattern.finditer(folded):
            if _is_own(folded, match.start("name"), match["name"]):
                return text[match.start("name") : match.end("name")]
    return None


def find_industry(text: str) -> str | None:
    """The line of business where it is said in so many words; never guessed from the organisation's name."""
    text = text[:LIMIT]
    match = _BUSINESS.search(fold(text))
    if not match:
        return None
    group = next(name for name in ("label", "doing", "field") if match[name])
    return text[match.start(group) : match.end(group)]


def _is_own(folded: str, start: int, name: str) -> bool:
    if _HOLLOW.search(name) or _BARE.match(name):
        return False
    return not _THIRD.search(folded[max(0, start - 8) : start])
