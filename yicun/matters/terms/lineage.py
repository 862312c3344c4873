"""Words of matters that come together, come apart again and change hands."""

from django.db.models import TextChoices

from yicun.kernel.refusals import Sentence, register


class Sameness(TextChoices):
    """Why a matter belongs to another one."""

    SAME_EVENT = "same_event", "同一件事"
    SAME_CAUSE = "same_cause", "同一起因"
    FOLLOW_UP = "follow_up", "后续情况"


REFUSALS = {
    "merge.into_itself": Sentence("invalid", "不能把事项并入它自己。"),
    "merge.target_ended": Sentence("conflict", "目标事项已经结束，不能并入。"),
    "merge.target_merged": Sentence("conflict", "{number} 已并入 {into}，请改为并入 {into}。"),
    "merge.undone": Sentence("conflict", "该事项没有合并，或者合并已经撤销。"),
    "reassign.unchanged": Sentence("invalid", "该事项现在就由{holder}承办，请另选单位或人员。"),
    "reassign.outside_unit": Sentence(
        "forbidden", "您只能在本单位内改派人员；改派其他单位请由值班民警办理。"
    ),
    "bounce.final": Sentence("forbidden", "该事项经综治中心裁定由本单位承办，不能再退回。"),
    "bounce.needs_tie_breaker": Sentence(
        "forbidden", "该事项已被退回 {count} 次，须由综治中心裁定承办单位。"
    ),
    "hand_over.nobody_named": Sentence(
        "conflict", "该事项没有指定承办人，无需移交；本单位人员可以直接接办。"
    ),
    "hand_over.same_person": Sentence("invalid", "接手人就是现在的承办人，请另选他人。"),
}
register(REFUSALS)
