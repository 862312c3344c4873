"""Words of the channels: what the public desk asks, answers and refuses."""

from django.db.models import TextChoices

from yicun.kernel.refusals import Sentence, register
from yicun.matters.terms import Action, Satisfaction, State


class Concern(TextChoices):
    """What somebody at the public desk says it is about."""

    HELP = "help", "需要帮助"
    HAZARD = "hazard", "安全隐患"
    DISPUTE = "dispute", "邻里、家庭等纠纷"
    SERVICE = "service", "办事、咨询"
    INFORMATION = "information", "其他情况"


# In the words of somebody who does not know our steps.
STATE_WORDS: dict[str, str] = {
    State.RECORDED: "已收到，等待受理",
    State.ACCEPTED: "已受理",
    State.ASSESSED: "已受理，正在安排办理单位",
    State.ASSIGNED: "已交办理单位",
    State.HANDLING: "正在办理",
    State.DEFERRED: "暂时不具备办理条件，条件具备后继续办理",
    State.FED_BACK: "已办理，正在核实结果",
    State.VERIFIED: "已办理",
    State.CLOSED: "已办结",
    State.DECLINED: "不予受理",
    State.MERGED: "与同一情况的另一件合并办理",
}
MERGED_STATE = "与同一情况的另一件合并办理：{state}"
MILESTONES: dict[str, str] = {
    Action.RECORD: "收到您的反映",
    Action.ACCEPT: "受理",
    Action.ASSIGN: "交办理单位",
    Action.TAKE: "开始办理",
    Action.RETURN_BACK: "调整办理单位",
    Action.REWORK: "要求重新办理",
    Action.VERIFY: "结果经核实",
    Action.CLOSE: "办结",
    Action.DECLINE: "不予受理",
    Action.MERGE: "合并办理",
    Action.UNMERGE: "恢复单独办理",
    Action.REASSIGN: "改由其他单位继续办理",
    Action.REOPEN: "重新办理",
}
RATINGS: list[tuple[str, str]] = [
    (rating.value, str(rating.label)) for rating in Satisfaction if rating is not Satisfaction.NOT_ASKED
]

RECEIVED = "已收到您的反映。请记下查询码，凭它查看进度。"
RATED, ADDED = "谢谢您的评价。", "补充的情况已经送到。"
NOT_SAID = "未注明地点"

REFUSALS = {
    "report.code_malformed": Sentence("invalid", "查询码应为 12 位字母和数字，请核对后重新输入。"),
    "report.code_unknown": Sentence("not_found", "没有找到这个查询码对应的反映，请核对后重新输入。"),
    "report.too_many": Sentence(
        "forbidden", "短时间内提交太多，请过一会儿再试。紧急情况请直接拨打 110、119 或 120。"
    ),
    "report.already_rated": Sentence("conflict", "您已经评价过了，谢谢。"),
    "report.not_finished": Sentence("conflict", "还没有办理结果，请在收到结果后再评价。"),
    "report.finished": Sentence("conflict", "这件事已经结束，不能再补充；有新情况请重新反映。"),
    "report.too_many_photos": Sentence("invalid", "照片最多 {most} 张，收到 {count} 张。"),
}
register(REFUSALS)
