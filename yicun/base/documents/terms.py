"""What a person reads when a document cannot be printed."""

from yicun.kernel.refusals import Sentence, register

REFUSALS = {
    "document.no_chinese_font": Sentence(
        "conflict", "本机没有中文字体，打印出来会是方框。请安装 Noto CJK 字体，或把仿宋等字体放进字体文件夹。"
    ),
    "document.unknown_template": Sentence("not_found", "没有名为“{template}”的文书模板。"),
    "document.data_missing": Sentence("invalid", "文书“{template}”缺少必要的内容，不能生成。"),
}

register(REFUSALS)
