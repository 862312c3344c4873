"""Words of asking for a signature (呈批、签批). What is asked is named in `force.terms.leave`, for delegates' sake."""

from django.db.models import TextChoices

from yicun.kernel.refusals import Sentence, register


class ApprovalState(TextChoices):
    WAITING = "waiting", "待签批"
    APPROVED = "approved", "已签批"
    RETURNED = "returned", "已退回修改"
    WITHDRAWN = "withdrawn", "已撤回"
    LAPSED = "lapsed", "已失效"


class Deed(TextChoices):
    """What happens to a request; each is a line of its history."""

    SUBMIT = "submit", "呈报"
    RESUBMIT = "resubmit", "修改后再报"
    SIGN = "sign", "签批同意"
    SEND_BACK = "send_back", "退回修改"
    FORWARD = "forward", "转请签批"
    WITHDRAW = "withdraw", "撤回呈批"
    LAPSE = "lapse", "事项已变化，呈批失效"


REFUSALS = {
    "approval.changed": Sentence("conflict", "这份呈批刚被{by}改动过，请看清最新情况后再签。"),
    "approval.already_decided": Sentence("conflict", "这份呈批已经由{by}处理：{state}。"),
    "approval.own_request": Sentence("forbidden", "不能签批自己呈报或自己承办的事项，请由其他负责人签批。"),
    "approval.not_yours": Sentence("forbidden", "只有呈报人可以撤回自己的呈批。"),
    "approval.not_now": Sentence("conflict", "事项现在“{state}”，不能呈批“{kind}”。"),
    "approval.pending": Sentence("conflict", "“{kind}”已呈{name}签批，签批以前不能直接办理。"),
    "approval.waiting_already": Sentence("conflict", "“{kind}”已经呈报，正等{name}签批，不用再报。"),
    "approval.closing_needs_one": Sentence(
        "forbidden", "红色等级或领导包案的事项，办结前须经签批：请用“呈批”报负责人。"
    ),
    "approval.unit_missing": Sentence("invalid", "请选择移交给哪个单位。"),
    "approval.forward_unfit": Sentence("invalid", "{name}不能签批这件事，请另选一位负责人。"),
    "approval.together_differ": Sentence("invalid", "一次只能签批同一类呈批，所选的有几类，请分开签。"),
    "approval.none_chosen": Sentence("invalid", "还没有选呈批，请先勾选。"),
}
register(REFUSALS)

AUDIT_VERBS = {"send_back": "退回修改", "forward": "转请签批", "withdraw": "撤回呈批"}

SIGNER = {"member_id": "签批人"}
NOBODY_NAMED = "负责人"
# What of a request is shown beside its reason.
ASKED = {
    "amount": "延长",
    "unit": "移交单位",
    "satisfaction": "群众满意度",
}
OPINIONS = ("呈报单位意见", "审核意见", "领导批示")
PEN_DATE = "年　　月　　日"
SHEET_TITLE = "呈批表"
PAPER_FACTS = {
    "kind": "呈批事项",
    "matter": "事项",
    "number": "编号",
    "unit": "呈报单位",
    "asked_by": "呈报人",
    "asked_at": "呈报时间",
    "due_at": "签批期限",
}
AGREED = "同意。"
