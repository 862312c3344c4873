"""Words of the command line."""

from yicun.kernel.refusals import Sentence, register

REFUSALS = {
    "command.file_missing": Sentence("invalid", "没有文件 {file}，请核对路径。"),
    "command.file_there": Sentence("conflict", "文件 {file} 已存在，不会覆盖；请换一个文件名。"),
    "command.usage": Sentence("invalid", "命令的写法不对：{reason}。用法见 {command} --help"),
    "command.folder_not_named": Sentence("invalid", "没有写明数据文件夹：--data 后面是空的。"),
    "command.not_a_folder": Sentence("invalid", "{file} 是文件，不是文件夹，不能存放数据。"),
    "command.no_county": Sentence(
        "not_found", "数据文件夹 {data} 里没有县的数据；请核对路径，或先运行 yicun migrate 建立。"
    ),
    "command.file_closed": Sentence("forbidden", "{file} 不能读写：{reason}。"),
    "command.admin_url_malformed": Sentence(
        "invalid", "看不懂数据库地址，应写成 postgresql://用户:口令@主机:端口/数据库"
    ),
    "command.setting_malformed": Sentence("invalid", "环境变量 {name} 的值不对，请核对。"),
    "command.folder_closed": Sentence("invalid", "文件夹 {folder} 不存在或者不能写入。"),
    "command.not_migrated": Sentence(
        "conflict", "数据文件夹 {data} 里还没有数据表，请先运行 yicun migrate。"
    ),
    "command.migration_failed": Sentence("conflict", "数据表没有建立成功：{reason}"),
    "command.fallen": Sentence("conflict", "程序 {name} 意外结束，请查看它的日志。"),
    "command.unknown_member": Sentence("not_found", "没有用户名为“{username}”的账号。"),
    "command.in_use": Sentence("conflict", "数据文件夹 {data} 还有程序在使用，请先停止它们。"),
    "command.address_unknown": Sentence("invalid", "本机没有地址 {address}，不能在上面提供服务。"),
    "command.port_closed": Sentence("forbidden", "没有权限使用端口 {port}，请用 --port 换一个 1024 以上的。"),
    "command.port_taken": Sentence("conflict", "端口 {port} 已被占用，请用 --port 换一个。"),
    "command.backup_damaged": Sentence("invalid", "{folder} 不是本系统的备份，或者没有备份完整。"),
    "command.folder_not_empty": Sentence(
        "conflict", "数据文件夹 {data} 里已有数据，不会覆盖；请换一个空文件夹。"
    ),
    "demo.not_a_demo": Sentence("conflict", "数据文件夹 {data} 里有别的数据，不是演示县；请换一个文件夹。"),
    "demo.running": Sentence("conflict", "数据文件夹 {data} 上的演示已经在运行，不再启动第二个。"),
    "demo.not_started": Sentence("conflict", "演示没有启动成功：{reason}（日志在 {log}）"),
}
register(REFUSALS)

USAGE = {
    "NoSuchOption": "没有选项 {name}",
    "NoSuchCommand": "没有命令 {name}",
    "MissingParameter": "缺少 {name}",
    "BadOptionUsage": "选项 {name} 后面缺少值",
    "BadParameter": "{name} 的值不对",
}
USAGE_OTHER = "多余或看不懂的词"
FAULTS = {
    "EACCES": "没有权限",
    "EPERM": "没有权限",
    "ENOSPC": "磁盘已满",
    "EDQUOT": "超过磁盘配额",
    "EROFS": "磁盘只读",
    "ENOTDIR": "路径中有一段是文件",
    "EISDIR": "这是文件夹",
    "ENAMETOOLONG": "名称过长",
    "ENOENT": "不存在",
}
RESTARTED = "程序 {name} 意外结束，已重新启动。"

COMMAND_LINE = "命令行"
ORDERED = "命令行（{who}）"

