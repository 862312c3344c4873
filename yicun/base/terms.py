"""Words of the plumbing: sign-in, files, notices."""

from yicun.kernel.refusals import Sentence, register

REFUSALS = {
    "account.username_taken": Sentence("conflict", "用户名“{username}”已有人使用，请换一个。"),
    "account.not_signed_in": Sentence("unauthenticated", "请先登录。"),
    "account.token_unknown": Sentence("unauthenticated", "接口令牌不对，或者已经过期、停用。"),
    "account.no_posting": Sentence("forbidden", "您目前没有在岗的岗位，请联系本单位管理员。"),
    "account.second_factor_missing": Sentence("forbidden", "请先绑定动态口令（TOTP），再使用系统。"),
    "request.malformed": Sentence("invalid", "请求的格式不对：{reason}。"),
    "request.not_json": Sentence(
        "unreadable", "提交的内容不是完整、规范的 JSON（UTF-8，最多嵌套 {deepest} 层）。"
    ),
    "request.media_type": Sentence("wrong_media", "只接受 application/json（UTF-8），收到的是“{given}”。"),
    "request.method": Sentence("wrong_method", "这个地址不支持 {method}，可以用：{allowed}。"),
    "request.not_accepted": Sentence("unreadable", "请求的地址或内容不合规范，没有处理。"),
    "request.csrf": Sentence("forbidden", "页面已过期，请刷新后重试。"),
    "request.length_unreadable": Sentence("unreadable", "请求标明的长度不是数字，没有读取，请重新提交。"),
    "request.too_large": Sentence("too_large", "提交的内容过大，上限为 {limit} MB。"),
    "record.not_found": Sentence("not_found", "没有找到这条记录，或者您无权查看。"),
    "server.failed": Sentence("broken", "平台出了问题，这次操作没有完成，也没有只存一半。请稍后再试。"),
    "server.busy": Sentence("conflict", "别人正在修改同一条记录，请稍后再试。"),
    "database.silent": Sentence(
        "unavailable", "数据库暂时没有应答，这次操作办成没有还不能确定。请稍后再试，重复提交不会重复登记。"
    ),
    "database.not_replicated": Sentence(
        "unavailable", "备用数据库还没有确认收到，这次操作暂不能算办成。请稍后再试，重复提交不会重复登记。"
    ),
}
register(REFUSALS)

# What a value in a request should have been, by the validator's word for it.
EXPECTED = {
    "missing": "必须填写",
    "extra_forbidden": "没有这个字段",
    "int": "应为整数",
    "float": "应为数",
    "string": "应为文字",
    "string_too_long": "文字过长",
    "uuid": "应为 UUID",
    "datetime": "应为日期时间，如 2026-11-24T09:30:00+08:00",
    "list": "应为数组",
    "dict": "应为对象",
    "model": "应为对象",
    "bool": "应为 true 或 false",
    "greater": "数值过小",
    "less": "数值过大",
}
EXPECTED_OTHER = "格式不对"

AUDIT_VERBS = {
    "open_account": "开设账号",
    "renew_sign_in": "重置登录",
    "issue_token": "签发令牌",
    "revoke_tokens": "收回令牌",
    "sign_in": "登录",
    "sign_in_failed": "登录失败",
    "sign_out": "退出",
    "read_sensitive": "查看敏感信息",
}
