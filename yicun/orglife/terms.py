"""Words of the working systems: meetings, who took part, what was decided."""

from yicun.kernel.refusals import Sentence, register
from yicun.matters.terms import Kind
from yicun.relief.terms import Cadence

FACTS = {
    "system": "会议",
    "held_on": "时间",
    "place": "地点",
    "unit": "主办单位",
    "attendance": "参加单位",
    "people": "人数",
    "minutes_spent": "用时",
    "recorder": "记录人",
}
# What a decision may be handed on as; "other" of each classification, for the desk to say more exactly.
DECIDED_AS = {
    Kind.INFORMATION.value: {},
    Kind.SERVICE.value: {"service_kind": "other"},
    Kind.HAZARD.value: {"hazard_kind": "other"},
    Kind.DISPUTE.value: {"dispute_type": "99"},
    Kind.HELP.value: {},
}
CADENCES = frozenset(Cadence.values)
PAPER = "{system}纪要"
DECIDED = "{system}（{held_on}）决定：{text}\n由{unit}办理，{due_on} 前办结。"
HANDED_ON = "会议决定，请按期办结。"
CARRIED = "上次决定还没有办结：{text}"
HELD, LATE_NOW, DUE_NOW, NEVER_HELD, AS_NEEDED = (
    "本期已开",
    "欠 {count} 次",
    "{day}前要开",
    "还没有开过",
    "按需召开",
)
SPENT = "{minutes} 分钟 × {people} 人 = {hours} 人时"
OUT_OF_SIGHT = "不在您的范围内"
LATE_DECISION = "已过期限"
STORED, DECIDED_NOW, WRITTEN = "会议已记录。", "决定已转为事项 {number}。", "会议记录已保存。"
ATTENDED = "{name}（{people} 人）"

REFUSALS = {
    "meeting.not_host": Sentence("forbidden", "会议由主办单位的领导或值班民警记录。"),
    "meeting.system_unknown": Sentence("invalid", "没有这项工作制度，请重新选择。"),
    "meeting.in_future": Sentence("invalid", "会议时间 {day} 还没有到，请在开会以后记录。"),
    "meeting.time_wrong": Sentence("invalid", "用时应在 1 至 {most} 分钟之间。"),
    "meeting.people_wrong": Sentence("invalid", "人数应在 1 至 {most} 人之间。"),
    "meeting.too_many_lines": Sentence("invalid", "参加单位和议题各最多 {most} 行。"),
    "meeting.unit_unknown": Sentence("invalid", "所选的参加单位不存在，请重新选择。"),
    "meeting.already_stored": Sentence("conflict", "这次会议已经记录过，没有重复保存。"),
    "meeting.changed": Sentence("conflict", "这份会议记录刚被{by}改动过，请看清最新内容后再操作。"),
    "decision.text_missing": Sentence("invalid", "请写明会议决定了什么。"),
    "decision.due_wrong": Sentence("invalid", "办结期限应在开会当天到两年之内。"),
    "decision.unit_unknown": Sentence("invalid", "请选择由哪个单位办理。"),
}
register(REFUSALS)

AUDIT_VERBS = {
    "hold": "记录会议",
    "write_minutes": "修改会议记录",
    "decide": "会议决定",
    "load_systems": "载入工作制度",
}
