"""Words of the portal: sync queue, home page, commands."""

from yicun.kernel.refusals import Sentence, register
from yicun.kernel.words import PRODUCT

REFUSALS = {
    "sync.too_many": Sentence("invalid", "一次最多上传 {most} 条，请分批上传。"),
    "sync.id_reused": Sentence(
        "conflict", "这个编号已用于另一份内容，没有保存；请在手机上复制为新的一条再上传。"
    ),
    "sync.photos_malformed": Sentence("invalid", "照片没有传完整，或多于 {most} 张，请重新选择后上传。"),
    "sync.photos_to_come": Sentence(
        "conflict", "{count} 张照片中有 {missing} 张还没有传完，这一条还没有保存，传完照片后会自动再传。"
    ),
    "sync.other_account": Sentence("forbidden", "这些内容是另一位使用者存下的，请由本人登录后上传。"),
    "sync.form_invalid": Sentence("invalid", "“{label}”填写有误：{reason}"),
    "sync.from_the_future": Sentence("invalid", "记录时间晚于现在，请检查手机时间。"),
    "sync.too_old": Sentence("invalid", "这条记录超过 {days} 天才上传，请联系值班室补录。"),
    "sync.operation_unknown": Sentence("invalid", "不认识的操作“{name}”，请更新手机上的页面。"),
    "complaint.nobody_to_read": Sentence("conflict", "县里还没有设立综合指挥室，意见暂时无处可送。"),
}
register(REFUSALS)

AUDIT_VERBS = {"complain": "反映平台的问题"}

APP_NAME, SUBJECT = PRODUCT, "基层警务与消防"
BRAND = f"{APP_NAME} · {SUBJECT}"

NAVIGATION = {
    "home": "工作台",
    "board": "事项",
    "record": "登记",
    "inbox": "收件箱",
    "tasks": "任务",
    "meetings": "会议",
    "signing": "签批",
    "import": "导入",
    "todo": "待办",
    "me": "我的",
}
LINKS = {
    "me": "我的岗位",
    "signing": "签批",
    "leave": "外出和代签",
    "filters": "常用筛选",
    "outbox": "本机待上传",
    "password": "修改密码",
    "second_factor": "动态口令",
}

NOTICES = {
    "assigned": "派给我们的事项",
    "reassigned": "已改派或移交他人的事项",
    "handed_over": "移交给我的事项",
    "merged_here": "有其他事项并入",
    "unmerged": "撤销合并，恢复办理的事项",
    "sent_back": "被退回的事项",
    "rework": "要求返工的事项",
    "fed_back": "等待核验的事项",
    "co_handler_added": "请我们协办的事项",
    "co_handler_answered": "协办单位已反馈",
    "extension_requested": "申请延期，等待审批",
    "extension_approved": "延期已同意",
    "extension_refused": "延期未同意",
    "reminded": "催办",
    "undone": "派发后又撤回的事项",
    "instructed": "领导批示",
    "replied": "批示已回复",
    "reply_returned": "批示回复被退回",
    "approval_asked": "等您签批",
    "approval_signed": "呈批已签批",
    "approval_returned": "呈批被退回修改",
    "level_remind": "快到期或刚到期",
    "level_yellow": "黄牌督办",
    "level_red": "红牌督办",
    "level_leader": "领导包案督办",
    "complaint": "对平台的意见",
    "demand_proposed": "等待准入的任务要求",
    "demand_admitted": "准入的任务要求",
    "demand_returned": "没有准入的任务要求",
    "demand_asked": "向我们提出的任务要求",
    "demand_renewed": "续期的任务要求",
    "demand_withdrawn": "撤回的任务要求",
}
TILE_NOTES = {"overdue": "请先办理", "sent_back": "请看理由", "supervised": "黄牌以上"}
NOTICE_OTHER = "通知"

WEEKDAYS = "一二三四五六日"
LUNAR = "农历{month}月{day}"
GREETINGS = ((5, "夜深了"), (9, "早上好"), (12, "上午好"), (14, "中午好"), (18, "下午好"), (24, "晚上好"))
POSTING = "{unit} {role}"
DECIDED = {
    "sign": "已同意：{kind}（{title}）。",
    "send_back": "已退回修改：{kind}（{title}）。",
    "forward": "已转请签批：{kind}（{title}）。",
    "withdraw": "已撤回：{kind}（{title}）。",
}
OPINION = "意见"
SIGNED_TOGETHER = "已同意 {count} 件，每件各留一条签批记录。"
SIGNING_FAILED = "“{title}”没有签：{reason}"
LEAVE_DONE = {
    "note_absence": "外出已登记。",
    "end_absence": "已销假。",
    "delegate": "委托已生效；每份代签都会写明两人姓名。",
    "recall": "委托已收回，立即失效。",
}
COMPLAINT_TEXT = "意见"
COMPLAINT_SENT = "意见已送到综合指挥室，谢谢。"
