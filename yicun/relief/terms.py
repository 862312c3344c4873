"""Words of relief: what may be asked of a station, by what authority, and what was done of it."""

from django.db.models import TextChoices

from yicun.kernel.refusals import Sentence, register


class ListName(TextChoices):
    """The three lists of tasks. What is pushed is worked out from the records and never stored."""

    PRESCRIBED = "prescribed", "规定任务"
    DIRECTIVE = "directive", "指令任务"
    PUSHED = "pushed", "推送任务"


class AuthorityKind(TextChoices):
    LAW = "law", "法律法规"
    DOCUMENT = "document", "文件"
    LEADER = "leader", "领导指示"


class Cadence(TextChoices):
    ONCE = "once", "一次"
    WEEKLY = "weekly", "每周一次"
    MONTHLY = "monthly", "每月一次"
    QUARTERLY = "quarterly", "每季度一次"
    YEARLY = "yearly", "每年一次"


class DemandState(TextChoices):
    PROPOSED = "proposed", "待准入"
    RETURNED = "returned", "未准入"
    ADMITTED = "admitted", "已准入"
    RUNNING = "running", "执行中"
    DONE = "done", "已完成"
    EXPIRED = "expired", "已到期"
    WITHDRAWN = "withdrawn", "已撤回"


class DefenceLine(TextChoices):
    """The three lines of defence that a campaign may serve."""

    PUBLICITY = "publicity", "宣传教育"
    RESOLUTION = "resolution", "纠纷化解"
    RECTIFICATION = "rectification", "专项整治"


class Stage(TextChoices):
    OPENING = "opening", "部署"
    MIDWAY = "midway", "中期"
    CLOSING = "closing", "总结"


class SourceKind(TextChoices):
    """The record that shows the demand was met."""

    MATTER = "matter", "已登记的事项"
    MEETING = "meeting", "会议记录"
    NOTE = "note", "文字说明"


class Action(TextChoices):
    PROPOSE = "propose", "提出要求"
    REVISE = "revise", "补正重报"
    ADMIT = "admit", "准入"
    RETURN_BACK = "return_back", "退回"
    WITHDRAW = "withdraw", "撤回"
    RENEW = "renew", "续期"
    START = "start", "开始执行"
    COMPLETE = "complete", "全部完成"
    EXPIRE = "expire", "到期终止"
    FULFIL = "fulfil", "记完成"
    APPOINT = "appoint", "定负责人"
    REMARK = "remark", "记情况"
    DEFINE = "define", "调整口径"


# Fields as steps and refusals name them.
GIVEN = {
    "title": "要求",
    "deliverable": "具体要什么",
    "authority": "依据",
    "reason": "理由",
    "expires_on": "截止日期",
    "member_id": "负责人",
    "text": "内容",
    "stage": "阶段",
    "units": "对象单位",
    "kinds": "事项类别",
}
FACTS = {
    "list_name": "清单",
    "title": "要求",
    "deliverable": "具体要什么",
    "issuer": "提出单位",
    "authority": "依据",
    "addressees": "对象",
    "owner": "负责人",
    "cadence": "频次",
    "starts_on": "开始",
    "expires_on": "截止",
    "minutes": "每次约用（分钟）",
    "state": "状态",
    "standing": "本期情况",
    "due_on": "本期期限",
}
# A law names an article, a document its number or its title, an instruction its day.
EXACT = "[0-9０-９一二三四五六七八九十百〇○第号《》〔〕]"
SWEEPER = "任务到期检查"
WHY = "{kind}：{authority}"
DONE_THIS_TIME, OWED, MISSED, NOT_YET = "本期已完成", "本期待完成", "欠 {count} 期", "还没开始"
DONE_OF = "本期 {done}/{all} 个单位已完成"
UNITS_AND_MORE = "{first}等 {count} 个单位"
WHOLE_UNIT, EACH_ITS_OWN = "单位领导", "各单位分别指定"
STORED, TAKEN = "已提出，等待准入。", "“{title}”：已{action}。"
WEEK_OF = "{first:%m-%d} 至 {last:%m-%d}"
COUNTED_ALL = "全部事项"
JOINED = "；"
REPORT = "{title}情况报告"
VERSION = "第 {version} 版口径"

