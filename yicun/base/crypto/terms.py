"""What a person reads when something cannot be deciphered."""

from yicun.kernel.refusals import Sentence, register

REFUSALS = {
    "crypto.key_unknown": Sentence(
        "conflict", "这段内容用第 {key} 号密钥加密，本机没有这把密钥，请从备份恢复密钥文件夹。"
    ),
    "crypto.altered": Sentence("conflict", "这段加密内容已损坏、被改动，或用在了别的地方，无法解密。"),
    "crypto.key_exposed": Sentence(
        "conflict", "密钥文件 {path} 的权限是 {mode}，其他用户也能读，请改为 600 后再启动。"
    ),
    "crypto.key_unreadable": Sentence("conflict", "密钥文件 {path} 读不了或内容不完整，请从备份恢复。"),
}

register(REFUSALS)
