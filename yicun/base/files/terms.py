"""What a person reads when a file is not taken."""

from yicun.kernel.refusals import Sentence, register

REFUSALS = {
    "file.empty": Sentence("invalid", "文件“{name}”是空的，请重新选择。"),
    "file.too_large": Sentence("invalid", "文件“{name}”超过 {limit}，请压缩或拆分后再上传。"),
    "file.kind_refused": Sentence(
        "invalid", "文件“{name}”的内容不是可以上传的类型（照片、PDF、Word、Excel、文本、录音、录像）。"
    ),
    "file.can_run": Sentence("invalid", "文件“{name}”是程序或网页，可能带来危险，不能上传。"),
    "file.has_macros": Sentence("invalid", "文件“{name}”带有宏，请另存为不含宏的格式后再上传。"),
    "file.heic": Sentence(
        "invalid",
        "照片“{name}”是 HEIC 格式，本机读不了。请在手机相机设置里选“兼容性最佳”，或转成 JPG 后再传。",
    ),
    "file.image_damaged": Sentence("invalid", "照片“{name}”不完整或已损坏，请重新拍摄或重新选择。"),
    "file.image_too_many_pixels": Sentence(
        "invalid", "照片“{name}”的像素太多，请关闭相机的超高像素模式，或缩小后再上传。"
    ),
    "file.unknown": Sentence("not_found", "没有这个文件。"),
    "upload.unknown": Sentence("not_found", "没有这次上传，或已过期，请重新上传。"),
    "upload.id_reused": Sentence("conflict", "这次上传的编号已用于另一个文件，请重新选择文件。"),
    "upload.wrong_offset": Sentence("conflict", "上传的位置对不上：已收到 {expected} 字节，请从那里继续。"),
    "upload.too_much": Sentence("invalid", "收到的内容比文件“{name}”申报的 {size} 字节还多，请重新上传。"),
    "upload.incomplete": Sentence("conflict", "文件“{name}”还没有传完：共 {size} 字节，已收到 {received}。"),
    "upload.piece_altered": Sentence(
        "conflict", "从第 {offset} 字节起的一段在传输或写入中变了样，请重传这一段。"
    ),
    "upload.piece_too_large": Sentence("invalid", "一次最多上传 {limit} 的一段，请分得小一些。"),
    "upload.altered": Sentence("conflict", "文件“{name}”在传输中变了样，请重新上传。"),
}

register(REFUSALS)
