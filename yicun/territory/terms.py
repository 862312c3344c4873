"""Words of the territory: kinds of areas and units, functions of a jurisdiction, market days, refusals."""

from django.db.models import TextChoices

from yicun.kernel.refusals import Sentence, register


class AreaKind(TextChoices):
    PROVINCE = "province", "省"
    CITY = "city", "市"
    COUNTY = "county", "县"
    TOWN = "town", "乡镇"
    VILLAGE = "village", "村（社区）"
    GRID = "grid", "网格"


class UnitKind(TextChoices):
    BUREAU = "bureau", "公安局"
    COMMAND_CENTRE = "command_centre", "综合指挥室"
    DIVISION = "division", "局属部门"
    STATION = "station", "派出所"
    POLICE_OFFICE = "police_office", "警务室"
    WORK_POINT = "work_point", "警务工作站"
    POLICE_POST = "police_post", "警务站"
    PARTNER = "partner", "协同单位"


class PartnerKind(TextChoices):
    JUDICIAL_OFFICE = "judicial_office", "司法所"
    GOVERNANCE_CENTRE = "governance_centre", "综治中心"
    FIRE_RESCUE = "fire_rescue", "消防救援"
    HOTLINE_12345 = "hotline_12345", "12345热线"
    TOWNSHIP = "township", "乡镇政府"
    HOUSING = "housing", "住房和城乡建设"
    MARKET_SUPERVISION = "market_supervision", "市场监管"
    CIVIL_AFFAIRS = "civil_affairs", "民政"
    EDUCATION = "education", "教育"
    HEALTH = "health", "卫生健康"
    MEDICAL_INSURANCE = "medical_insurance", "医疗保障"
    NATURAL_RESOURCES = "natural_resources", "自然资源"
    TRANSPORT = "transport", "交通运输"
    ECOLOGY = "ecology", "生态环境"
    WATER = "water", "水利"
    POWER_SUPPLY = "power_supply", "供电"
    LABOUR = "labour", "人力资源和社会保障"
    AGRICULTURE = "agriculture", "农业农村"
    FORESTRY = "forestry", "林业"
    URBAN_MANAGEMENT = "urban_management", "城市管理"
    CULTURE_TOURISM = "culture_tourism", "文化和旅游"
    COMMERCE = "commerce", "工业和商务"
    EMERGENCY = "emergency", "应急管理"
    PETITION = "petition", "信访"
    FINANCE = "finance", "财政"
    TAX = "tax", "税务"
    OTHER = "other", "其他"


class StationModel(TextChoices):
    THREE_TEAMS = "three_teams", "三队一室"
    TWO_TEAMS = "two_teams", "两队一室"
    ALL_OFFICERS = "all_officers", "全员化"


class Function(TextChoices):
    MANAGEMENT = "management", "属地管理"
    DISPATCH = "dispatch", "接处警"
    FIRE = "fire", "消防监督"


class MarketRule(TextChoices):
    LUNAR_DIGIT = "lunar_digit", "农历逢"
    SOLAR_DIGIT = "solar_digit", "公历逢"
    WEEKDAY = "weekday", "每周"


# Roles of `force` that may change areas, units and jurisdictions.
PLANNING_ROLES = frozenset({"bureau_chief", "planner"})
# Units whose people oversee the whole county.
COUNTY_UNITS = frozenset({UnitKind.BUREAU, UnitKind.COMMAND_CENTRE})
GRID_SUFFIX = "网格"
NAME_SUFFIXES = (
    "村民委员会",
    "居民委员会",
    "村委会",
    "居委会",
    "社区",
    "街道",
    "村",
    "镇",
    "乡",
    "县",
    "市",
    "省",
)

REFUSALS = {
    "territory.not_planner": Sentence("forbidden", "调整区划、单位和辖区只能由局领导或规划岗位办理。"),
    "table.unreadable": Sentence("invalid", "文件不是有效的表格：应为 UTF-8 编码的 CSV，首行是列名。"),
    "table.column_missing": Sentence("invalid", "表格缺少“{column}”列。"),
    "table.cell_invalid": Sentence("invalid", "第 {row} 行“{column}”列的内容“{text}”不正确。"),
    "table.row_twice": Sentence("invalid", "第 {row} 行与前面重复：“{text}”。"),
    "reference.file_unreadable": Sentence("invalid", "读不到基础数据文件 {name}。"),
    "outline.unreadable": Sentence("invalid", "边界文件不是有效的 GeoJSON。"),
    "area.unknown": Sentence("not_found", "没有代码为 {code} 的地区。"),
    "area.parent_missing": Sentence("invalid", "“{name}”（{code}）的上级地区不在表中。"),
    "area.kind_wrong": Sentence("invalid", "“{name}”是{kind}，这里需要{needed}。"),
    "unit.unknown": Sentence("not_found", "没有这个单位：{unit}。"),
    "unit.no_desk": Sentence("conflict", "县里还没有设立综合指挥室或公安局，无法确定受理单位。"),
    "area.no_county": Sentence("conflict", "还没有载入本县的区划。"),
    "unit.code_taken": Sentence("conflict", "单位代号“{code}”已被使用。"),
    "unit.partner_kind_wrong": Sentence("invalid", "协同单位要注明类别，其他单位不填类别。"),
    "unit.model_wrong": Sentence("invalid", "只有派出所可以设置警务模式。"),
    "unit.period_wrong": Sentence("invalid", "终止日期应晚于起始日期。"),
    "unit.not_open": Sentence("invalid", "“{unit}”在 {on} 尚未设立或已经撤销。"),
    "unit.still_in_charge": Sentence("conflict", "“{unit}”仍有辖区，请先把辖区移交其他单位。"),
    "unit.still_has_units": Sentence("conflict", "“{unit}”仍有下属单位“{below}”。"),
    "jurisdiction.nothing_given": Sentence("invalid", "没有写明要移交的地区。"),
    "jurisdiction.range_wrong": Sentence("invalid", "辖区范围 {lo} 至 {hi} 不是同一个县内完整的村（社区）。"),
    "jurisdiction.overlap": Sentence("invalid", "同一次调整里，范围 {lo} 至 {hi} 写给了两个单位。"),
    "jurisdiction.gap": Sentence("conflict", "“{village}”从 {on} 起没有单位负责（{function}）。"),
    "jurisdiction.later_change": Sentence("conflict", "这一范围在 {on} 或以后已经有调整，不能改在它之前。"),
    "market_day.rule_wrong": Sentence("invalid", "墟日写法不正确：逢几写 0 至 9，星期写 1 至 7。"),
    "market_day.later_change": Sentence("conflict", "“{town}”的墟日在 {on} 或以后已经有调整。"),
}
register(REFUSALS)

AUDIT_VERBS = {
    "load_divisions": "载入行政区划",
    "load_units": "载入单位",
    "load_jurisdictions": "载入辖区",
    "load_market_days": "载入墟日",
    "load_reference": "载入基础数据",
    "open_unit": "设立单位",
    "close_unit": "撤销单位",
    "set_jurisdictions": "调整辖区",
    "set_market_day": "设定墟日",
}
