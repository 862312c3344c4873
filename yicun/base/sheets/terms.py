"""Words of tables: why one is refused, what is wrong in a cell, and what stands on our own sheets."""

from yicun.kernel.refusals import Sentence, register

REFUSALS = {
    "sheet.wrong_file": Sentence("invalid", "“{name}”不是表格文件，请选择 .xlsx、.xls、.ods 或 .csv。"),
    "sheet.web_page": Sentence("invalid", "“{name}”其实是网页，请用 Excel 或 WPS 打开，另存为 .xlsx。"),
    "sheet.has_macros": Sentence("invalid", "“{name}”带有宏，请另存为不含宏的 .xlsx 再导入。"),
    "sheet.locked": Sentence("invalid", "“{name}”设了打开密码，请取消密码后再导入。"),
    "sheet.damaged": Sentence("invalid", "“{name}”已损坏或没有保存完整，请重新另存后再导入。"),
    "sheet.empty": Sentence("invalid", "“{name}”里没有内容。"),
    "sheet.no_rows": Sentence("invalid", "“{name}”只有表头，没有数据行。"),
    "sheet.too_large": Sentence("invalid", "“{name}”太大（上限 {limit}），请拆分后分次导入。"),
    "sheet.too_many_rows": Sentence("invalid", "“{name}”超过 {limit} 行，请拆分后分次导入。"),
    "sheet.no_header": Sentence("invalid", "“{name}”第 {number} 行应是表头（各列的名称），现在是数据。"),
    "sheet.header_twice": Sentence("invalid", "“{name}”的表头里有重复的列名：{headers}，请改名后再导入。"),
    "sheet.unknown_sheet": Sentence("invalid", "“{name}”里没有名为“{sheet}”的工作表。"),
    "mapping.missing": Sentence("invalid", "必填的列还没有对应：{columns}。"),
    "mapping.unknown_header": Sentence("invalid", "表里没有这些列：{headers}。"),
    "row.short": Sentence("invalid", "这一行只有 {found} 列，表头有 {expected} 列，数据不完整"),
    "row.long": Sentence("invalid", "这一行有 {found} 列，比表头的 {expected} 列多，可能有逗号没加引号"),
    "row.cut_off": Sentence("invalid", "这一行没有写完，文件可能在这里中断"),
    "cell.required": Sentence("invalid", "“{label}”必填"),
    "cell.control_characters": Sentence("invalid", "“{label}”里有看不见的控制字符，请重新输入"),
    "cell.number_in_text": Sentence("invalid", "“{label}”应是文字，现在是数字“{found}”"),
    "cell.date_in_text": Sentence("invalid", "“{label}”被变成了日期“{found}”，请把该格设为文本后重填"),
    "cell.digits_lost": Sentence("invalid", "“{label}”位数太多，末尾几位已丢失，请把该格设为文本后重填"),
    "cell.too_long": Sentence("invalid", "“{label}”有 {found} 个字，最多 {limit} 个"),
    "cell.not_a_date": Sentence("invalid", "“{label}”不是日期：“{found}”，请写成 2026-11-23"),
    "cell.not_a_moment": Sentence("invalid", "“{label}”不是时间：“{found}”，请写成 2026-11-23 09:30"),
    "cell.too_early": Sentence("invalid", "“{label}”是 {found}，早于 {limit}"),
    "cell.too_late": Sentence("invalid", "“{label}”是 {found}，晚于 {limit}"),
    "cell.not_an_integer": Sentence("invalid", "“{label}”应是整数，现在是“{found}”"),
    "cell.unknown_choice": Sentence("invalid", "“{label}”没有“{found}”这一项，可填：{choices}"),
}

register(REFUSALS)

DATE_MARKS = str.maketrans(
    {
        "年": "-",
        "月": "-",
        "日": " ",
        "号": " ",
        "时": ":",
        "點": ":",
        "点": ":",
        "分": ":",
        "秒": " ",
        "/": "-",
    }
)
HALF_DAYS = {"上午": "AM", "下午": "PM", "凌晨": "AM", "晚上": "PM", "中午": "PM"}

REASON = "退回原因"
DATA_SHEET = "填写"
GUIDE_SHEET = "填写说明"
CHOICE_SHEET = "可选项"
GUIDE_TITLE = "请在“填写”表中从第 2 行起填写，一行一条；红色列名必填。填好后原样上传，不要改动列名。"
GUIDE_HEADER = ("列名", "是否必填", "填什么", "示例", "说明")
REQUIRED = "必填"
OPTIONAL = "选填"
CHOICE_ERROR = "请从下拉列表中选择。"
SHORTENED = "……（内容过长，已截断）"
LIST_COMMA = "、"
KIND_WORDS = {
    "text": "文字",
    "long_text": "文字，可多行",
    "datetime": "日期和时间，如 2026-11-23 09:30",
    "date": "日期，如 2026-11-23",
    "integer": "整数",
    "choice": "从下拉列表中选",
    "code": "编号，按文本填写",
}
