"""Words of leave and of signing for somebody else (请假、代签)."""

from django.db.models import TextChoices

from yicun.kernel.refusals import Sentence, register


class AbsenceKind(TextChoices):
    """Why somebody is away, and no closer: the reason of a sick leave is nobody's business here."""

    LEAVE = "leave", "休假"
    BUSINESS = "business", "公出"
    TRAINING = "training", "培训"


class SigningKind(TextChoices):
    """What a leader signs; a delegation may be limited to some of it."""

    EXTENSION = "extension", "延期"
    DEFERRAL = "deferral", "挂账"
    CLOSING = "closing", "销号办结"
    DECLINING = "declining", "不予受理"
    TRANSFER = "transfer", "移交其他单位"


# 赵敏（局领导）代陈志明（所长）
IN_THE_NAME_OF = "{delegate}代{principal}"

REFUSALS = {
    "absence.not_yours": Sentence("forbidden", "请假、外出由本人或本单位负责人、值班室登记。"),
    "absence.kind_unknown": Sentence("invalid", "没有“{kind}”这种去向，请选择休假、公出或培训。"),
    "absence.period_wrong": Sentence("invalid", "结束日期不能早于开始日期。"),
    "absence.too_long": Sentence("invalid", "一次最多登记 {most} 天，请分次登记或核对日期。"),
    "absence.too_early": Sentence("invalid", "开始日期 {on} 太早，只能登记最近 {most} 天内开始的。"),
    "absence.twice": Sentence("conflict", "{name} 在这段时间已经登记外出（{starts_on} 至 {until}）。"),
    "absence.unknown": Sentence("not_found", "没有这条外出登记。"),
    "absence.over": Sentence("conflict", "这次外出已经结束，不用再销。"),
    "delegation.not_a_leader": Sentence("forbidden", "只有所长、教导员、副所长和局领导可以委托他人代签。"),
    "delegation.to_oneself": Sentence("invalid", "不能委托给自己，请另选一位负责人。"),
    "delegation.delegate_unfit": Sentence(
        "invalid", "只能委托给本单位或上级单位的负责人，所选人员不是（辅警不能代签）。"
    ),
    "delegation.delegate_away": Sentence("invalid", "{name} 在这段时间也外出，请另选一位负责人。"),
    "delegation.kind_unknown": Sentence("invalid", "没有“{kind}”这类签批事项。"),
    "delegation.period_over": Sentence("invalid", "委托期在今天以前已经结束，请核对日期。"),
    "delegation.twice": Sentence(
        "conflict", "这段时间已委托 {name} 代签（{starts_on} 至 {until}），请先收回。"
    ),
    "delegation.chain": Sentence("forbidden", "代签不能再转委托：{name} 这段时间正受托代签或已委托他人。"),
    "delegation.unknown": Sentence("not_found", "没有这项委托。"),
    "delegation.over": Sentence("conflict", "这项委托已经结束，不用再收回。"),
}
register(REFUSALS)

AUDIT_VERBS = {
    "note_absence": "登记外出",
    "end_absence": "销假",
    "delegate": "委托代签",
    "recall": "收回代签",
}
