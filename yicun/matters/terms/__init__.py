"""Words of the matter loop (事项闭环)."""

from django.db.models import TextChoices

from yicun.kernel.refusals import Sentence, register


class Kind(TextChoices):
    INCIDENT = "incident", "警情"
    HELP = "help", "求助"
    DISPUTE = "dispute", "矛盾纠纷"
    HAZARD = "hazard", "隐患"
    SERVICE = "service", "服务"
    INFORMATION = "information", "社情信息"


class Channel(TextChoices):
    DOORSTEP = "doorstep", "入户走访"
    RECEPTION = "reception", "窗口接待"
    BOARD = "board", "政府留言板"
    HOTLINE_12345 = "hotline_12345", "12345 转来"
    POLICE_110 = "police_110", "110 接警"
    PUBLIC = "public", "群众上报"
    MEETING = "meeting", "会议决定"


class State(TextChoices):
    RECORDED = "recorded", "待受理"
    ACCEPTED = "accepted", "待研判"
    ASSESSED = "assessed", "待派发"
    ASSIGNED = "assigned", "待接办"
    HANDLING = "handling", "办理中"
    DEFERRED = "deferred", "已挂账"
    FED_BACK = "fed_back", "待核验"
    VERIFIED = "verified", "待办结"
    CLOSED = "closed", "已办结"
    DECLINED = "declined", "不予受理"
    MERGED = "merged", "已合并"


class Urgency(TextChoices):
    URGENT = "urgent", "紧急"
    ORDINARY = "ordinary", "一般"


class Grade(TextChoices):
    """Of a dispute: how near it is to turning violent. A grade of the matter, never of a person."""

    RED = "red", "红色"
    ORANGE = "orange", "橙色"
    YELLOW = "yellow", "黄色"
    BLUE = "blue", "蓝色"


class ClockName(TextChoices):
    ACCEPTANCE = "acceptance", "受理"
    ASSESSMENT = "assessment", "研判"
    ASSIGNMENT = "assignment", "派发"
    HANDLING = "handling", "办理"
    REWORK = "rework", "返工"
    VERIFICATION = "verification", "核验"
    APPROVAL = "approval", "签批"


class DayKind(TextChoices):
    """What a county's own calendar says of a day; ordinary: an earlier line about it no longer holds."""

    HOLIDAY = "holiday", "放假"
    MAKE_UP = "make_up", "调休上班"
    ORDINARY = "ordinary", "照常"


class PauseReason(TextChoices):
    MATERIALS = "materials", "等待群众补充材料"
    APPRAISAL = "appraisal", "鉴定、检测、评估期间"
    WEATHER = "weather", "灾害天气无法到场"
    LITIGATION = "litigation", "诉讼、仲裁期间"
    DEFERRAL = "deferral", "挂账"
    MERGED = "merged", "并入其他事项期间"


class LedgerKind(TextChoices):
    PAUSE = "pause", "暂停"
    RESUME = "resume", "恢复"
    EXTENSION_REQUEST = "extension_request", "申请延期"
    EXTENSION = "extension", "批准延期"
    EXTENSION_REFUSAL = "extension_refusal", "不同意延期"
    SET_ASIDE = "set_aside", "随撤销作废"
    TAKEN_UP = "taken_up", "随撤销继续走时"
    EXTENSION_WITHDRAWAL = "extension_withdrawal", "撤回延期申请"


class Level(TextChoices):
    """The ladder of supervision, lowest first."""

    REMIND = "remind", "催办"
    YELLOW = "yellow", "黄牌督办"
    RED = "red", "红牌督办"
    LEADER = "leader", "领导包案"


class Satisfaction(TextChoices):
    SATISFIED = "satisfied", "满意"
    FAIRLY = "fairly", "基本满意"
    UNSATISFIED = "unsatisfied", "不满意"
    NOT_ASKED = "not_asked", "未能回访"


class PartyRole(TextChoices):
    REPORTER = "reporter", "反映人"
    PARTY = "party", "当事人"
    CONTACT = "contact", "联系人"


class ReadPurpose(TextChoices):
    CALL_BACK = "call_back", "联系、回访"
    VISIT = "visit", "上门办理"
    DOCUMENT = "document", "制作文书"
    VERIFY = "verify", "核实重复反映"