HELP = {
    "yicun": "一村：县域基层警务与消防平台",
    "data": "数据文件夹（默认 data，或环境变量 YICUN_DATA）",
    "as": "以谁的身份办理：用户名",
    "json": "只输出一份 JSON",
    "demo": "启动演示县：建库、载入数据、启动服务，按 Ctrl-C 结束",
    "serve": "启动网页服务",
    "worker": "启动后台任务和审计封存",
    "sealer": "审计封存（由 worker 启动）",
    "migrate": "准备数据库并建立或更新数据表",
    "admin url": "自备 PostgreSQL（15 或更高）的管理员地址",
    "load": "载入区划、单位、辖区、时限、类别等基础数据；不写文件夹时载入随软件附带的",
    "folder": "县里自己的基础数据文件夹",
    "doctor": "体检：数据库、隔离、字体、审计等是否正常",
    "backup": "把数据库、密钥和文件备份到一个新文件夹",
    "restore": "从备份恢复到一个空的数据文件夹",
    "backup folder": "备份文件夹",
    "stop": "停止内置数据库",
    "port": "网页服务的端口",
    "metrics port": "监控指标的端口，只在本机开放；不写时为网页端口加 1000",
    "address": "网页服务监听的地址",
    "workers": "网页服务的进程数",
    "threads": "每个进程的线程数",
    "import": "导入表格",
    "import matters": "导入事项：.csv、.xlsx、.xls、.ods",
    "file": "表格文件",
    "channel": "这些事项从哪里来",
    "mapping": "列对应方案的名称；不写时按表头推断",
    "errors": "把有问题的行标在原表里，另存为这个文件",
    "dry run": "只检查，不登记",
    "replay": "按原来的时间重放留言：登记、派发、答复、核验、办结",
    "members": "人员、岗位和账号",
    "members add": "按人员表开设账号、登记人员和岗位；已有账号的不动",
    "members list": "今天谁在哪个岗位",
    "members post": "给一名人员增加一个岗位，当天生效",
    "members end": "终止一个岗位，从终止日起立即失去权限",
    "members token": "签发接口令牌（只显示这一次）",
    "members revoke": "收回一个账号的全部接口令牌",
    "token name": "令牌用途，例如对接的系统名称",
    "token days": "有效天数",
    "members password": "换一个新口令，并解除动态口令（手机丢失时用）",
    "members file": "人员表（CSV）：username,name,kind,badge,phone,starts_on,postings",
    "sign-ins": "新账号的用户名和口令写到哪个文件，只有本人可读",
    "username": "用户名",
    "unit": "单位代码",
    "role": "岗位代码，见词汇表的 Role",
    "area": "包片的村（社区）或网格，15 位代码",
    "day": "日期，如 2026-11-24；不写为今天",
    "clock": "法定时限",
    "clock due": "算出到期时间，并列出算式",
    "start": "起算日期或时间",
    "limit": "时限，如 5 working_days、15 days、24 hours",
    "pause": "暂停期间，首尾两天都算在内",
    "glossary": "重新写出词汇表",
    "glossary out": "写到哪个文件",
}

WRITTEN = "已写入 {file}"
MIGRATED = "数据表已是最新（新执行 {count} 项）"
LOADED = (
    "已载入：区划 {areas}，单位 {units}，辖区 {jurisdictions}，墟日 {market_days}，事项基础数据 {matters}；"
    "重算时限 {recounted} 件"
)
STOPPED = {True: "内置数据库已停止", False: "内置数据库没有在运行"}
SERVING = "网页服务：http://{address}:{port}/  监控指标：http://127.0.0.1:{metrics}/metrics"
WORKING = "后台任务已启动"
BACKED_UP = "已备份到 {folder}；其中有密钥，请妥善保管"
RESTORED = "已恢复到 {data}，备份时间 {made_at}"

IMPORTED = "共 {rows} 行：登记 {recorded}，重复 {duplicates}，退回 {refused}"
TRIED = "试读 {rows} 行：可登记 {recorded}，重复 {duplicates}，有问题 {refused}（没有登记）"
ROW_REFUSED = "第 {row} 行：{sentence} [{code}]"
MORE_ROWS = "……另有 {count} 行"
SHEETS_UNREAD = "只读了一张工作表，这些没有读：{sheets}。请分别另存后再导入。"
ERRORS_WRITTEN = "有问题的行已标在 {file}"

