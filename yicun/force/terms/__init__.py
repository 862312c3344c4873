"""Words of the force: kinds of members, roles, refusals."""

from django.db.models import TextChoices

from yicun.kernel.refusals import Sentence, register


class MemberKind(TextChoices):
    OFFICER = "officer", "民警"
    AUXILIARY = "auxiliary", "辅警"
    CIVILIAN = "civilian", "文职"
    PARTNER = "partner", "协同单位人员"
    GRID_WORKER = "grid_worker", "专职网格员"
    VOLUNTEER = "volunteer", "志愿者"


class Role(TextChoices):
    BUREAU_CHIEF = "bureau_chief", "局领导"
    COMMAND_CENTRE = "command_centre", "指挥室民警"
    ACTIVITY_OFFICE = "activity_office", "活动办"
    GOVERNANCE_CENTRE = "governance_centre", "综治中心干部"
    CHIEF = "chief", "所长"
    INSTRUCTOR = "instructor", "教导员"
    DEPUTY = "deputy", "副所长"
    DESK = "desk", "值班民警"
    COMMUNITY_OFFICER = "community_officer", "社区民警"
    VILLAGE_OFFICER = "village_officer", "包村民警"
    CASE_OFFICER = "case_officer", "办案民警"
    PATROL_OFFICER = "patrol_officer", "巡防民警"
    FIRE_OFFICER = "fire_officer", "消防民警"
    HOUSEHOLD_OFFICER = "household_officer", "户籍民警"
    AUXILIARY = "auxiliary", "辅警"
    GRID_MEMBER = "grid_member", "网格员"
    PARTNER_LEAD = "partner_lead", "协同单位负责人"
    PARTNER_STAFF = "partner_staff", "协同单位经办人"
    AUDITOR = "auditor", "审计员"
    PLANNER = "planner", "规划员"


LABEL = "{name}（{role}）"

REFUSALS = {
    "force.not_leader": Sentence("forbidden", "人员和岗位只能由局领导、本单位所长或教导员调整。"),
    "cast.line_invalid": Sentence("invalid", "人员表第 {row} 行“{column}”列的内容“{text}”不正确。"),
    "cast.unreadable": Sentence("invalid", "人员表不是有效的 CSV，或缺少“{column}”列。"),
    "member.unknown": Sentence("not_found", "没有这名人员。"),
    "member.name_missing": Sentence("invalid", "请填写姓名（不超过 30 个字）。"),
    "member.kind_unknown": Sentence("invalid", "没有“{kind}”这种人员类别。"),
    "member.badge_taken": Sentence("conflict", "警号（编号）{badge} 已属于另一名人员。"),
    "member.account_taken": Sentence("conflict", "这个账号已经属于另一名人员。"),
    "posting.unknown": Sentence("not_found", "没有这个岗位记录。"),
    "posting.role_unknown": Sentence("invalid", "没有“{role}”这种岗位。"),
    "posting.role_not_for_kind": Sentence("invalid", "{kind}不能担任{role}。"),
    "posting.role_not_for_unit": Sentence("invalid", "“{unit}”不设{role}岗位。"),
    "posting.unit_not_open": Sentence("invalid", "“{unit}”在 {on} 尚未设立或已经撤销。"),
    "posting.area_wrong": Sentence("invalid", "包片范围只能是村（社区）或网格，“{area}”不是。"),
    "posting.period_wrong": Sentence("invalid", "岗位的终止日期应晚于起始日期。"),
    "posting.twice": Sentence("conflict", "{name} 在这段时间已经担任同一单位、同一范围的{role}。"),
    "posting.main_twice": Sentence("conflict", "{name} 在这段时间已经有主岗。"),
    "posting.ended": Sentence("conflict", "这个岗位已在 {on} 终止。"),
}
register(REFUSALS)

AUDIT_VERBS = {
    "enrol": "登记人员",
    "post": "任命岗位",
    "end_posting": "终止岗位",
    "transfer": "调动岗位",
    "load_cast": "载入人员",
}
