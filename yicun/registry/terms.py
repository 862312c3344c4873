"""Words of the registry: kinds of places and premises, refusals."""

from django.db.models import TextChoices

from yicun.kernel.refusals import Sentence, register


class PlaceKind(TextChoices):
    HOME = "home", "住宅"
    SHOP = "shop", "店铺"
    FARMHOUSE_INN = "farmhouse_inn", "农家乐"
    SCHOOL = "school", "学校"
    WORKSHOP = "workshop", "作坊厂房"
    TEMPLE = "temple", "宫庙祠堂"
    BRIDGE = "bridge", "廊桥"
    OTHER = "other", "其他场所"


class Business(TextChoices):
    """The nine small kinds of premises (九小场所), and what is none of them."""

    SMALL_SCHOOL = "small_school", "小学校（幼儿园）"
    SMALL_CLINIC = "small_clinic", "小医院（诊所）"
    SMALL_SHOP = "small_shop", "小商店"
    SMALL_RESTAURANT = "small_restaurant", "小餐饮"
    SMALL_INN = "small_inn", "小旅馆"
    SMALL_ENTERTAINMENT = "small_entertainment", "小歌舞娱乐"
    SMALL_INTERNET_CAFE = "small_internet_cafe", "小网吧"
    SMALL_BATH = "small_bath", "小美容洗浴"
    SMALL_WORKSHOP = "small_workshop", "小生产加工"
    OTHER = "other", "其他"


class ContactPurpose(TextChoices):
    """What a contact is kept and read for."""

    INSPECTION = "inspection", "监督检查"
    EMERGENCY = "emergency", "应急联系"
    SERVICE = "service", "便民服务"


REFUSALS = {
    "place.unknown": Sentence("not_found", "没有找到这个场所，或者您无权查看。"),
    "place.name_missing": Sentence("invalid", "请填写场所名称（不超过 60 个字，不含控制字符）。"),
    "place.address_wrong": Sentence("invalid", "地址不超过 200 个字，不含控制字符。"),
    "place.position_wrong": Sentence("invalid", "经纬度要成对填写，且应在国内范围。"),
    "place.kind_unknown": Sentence("invalid", "没有“{kind}”这种场所。"),
    "place.business_unknown": Sentence("invalid", "没有“{business}”这种经营类别。"),
    "place.licence_wrong": Sentence(
        "invalid", "统一社会信用代码应为 18 位数字或大写字母，末位校验不符：{licence}。"
    ),
    "place.area_without_unit": Sentence("invalid", "“{area}”还没有管辖单位，不能登记场所。"),
    "place.out_of_reach": Sentence("forbidden", "“{area}”不在您的岗位范围内。"),
    "contact.no_premises": Sentence("invalid", "“{name}”不是经营场所，不登记联系人。"),
    "contact.missing": Sentence("not_found", "这个场所没有登记联系人，或者已过保存期限。"),
    "contact.name_missing": Sentence("invalid", "请填写联系人姓名。"),
    "contact.expiry_wrong": Sentence("invalid", "联系人的保存期限应晚于今天，且不超过 2 年。"),
    "contact.purpose_unknown": Sentence("invalid", "请选择查看联系人的用途。"),
    "place.retired": Sentence("conflict", "“{name}”已经停用。"),
}
register(REFUSALS)

KEEPER = "系统维护"

AUDIT_VERBS = {
    "add_place": "登记场所",
    "rename_place": "场所更名",
    "retire_place": "停用场所",
    "set_contact": "登记场所联系人",
    "read_contact": "查看场所联系人",
    "forget_contacts": "清除到期联系人",
    "follow_jurisdictions": "场所随辖区移交",
}