MEMBERS_ADDED = "已登记 {added} 人（另有 {known} 人早已登记）；用户名和口令在 {file}，请当面交给本人后删除"
MEMBERS_KNOWN = "没有新人员：表中 {known} 人都已登记"
SIGN_INS_HEAD = ("用户名", "姓名", "口令")
POST_LINE = "{unit}  {name}  {role_label}  {place}  （{username}，{unit_code}，{role}，{starts_on} 起）"
POSTED = "{username} 自 {on} 起在{unit}任{role}"
POST_ENDED = "{username} 在{unit}的{role}岗位自 {on} 起终止"
ISSUED = "{username} 的令牌（{name}，有效至 {expires_on}）：{token}"
TOKENS_REVOKED = "已收回 {username} 的 {revoked} 个令牌"
SIGN_IN_RENEWED = "{username} 的新口令：{password}（下次登录时重新绑定动态口令）"

REPLAYED = (
    "留言 {rows} 条：已登记 {recorded}，已答复 {answered}，已办结 {closed}；"
    "本次改动 {changed} 条，未走完 {unanswered} 条"
)
ON_TIME = (
    "按期答复 {on_time} 条（{share}）；用时中位数 {median_days} 天（{median_working_days} 个工作日），"
    "95% 在 {p95_days} 天（{p95_working_days} 个工作日）以内"
)
BODY_HEAD = "承办单位：答复件数，按期率，用时中位数（工作日），95% 分位（工作日）"
BODY_LINE = (
    "{body}：{answered} 件，{share}，{median_days} 天（{median_working_days}），"
    "{p95_days} 天（{p95_working_days}）"
)

STANDING = {"ok": "正常", "warning": "注意", "error": "错误"}
CHECK_LINE = "[{standing}] {title}：{said}"
CHECKS = {
    "database": "数据库",
    "roles": "数据库角色",
    "locale": "中文字符处理",
    "migrations": "数据表",
    "isolation": "行级隔离",
    "audit": "审计链",
    "worker": "后台任务",
    "calendar": "放假安排",
    "reference": "基础数据",
    "fonts": "中文字体",
    "disk": "磁盘空间",
}
FOUND = {
    "database": "PostgreSQL {version}，{kind}",
    "embedded": "内置",
    "server": "自备服务器",
    "roles": "四个角色都能登录，应用角色没有特权",
    "roles.bad": "{reason}",
    "roles.powerful": "权限过大，行级隔离会失效：{roles}",
    "locale": "正确",
    "locale.bad": "不能正确处理：{faults}",
    "migrations": "已是最新",
    "migrations.bad": "有 {count} 项没有执行，请运行 yicun migrate",
    "isolation": "{count} 张县域数据表都强制隔离",
    "isolation.bad": "这些表没有强制隔离：{tables}",
    "audit": "{blocks} 段、{entries} 条完好，{unsealed} 条待封存",
    "audit.bad": "第 {block} 段与内容不符",
    "audit.behind": "{unsealed} 条超过 {minutes} 分钟没有封存",
    "worker": "{seconds} 秒前有心跳",
    "worker.bad": "没有在运行，请启动 yicun worker",
    "calendar": "{years} 年已载入",
    "calendar.bad": "{years} 年的放假安排尚未公布或未载入，工作日暂按推算",
    "reference": "区划 {areas}，单位 {units}，时限 {limits}",
    "reference.bad": "没有载入，请运行 yicun load",
    "fonts": "可以打印公文",
    "fonts.substitute": "没有公文规定字体，以思源字体代替",
    "fonts.bad": "没有中文字体，打印会出现方框；请安装 fonts-noto-cjk",
    "disk": "剩余 {free}",
    "disk.low": "只剩 {free}",
}
DEMO_READY = "演示县已就绪：{url}    （按 Ctrl-C 结束）"
DEMO_HEAD = ("用户名", "姓名", "口令", "岗位", "单位")
DEMO_TOKENS = "接口令牌在 {file}"
DEMO_STOPPING = "正在停止……"
DEMO_PURPOSE = "演示"
