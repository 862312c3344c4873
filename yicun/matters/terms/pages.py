"""Words that pages, paper and exports put around a matter."""

from yicun.matters.terms import Action

# Facts of a matter as pages, paper and exports name them.
FACTS: dict[str, str] = {
    "number": "编号",
    "kind": "类别",
    "title": "标题",
    "body": "内容",
    "channel": "来源",
    "place": "地点",
    "happened_at": "发生时间",
    "recorded": "登记人",
    "recorded_at": "登记时间",
    "state": "状态",
    "urgency": "紧急程度",
    "grade": "风险等级",
    "desk": "受理单位",
    "unit": "承办单位",
    "handler": "承办人",
    "due_at": "截止时间",
    "ended_at": "结束时间",
    "answer": "办理结果",
    "satisfaction": "满意度",
    "source_key": "来源编号",
}
# The course of a matter, in words short enough for a phone.
COURSE: dict[str, str] = {
    Action.RECORD: "登记",
    Action.ACCEPT: "受理",
    Action.ASSESS: "研判",
    Action.ASSIGN: "派发",
    Action.TAKE: "接办",
    Action.FEED_BACK: "反馈",
    Action.VERIFY: "核验",
    Action.CLOSE: "办结",
}
# What a step decided, filled from the facts of its line of history.
SAID: dict[str, str] = {
    Action.ASSIGN: "{unit} {member}",
    Action.ADD_CO_HANDLER: "{unit}",
    Action.MERGE: "并入 {into}",
    Action.UNMERGE: "撤出 {into}",
    Action.REASSIGN: "{before} → {unit} {member}",
    Action.HAND_OVER: "{before} → {member}",
    Action.RETURN_BACK: "第 {bounces} 次退回",
    Action.REQUEST_EXTENSION: "申请延长 {amount}",
    Action.APPROVE_EXTENSION: "同意延长 {amount}",
    Action.ATTACH: "{file}",
    Action.UNDO: "撤销成批办理的“{deed}”",
    Action.ASK_APPROVAL: "{ask}",
    Action.INSTRUCT: "请{to}于 {due_on} 前回复",
}
RECOUNTED = "按放假安排重新计算时限"
YES_NO = {True: "是", False: "否"}
STORED, TAKEN = "已登记，编号 {number}。", "{number} 已{action}。"
BY_WORDS, BY_PLACE, BY_AREA = "{unit}　按内容建议", "{unit}　{officer}", "{unit}　本辖区"
JOINED, WITH_CODE = "；", "{label}（{code}）"

CLOCK_RUNNING, CLOCK_PAUSED, CLOCK_KEPT, CLOCK_MISSED = "计时中", "暂停", "按期", "超期"
CLOCK_SET_ASIDE = "随撤销作废"
LIMIT = "{amount} {unit}"
SIGNATURES = ("经办人", "审核人", "负责人")