class Board(TextChoices):
    MINE = "mine", "我的"
    UNTOUCHED = "untouched", "无人动过"
    OVERDUE = "overdue", "已逾期"
    SENT_BACK = "sent_back", "被退回"
    SUPERVISED = "supervised", "督办中"
    ALL = "all", "全部"


class Action(TextChoices):
    RECORD = "record", "登记"
    ACCEPT = "accept", "受理"
    DECLINE = "decline", "不予受理"
    MERGE = "merge", "合并"
    UNMERGE = "unmerge", "撤销合并"
    ASSESS = "assess", "研判"
    ASSIGN = "assign", "派发"
    TAKE = "take", "接办"
    RETURN_BACK = "return_back", "退回"
    REASSIGN = "reassign", "改派"
    HAND_OVER = "hand_over", "移交"
    ADD_CO_HANDLER = "add_co_handler", "增加协办"
    ANSWER_AS_CO_HANDLER = "answer_as_co_handler", "协办反馈"
    PAUSE = "pause", "暂停计时"
    RESUME = "resume", "恢复计时"
    REQUEST_EXTENSION = "request_extension", "申请延期"
    APPROVE_EXTENSION = "approve_extension", "同意延期"
    REFUSE_EXTENSION = "refuse_extension", "不同意延期"
    ASK_APPROVAL = "ask_approval", "呈批"
    DEFER = "defer", "挂账"
    REACTIVATE = "reactivate", "恢复办理"
    FEED_BACK = "feed_back", "反馈"
    VERIFY = "verify", "核验通过"
    REWORK = "rework", "返工"
    CLOSE = "close", "办结"
    REOPEN = "reopen", "重新办理"
    REMIND = "remind", "催办"
    INSTRUCT = "instruct", "批示"
    REPLY = "reply", "回复批示"
    ACCEPT_REPLY = "accept_reply", "认可回复"
    SEND_BACK_REPLY = "send_back_reply", "退回回复"
    RATE = "rate", "登记满意度"
    NOTE = "note", "补记"
    ATTACH = "attach", "上传附件"
    UNDO = "undo", "撤销"


SWEEPER = "系统督办"

PREFIX = {
    Kind.INCIDENT: "JQ",
    Kind.HELP: "QZ",
    Kind.DISPUTE: "JF",
    Kind.HAZARD: "YH",
    Kind.SERVICE: "FW",
    Kind.INFORMATION: "SQ",
}

GIVEN = {
    "reason": "理由",
    "urgency": "紧急程度",
    "unit_id": "承办单位",
    "result": "办理结果",
    "text": "内容",
    "into_id": "并入的事项",
    "to_member_id": "接手人",
    "amount": "天数",
    "satisfaction": "满意度",
    "pause_reason": "暂停原因",
    "file": "附件",
    "ask": "呈批事项",
    "instruction_id": "批示",
}

