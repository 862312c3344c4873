"""Words of the portal: sync queue, home page, commands."""

from yicun.kernel.refusals import Sentence, register

REFUSALS = {
    "sync.too_many": Sentence("invalid", "一次最多上传 {most} 条，请分批上传。"),
    "sync.id_reused": Sentence(
        "conflict", "这个编号已用于另一份内容，没有保存；请在手机上复制为新的一条再上传。"
    ),
    "sync.from_the_future": Sentence("invalid", "记录时间晚于现在，请检查手机时间。"),
    "sync.too_old": Sentence("invalid", "这条记录超过 {days} 天才上传，请联系值班室补录。"),
    "sync.operation_unknown": Sentence("invalid", "不认识的操作“{name}”，请更新手机上的页面。"),
}
register(REFUSALS)
