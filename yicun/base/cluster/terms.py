"""What the database set-up refuses, in words, and the words by which it tries a server out."""

from yicun.kernel.refusals import Sentence, register

# Each line: what is wrong when the expression is not true.
LOCALE_CHECKS = {
    "encoding": "current_setting('server_encoding') = 'UTF8'",
    "trigrams": "cardinality(show_trgm('消防')) > 0",
    "order": "'张' < '李' AND NOT '李' < '张' AND 'B' < 'a'",
    "case": "lower('ＡÉ') = 'ａé' AND upper('ａé') = 'ＡÉ'",
    "letters": "'消防' ~ '^[[:alpha:]]+$'",
    "length": "length('一村') = 2",
}

REFUSALS = {
    "cluster.binaries_missing": Sentence(
        "invalid",
        "本机没有内置的 PostgreSQL 程序（{platform}）。请用 yicun migrate --admin-url 指定数据库服务器。",
    ),
    "cluster.user_missing": Sentence(
        "invalid",
        "数据库须由普通系统用户运行，但没有用户 {user}：{reason}。请用 YICUN_PG_USER 指定已有的普通用户。",
    ),
    "cluster.user_privileged": Sentence(
        "forbidden", "用户 {user} 是特权用户，不能用来运行数据库。请用 YICUN_PG_USER 指定普通用户。"
    ),
    "cluster.other_user": Sentence(
        "forbidden", "数据文件夹 {folder} 里的数据库属于用户 {user}，请以该用户运行。"
    ),
    "cluster.folder_taken": Sentence(
        "forbidden", "文件夹 {folder} 不属于运行数据库的用户，或者不是真正的文件夹，不予使用。"
    ),
    "cluster.major_version": Sentence(
        "conflict",
        "数据库由 PostgreSQL {found} 建立，现有程序是 {binaries} 版，不能启动。请换回原版本。",
    ),
    "cluster.lost": Sentence(
        "conflict",
        "数据文件夹 {folder} 原有的数据库已不在原处，不会另建空库。请恢复备份，或换一个数据文件夹。",
    ),
    "cluster.copied": Sentence("conflict", "数据文件夹 {folder} 与 {other} 指向同一个数据库，不能同时使用。"),
    "cluster.create_failed": Sentence("invalid", "无法建立数据库：{reason}"),
    "cluster.start_failed": Sentence("invalid", "数据库没有启动成功：{reason}（日志在 {log}）"),
    "cluster.file_unreadable": Sentence(
        "conflict",
        "数据库地址文件 {file} 已损坏，且本机没有内置数据库。请用 yicun migrate --admin-url 重新写入。",
    ),
    "cluster.target_exists": Sentence("conflict", "{folder} 已存在，备份不覆盖已有内容。"),
    "cluster.backup_elsewhere": Sentence(
        "invalid", "数据库在自有服务器上（见 {file}），请用该服务器自己的备份办法。"
    ),
    "cluster.backup_failed": Sentence("invalid", "{program} 没有成功：{reason}"),
    "cluster.not_empty": Sentence("conflict", "数据文件夹 {folder} 里已有数据库，不会覆盖。"),
    "cluster.unreachable": Sentence("invalid", "连不上数据库服务器：{reason}"),
    "cluster.version": Sentence("invalid", "数据库服务器是 PostgreSQL {found}，需要 {needed} 或更高版本。"),
    "cluster.not_allowed": Sentence(
        "forbidden", "管理员 {user} 在数据库服务器上没有建立角色和数据库的权限：{reason}"
    ),
    "cluster.role_exists": Sentence(
        "conflict", "数据库服务器上已有角色 {role}，但不知道它的口令。如确属本系统，请要求更换口令。"
    ),
    "cluster.role_unsafe": Sentence(
        "forbidden", "数据库角色 {role} 的权限过大（{attribute}），行级隔离会失效，不予使用。"
    ),
    "cluster.sign_in_failed": Sentence("invalid", "角色 {role} 登录数据库失败：{reason}"),
    "cluster.database_owner": Sentence(
        "conflict", "数据库 {database} 属于 {owner}，不属于 {expected}，不予改动。"
    ),
    "cluster.extension_missing": Sentence("invalid", "数据库服务器没有扩展 {extension}，请先安装。"),
    "cluster.locale": Sentence(
        "invalid",
        "数据库的字符设置不能正确处理中文（{fault}）。请按 UTF-8 编码和 C.UTF-8 字符类型重建数据库。",
    ),
}

register(REFUSALS)