REFUSALS = {
    "matter.changed": Sentence("conflict", "这件事项刚被{by}改动过，请看清最新情况后再操作。"),
    "matter.area_unknown": Sentence("invalid", "没有编号为 {code} 的村（居），请重新选择地点。"),
    "matter.title_missing": Sentence("invalid", "请写一句话说明是什么事。"),
    "matter.name_is_a_number": Sentence("invalid", "“{name}”不像姓名，请核对是否填错了栏。"),
    "matter.happened_in_future": Sentence("invalid", "发生时间 {at} 还没有到，请检查手机时间。"),
    "matter.position_halved": Sentence("invalid", "经度和纬度要一起填写。"),
    "matter.field_unknown": Sentence("invalid", "不认识的字段“{field}”。"),
    "matter.detail_unknown": Sentence("invalid", "“{kind}”没有“{field}”这一项。"),
    "matter.detail_required": Sentence("invalid", "请填写“{field}”。"),
    "matter.detail_malformed": Sentence("invalid", "“{field}”填写不对：{value}。"),
    "matter.already_recorded": Sentence("conflict", "来源编号 {source_key} 已登记过，没有重复登记。"),
    "matter.already_stored": Sentence("conflict", "这份登记已经保存过，没有重复保存。"),
    "matter.unit_unknown": Sentence("invalid", "没有这个单位，请重新选择。"),
    "matter.member_not_there": Sentence("invalid", "所选人员不在{unit}任职，请重新选择。"),
    "matter.limit_missing": Sentence("conflict", "没有设定“{clock}”的时限，请先在时限表中维护。"),
    "clock.already_paused": Sentence("conflict", "计时已经暂停。"),
    "clock.not_paused": Sentence("conflict", "计时没有暂停。"),
    "clock.not_running": Sentence("conflict", "该事项目前没有在计时。"),
    "extension.pending": Sentence("conflict", "已有一份延期申请等待审批。"),
    "extension.own_request": Sentence(
        "forbidden", "不能审批自己提出或自己承办事项的延期，请由其他负责人审批。"
    ),
    "extension.none_pending": Sentence("conflict", "没有等待审批的延期申请。"),
    "deferral.own_matter": Sentence("forbidden", "承办人不能审批自己事项的挂账，请由其他负责人审批。"),
    "verify.same_person": Sentence("forbidden", "承办人和反馈人不能核验自己办理的事项，请由他人核验。"),
    "co_handler.already": Sentence("conflict", "{unit}已在办理该事项。"),
    "co_handler.not_yours": Sentence("forbidden", "您的单位不是该事项的协办单位，或者已经反馈过。"),
    "instruction.none_open": Sentence("conflict", "没有等待回复的批示。"),
    "party.not_found": Sentence("not_found", "没有找到这名当事人。"),
    "list.filter_unknown": Sentence("invalid", "列表不能按“{field}”筛选，没有返回任何内容。"),
    "list.cursor_malformed": Sentence("invalid", "翻页位置无效，请回到第一页重新查看。"),
    "export.too_many": Sentence("invalid", "一次最多导出 {most} 件，请先用筛选条件缩小范围。"),
    "mapping.unknown": Sentence("invalid", "没有名为“{name}”的列对应方案。"),
    "mapping.column_missing": Sentence("invalid", "文件中没有“{column}”这一列。"),
    "import.area_unknown": Sentence("invalid", "没有叫“{name}”的村（社区），请核对地名。"),
    "import.area_ambiguous": Sentence("invalid", "叫“{name}”的村不止一个：{choices}。请连乡镇一起写。"),
    "import.token_unknown": Sentence("invalid", "预览已经失效，请重新上传文件。"),
    "import.nothing_mapped": Sentence("invalid", "看不出哪一列是事项的标题或内容，请选择列对应方案。"),
    "replay.answer_missing": Sentence("invalid", "没有答复意见或答复时间，只登记到办理中。"),
    "replay.answer_too_early": Sentence(
        "invalid", "答复时间 {answered} 早于留言时间 {asked}，只登记到办理中。"
    ),
    "replay.recorded_otherwise": Sentence(
        "conflict", "编号 {source_key} 已于 {at} 登记，晚于留言时间，不能再按原时间重放。"
    ),
}
register(REFUSALS)

CHOICES: dict[str, dict[str, str]] = {
    "help_kind": {
        "lost": "走失、寻人",
        "trapped": "被困",
        "rescue": "救助、救援",
        "animal": "动物侵扰",
        "lost_property": "遗失物品",
        "other": "其他",
    },
    "scale": {"individual": "个体", "group": "一般群体", "large_group": "重大群体"},
    "grade": {grade.value: str(grade.label) for grade in Grade},
    "hazard_kind": {
        "fire_lane": "消防通道、疏散通道堵塞",
        "wiring": "电气线路",
        "straw": "柴草堆放",
        "open_fire": "用火不慎",
        "gas_bottle": "液化气瓶",
        "fire_equipment": "消防设施损坏",
        "water": "消防水源缺失",
        "road": "道路交通",
        "building": "建筑结构",
        "landslide": "山洪、地质灾害",
        "drowning": "溺水",
        "other": "其他",
    },
    "service_kind": {
        "document_on_behalf": "代办证件",
        "document_delivery": "送证上门",
        "household_question": "户籍咨询",
        "certificate": "开具证明",
        "advice": "安全宣传",
        "other": "其他",
    },
}

DETAIL_LABELS: dict[str, str] = {
    "incident_class": "警情类别",
    "confirmed_class": "核定类别",
    "is_ongoing": "正在发生",
    "help_kind": "求助类别",
    "people": "涉及人数",
    "dispute_type": "纠纷类型",
    "scale": "涉及规模",
    "grade": "风险等级",
    "demand": "诉求",
    "hazard_kind": "隐患类别",
    "spot": "隐患部位",
    "is_dwelling": "是居民住宅",
    "is_removed_on_spot": "已当场消除",
    "service_kind": "服务类别",
    "needed_on": "希望办结日期",
    "source": "信息来源",
    "valid_until": "有效期至",
}