REFUSALS = {
    "demand.no_authority": Sentence(
        "invalid", "没有写明依据。向派出所提要求须写清法条、文件名称文号或领导指示，否则不予准入。"
    ),
    "demand.authority_too_vague": Sentence(
        "invalid", "“{authority}”看不出是哪一条、哪一份，请写全法条、文号，或哪位领导哪一天的指示。"
    ),
    "demand.nobody_addressed": Sentence("invalid", "请至少选择一个对象单位。"),
    "demand.unit_unknown": Sentence("invalid", "所选的对象单位不存在或已经撤销，请重新选择。"),
    "demand.beyond_your_reach": Sentence("forbidden", "派出所只能向本所和本所下属单位提出要求。"),
    "demand.period_wrong": Sentence("invalid", "截止日期应在开始日期当天或以后。"),
    "demand.too_long": Sentence(
        "invalid", "{list}最长一年，请把截止日期定在 {latest} 或以前，到期可以续期。"
    ),
    "demand.over_already": Sentence("invalid", "截止日期 {day} 已经过去。"),
    "demand.starts_too_early": Sentence("invalid", "开始日期最早写 {earliest}：以前没有提过的，不算欠。"),
    "demand.renewed_backwards": Sentence("invalid", "续期后的截止日期应晚于现在的 {day}。"),
    "demand.minutes_wrong": Sentence("invalid", "每次约用的时间应在 1 至 {most} 分钟之间。"),
    "demand.likely_duplicate": Sentence(
        "conflict", "与正在执行的“{title}”很像。如果确实不是同一件，请勾选“不是同一件”再提出。"
    ),
    "demand.already_stored": Sentence("conflict", "这份要求已经提出过，没有重复保存。"),
    "demand.changed": Sentence("conflict", "这项要求刚被{by}改动过，请看清最新情况后再操作。"),
    "demand.not_proposer": Sentence("forbidden", "您的岗位不能向派出所提出任务要求。"),
    "demand.field_unknown": Sentence("invalid", "不认识的字段“{field}”。"),
    "gate.own_demand": Sentence("forbidden", "提出人不能准入自己提出的要求，请由其他把关人办理。"),
    "demand.not_yours": Sentence("forbidden", "这项要求不是提给您的单位的。"),
    "demand.unit_missing": Sentence("invalid", "您所在的几个单位都有这项要求，请写明是哪个单位。"),
    "demand.period_closed": Sentence("invalid", "{day} 不在这项要求已经开始的任何一期里。"),
    "demand.fulfilled_already": Sentence("conflict", "这一期已由{by}记为完成，没有重复记录。"),
    "demand.source_missing": Sentence("invalid", "请选一件能说明完成的事项，或写一句完成情况。"),
    "demand.source_unknown": Sentence("invalid", "没有找到所选的事项，请重新选择。"),
    "demand.owner_not_there": Sentence("invalid", "所选人员不在{unit}任职，请重新选择。"),
    "campaign.definition_missing": Sentence(
        "invalid", "专项行动要写明统计口径：请至少选一种事项类别或来源。"
    ),
    "campaign.definition_unknown": Sentence("invalid", "统计口径里的“{value}”不认识，请重新选择。"),
    "campaign.not_one": Sentence("conflict", "这项要求不是专项行动，没有统计口径和阶段情况。"),
    "campaign.defence_missing": Sentence("invalid", "专项行动要写明属于哪一道防线。"),
    "campaign.nothing_counted": Sentence("conflict", "还没有统计口径，不能生成情况报告。"),
}
register(REFUSALS)

AUDIT_VERBS = {action.value: str(action.label) for action in Action} | {
    "export_demands": "导出任务清单",
    "sweep": "检查到期",
}
