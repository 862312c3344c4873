"""Words of boards that work: filters kept under a name, and one deed done to many matters."""

from django.db.models import TextChoices

from yicun.kernel.refusals import Sentence, register
from yicun.matters.terms import Action


class Outcome(TextChoices):
    """What became of one matter of a batch."""

    WAITING = "waiting", "等待办理"
    DONE = "done", "已办"
    REFUSED = "refused", "没有办"


class Undoing(TextChoices):
    """What became of one matter when the batch was taken back."""

    NOT_ASKED = "not_asked", ""
    UNDONE = "undone", "已撤销"
    KEPT = "kept", "没有撤销"


# What the person should know before many are done at once: what cannot be called back afterwards.
CAUTION: dict[str, str] = {
    Action.ACCEPT: "可在 24 小时内撤销。群众在公开页面上已经看到的“已受理”收不回。",
    Action.ASSESS: "可在 24 小时内撤销。",
    Action.ASSIGN: "可在 24 小时内撤销；承办单位已经看到的派发通知收不回。",
    Action.RETURN_BACK: "可在 24 小时内撤销；受理单位已经看到的退回通知收不回。",
    Action.REMIND: "不能撤销：催办通知发出就收不回。",
    Action.NOTE: "不能撤销：补记写进办理记录，不删除。",
    Action.CLOSE: "可在 24 小时内撤销。群众在公开页面上已经看到的办理结果收不回。",
}
# Columns of the sheet that a batch leaves behind.
SHEET: dict[str, str] = {
    "number": "编号",
    "title": "标题",
    "outcome": "结果",
    "why": "没有办的原因",
    "undoing": "撤销",
    "why_kept": "没有撤销的原因",
}
MOVED_UP = "“{name}”已前移。"
OUT_OF_SIGHT = "（不在您的查看范围）"
FILTER_NAME = "名称"
FILTER_KEPT, FILTER_REMOVED = "已保存筛选“{name}”。", "已删除筛选“{name}”。"
FILTER_RENAMED = "已改名为“{name}”。"
STARTED = "已提交，正在后台办理，可以离开这一页。"
DONE = "{action}：办了 {done} 件，没有办 {refused} 件。"
UNDO_STARTED = "正在后台撤销，可以离开这一页。"
UNDONE = "已撤销 {undone} 件，没有撤销 {kept} 件。"

REFUSALS = {
    "bulk.nothing_chosen": Sentence("invalid", "没有选中任何事项，请先勾选。"),
    "bulk.too_many": Sentence("invalid", "一次最多办理 {most} 件，请先用筛选条件缩小范围。"),
    "bulk.not_offered": Sentence("invalid", "“{action}”不能成批办理，请逐件办理。"),
    "bulk.confirmed_already": Sentence("conflict", "这一批已经提交过，没有重复办理。"),
    "bulk.failed": Sentence("conflict", "这一件没有存进去，什么也没有改动，请单独办理。"),
    "bulk.not_undoable": Sentence("conflict", "“{action}”不能撤销。"),
    "bulk.still_running": Sentence("conflict", "这一批还没有办完，请办完再撤销。"),
    "bulk.undo_too_late": Sentence("conflict", "已过 {hours} 小时，不能成批撤销，请逐件处理。"),
    "bulk.undone_already": Sentence("conflict", "这一批已经撤销过，没有重复撤销。"),
    "saved_filter.too_many": Sentence("conflict", "最多保存 {most} 个筛选，请先删掉不用的。"),
    "saved_filter.name_taken": Sentence("conflict", "您已有名为“{name}”的筛选，请换个名字。"),
    "saved_filter.personal": Sentence(
        "invalid", "像是证件号、电话或车牌，不能存在筛选里：查人要当时说明目的。"
    ),
    "saved_filter.share_forbidden": Sentence("forbidden", "只有负责人和值班岗可以把筛选共享给本单位。"),
}
register(REFUSALS)
