import pytest

from yicun.kernel.refusals import Refused, sentence
from yicun.kernel.workflow import Step, Workflow

RECORD = Step(
    "record", (), "recorded", ("officer", "public"), needs=("title",), starts="accept", label="录入"
)
ASSESS = Step("assess", ("recorded",), "assessed", ("desk",), ends="accept", label="研判")
ASSIGN = Step(
    "assign", ("assessed", "returned"), "assigned", ("desk",), needs=("unit_id", "reason"), label="派发"
)
REMARK = Step("remark", ("recorded", "assessed", "assigned"), None, ("officer", "desk"), needs=("tags",))
SEND_BACK = Step("send_back", ("assigned",), "returned", ("handler",), label="退回")
LABELS = {"unit_id": "承办单位", "reason": "理由", "title": "标题"}
LOOP = Workflow("matter", (RECORD, ASSESS, ASSIGN, REMARK, SEND_BACK), labels=LABELS)

OPEN = [
    (None, {"officer"}, (RECORD,)),
    (None, {"desk"}, ()),
    ("recorded", {"desk"}, (ASSESS, REMARK)),
    ("recorded", {"officer"}, (REMARK,)),
    ("assigned", {"handler", "officer"}, (REMARK, SEND_BACK)),
    ("returned", {"desk"}, (ASSIGN,)),
    ("recorded", set(), ()),
    ("unheard_of", {"desk"}, ()),
]


@pytest.mark.parametrize(("state", "roles", "steps"), OPEN)
def test_open_steps_follow_state_and_roles(
    state: str | None, roles: set[str], steps: tuple[Step, ...]
) -> None:
    assert LOOP.open_steps(state, roles) == steps


def test_a_step_is_taken() -> None:
    given = {"unit_id": 7, "reason": "属地"}
    assert LOOP.take("assign", "returned", {"desk"}, given) is ASSIGN
    assert LOOP.take("record", None, ["public"], {"title": "占道"}) is RECORD
    assert LOOP.take("assess", "recorded", iter(["desk"]), {}) is ASSESS


@pytest.mark.parametrize("value", [0, False, ["a"], {"a": 1}, " a "])
def test_a_value_that_says_something_is_enough(value: object) -> None:
    assert LOOP.take("remark", "recorded", {"desk"}, {"tags": value}) is REMARK


@pytest.mark.parametrize("value", [None, "", " \u3000\n", [], (), {}])
def test_a_blank_value_is_missing(value: object) -> None:
    with pytest.raises(Refused) as refused:
        LOOP.take("remark", "recorded", {"desk"}, {"tags": value})
    assert refused.value.facts["missing"] == ("tags",)


TAKEN = [
    ("fly", "recorded", set(), {}, "step.unavailable", "当前状态不能进行“fly”"),
    ("assign", "recorded", set(), {}, "step.unavailable", "当前状态不能进行“派发”"),
    ("assign", None, {"desk"}, {}, "step.unavailable", "当前状态不能进行“派发”"),
    ("record", "recorded", {"officer"}, {}, "step.unavailable", "当前状态不能进行“录入”"),
    ("assign", "assessed", {"officer"}, {}, "step.forbidden", "您的岗位不能进行“派发”"),
    ("assign", "assessed", {"desk"}, {}, "step.incomplete", "“派发”还需填写：承办单位、理由"),
    ("assign", "assessed", {"desk"}, {"unit_id": 7}, "step.incomplete", "“派发”还需填写：理由"),
    ("remark", "assessed", {"desk"}, {}, "step.incomplete", "“remark”还需填写：tags"),
]


@pytest.mark.parametrize(("action", "state", "roles", "given", "code", "said"), TAKEN)
def test_a_step_is_refused_in_order(
    action: str, state: str | None, roles: set[str], given: dict[str, object], code: str, said: str
) -> None:
    with pytest.raises(Refused) as refused:
        LOOP.take(action, state, roles, given)
    assert (refused.value.code, sentence(refused.value)) == (code, said)
    assert refused.value.facts["step"] == action


def test_the_table_is_plain_data() -> None:
    assert LOOP.as_table()[:2] == [
        {
            "action": "record",
            "label": "录入",
            "states": [],
            "to": "recorded",
            "back_to": [],
            "roles": ["officer", "public"],
            "needs": ["title"],
            "starts": "accept",
            "ends": None,
        },
        {
            "action": "assess",
            "label": "研判",
            "states": ["recorded"],
            "to": "assessed",
            "back_to": [],
            "roles": ["desk"],
            "needs": [],
            "starts": None,
            "ends": "accept",
        },
    ]
    assert LOOP.as_table()[3]["to"] is None
    assert LOOP.states == ("recorded", "assessed", "returned", "assigned")


def test_without_a_creating_step_things_begin_in_the_first_state_or_the_one_named() -> None:
    close = Step("close", ("open",), "closed", ("desk",))
    reopen = Step("reopen", ("closed",), "open", ("desk",))
    assert Workflow("door", (close, reopen)).states == ("open", "closed")
    assert Workflow("door", (close, reopen), initial="closed", states=("open", "closed")).states == (
        "open",
        "closed",
    )


def test_a_step_back_leads_to_where_the_thing_stood_before() -> None:
    lay_aside = Step("lay_aside", ("recorded", "assessed"), "aside", ("desk",))
    take_up = Step("take_up", ("aside",), None, ("desk",), back_to=("recorded", "assessed"))
    lost = Step("take_up", ("aside",), None, ("desk",), back_to=("recorded", "assessed", "elsewhere"))
    table = Workflow("matter", (RECORD, ASSESS, lay_aside, take_up))
    assert table.take("take_up", "aside", {"desk"}, {}) is take_up
    assert [step.leads_to for step in table.steps[2:]] == [("aside",), ("recorded", "assessed")]
    assert table.as_table()[3]["back_to"] == ["recorded", "assessed"]
    assert Workflow("matter", (RECORD, lay_aside, take_up)).states == ("recorded", "assessed", "aside")
    with pytest.raises(ValueError, match="^matter: unknown state elsewhere$"):
        Workflow("matter", (RECORD, ASSESS, lay_aside, lost), states=("recorded", "assessed", "aside"))


WRONG = [
    (
        (RECORD, Step("wait", ("recorded",), "x", ("desk",), back_to=("y",))),
        {},
        "wait leads both on and back",
    ),
    ((), {}, "no steps"),
    ((RECORD, RECORD), {}, "duplicate action record"),
    ((Step("wait", ("recorded",), None, ()),), {}, "nobody may wait"),
    ((Step("wait", (), None, ("desk",)),), {}, "wait starts and ends nowhere"),
    ((RECORD, ASSIGN), {}, "unreachable state assessed, returned, assigned"),
    ((RECORD, ASSESS), {"states": ("recorded", "assessed", "lost")}, "unreachable state lost"),
    ((RECORD, ASSESS), {"states": ("recorded",)}, "unknown state assessed"),
    ((RECORD, ASSESS), {"initial": "nowhere"}, "unknown state nowhere"),
]


@pytest.mark.parametrize(("steps", "options", "said"), WRONG)
def test_a_wrong_table_is_never_built(steps: tuple[Step, ...], options: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=f"^matter: {said}$"):
        Workflow("matter", steps, **options)  # type: ignore[arg-type]
