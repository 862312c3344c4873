"""The tags render what they promise."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from django import forms
from django.template import Context, Template, TemplateSyntaxError
from django.template.loader import render_to_string

from yicun.base.templatetags.due_marks import ListedClock, due_mark
from yicun.kernel.clocks import SHANGHAI

NOW = datetime(2026, 11, 23, 10, 20, tzinfo=SHANGHAI)
MIDNIGHT = datetime(2026, 11, 24, tzinfo=SHANGHAI)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass
class Item:
    label: str = ""
    url: str = "/"
    count: int | None = None
    is_current: bool = False
    mark: str = "ahead"
    note: str = ""
    tone: str = "neutral"


@dataclass
class Entry:
    who: str
    verb: str
    at: datetime
    tone: str = ""
    text: str = ""
    instruction: str = ""
    reply: str = ""
    photos: list[object] = field(default_factory=list)


class Report(forms.Form):
    title = forms.CharField(label="事项", help_text="一句话写清")
    body = forms.CharField(label="经过", required=False, widget=forms.Textarea)
    kind = forms.ChoiceField(label="类别", choices=[("h", "隐患")], widget=forms.RadioSelect)
    again = forms.BooleanField(label="需要回访", required=False)
    photos = forms.FileField(label="照片", required=False, widget=forms.FileInput({"accept": "image/*"}))
    paper = forms.FileField(label="附件", required=False)


def drawn(source: str, **context: object) -> str:
    return Template("{% load look %}" + source).render(Context({"now": NOW, **context}))


def words(html: str) -> str:
    """The text of a page without its tags."""
    return "".join(piece.partition(">")[2] for piece in ("<>" + html).split("<")[1:]).strip()


@pytest.mark.parametrize(
    ("source", "tone", "said"),
    [
        ('{% tag "已登记" %}', "neutral", "已登记"),
        ('{% tag "待核查" "warn" %}', "warn", "待核查"),
        ("{% tag item %}", "fire", "待整改"),
        ('{% tag item "ok" %}', "ok", "待整改"),
        ('{% tag typed "info" %}', "info", "&lt;b&gt;"),
    ],
)
def test_tag_shows_words_beside_the_shape_of_its_tone(source: str, tone: str, said: str) -> None:
    html = drawn(source, item=Item("待整改", tone="fire"), typed="<b>")
    assert html == f'<span class="tag tag-{tone}">{said}</span>'


def test_tag_refuses_a_tone_nobody_drew() -> None:
    with pytest.raises(TemplateSyntaxError, match="pink"):
        drawn('{% tag "x" "pink" %}')


@pytest.mark.parametrize(
    ("clock", "said", "shape"),
    [
        (None, "无期限", "far"),
        (ListedClock(None), "无期限", "far"),
        (ListedClock(None, is_paused=True), "计时暂停", "paused"),
        (ListedClock(NOW + DAY, is_paused=True), "计时暂停", "paused"),
        (ListedClock(NOW - 30 * timedelta(seconds=1)), "逾期 1 分钟", "late"),
        (ListedClock(NOW), "逾期 1 分钟", "late"),
        (ListedClock(NOW - 59 * MINUTE), "逾期 59 分钟", "late"),
        (ListedClock(NOW - HOUR), "逾期 1 小时", "late"),
        (ListedClock(NOW - 23 * HOUR), "逾期 23 小时", "late"),
        (ListedClock(NOW - 49 * HOUR), "逾期 2 天", "late"),
        (ListedClock(NOW.replace(hour=18, minute=0)), "今天 18:00", "soon"),
        (ListedClock(MIDNIGHT), "今天 24:00", "soon"),
        (ListedClock(MIDNIGHT + MINUTE), "明天 00:01", "far"),
        (ListedClock(MIDNIGHT + DAY), "明天 24:00", "far"),
        (ListedClock(MIDNIGHT + 2 * DAY), "11月25日，剩 2 天", "far"),
        (ListedClock(datetime(2027, 1, 4, tzinfo=SHANGHAI)), "2027年1月3日", "far"),
        (ListedClock(MIDNIGHT, ended_at=NOW), "按期完成", "done"),
        (ListedClock(NOW - DAY, ended_at=NOW - 2 * DAY), "按期完成", "done"),
        (ListedClock(NOW - 2 * DAY, ended_at=NOW), "已完成，超期 2 天", "late"),
    ],
)
def test_due_says_in_words_and_shape_where_a_deadline_stands(
    clock: ListedClock | None, said: str, shape: str
) -> None:
    html = drawn("{% due clock now %}", clock=clock)
    assert (words(html), due_mark(clock, NOW).shape) == (said, shape)
    assert f"due-{shape}" in html


def test_due_opens_the_article_and_the_arithmetic_but_not_in_a_list() -> None:
    clock = ListedClock(MIDNIGHT, name="整改期限", article="第三十条", arithmetic=("次日起算", "当日截止"))
    html = drawn("{% due clock now %}", clock=clock)
    assert html.startswith('<details class="due">')
    assert "依据：第三十条" in html
    assert "截止：2026年11月23日 24:00" in html
    assert html.index("<li>次日起算</li>") < html.index("<li>当日截止</li>")
    assert "<details" not in drawn("{% due clock now is_plain=True %}", clock=clock)


def test_due_at_shows_a_moment_like_due() -> None:
    moment = NOW - 49 * HOUR
    assert drawn("{% due_at at now %}", at=moment) == drawn("{% due clock now %}", clock=ListedClock(moment))


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (NOW, "今天 10:20"),
        (NOW - DAY, "昨天 10:20"),
        (NOW - 2 * DAY, "11月21日 10:20"),
        (NOW.replace(year=2025), "2025年11月23日 10:20"),
        (None, ""),
    ],
)
def test_moment_is_said_as_people_say_it(at: datetime | None, said: str) -> None:
    assert words(drawn("{% moment at now %}", at=at)) == said


def test_steps_say_what_is_done_and_where_the_matter_stands() -> None:
    marks = [("登记", "done"), ("派发", "returned"), ("办理", "current"), ("办结", "ahead")]
    html = drawn("{% steps items %}", items=[Item(label, mark=mark) for label, mark in marks])
    assert [f"step-{mark}" in html for _, mark in marks] == [True] * 4
    assert html.count('aria-current="step"') == 1
    assert "已完成：</span>登记" in html
    assert "已退回：</span>派发" in html


def test_timeline_sets_the_instruction_and_its_reply_apart() -> None:
    entries = [
        Entry("所长", "批示", NOW, "fire", instruction="先断电", reply="已断电"),
        Entry("平台", "派发", NOW),
    ]
    html = drawn("{% timeline entries now %}", entries=entries)
    assert '<div class="instruction"><div class="label">批示</div>先断电</div>' in html
    assert '<div class="reply"><div class="label">回复</div>已断电</div>' in html
    assert html.count("<li") == 2
    assert html.count('class="entry-fire"') == 1


def test_timeline_shows_the_photos_of_an_entry() -> None:
    photo = {"url": "/files/1", "thumb_url": "/files/1", "label": "灶间", "note": "整改前"}
    html = drawn("{% timeline entries now %}", entries=[Entry("民警", "反馈", NOW, photos=[photo])])
    assert '<img src="/files/1" alt="灶间" loading="lazy">' in html
    assert "<figcaption>整改前</figcaption>" in html


def test_form_field_has_label_help_and_the_mark_of_what_is_required() -> None:
    html = drawn("{% field form.title %}", form=Report())
    assert '<label class="label" for="id_title">事项 <span class="must">必填</span></label>' in html
    assert '<p class="help" id="id_title_helptext">一句话写清</p>' in html
    assert 'aria-describedby="id_title_helptext"' in html
    assert '<span class="may">选填</span>' in drawn("{% field form.body %}", form=Report())


def test_form_field_says_its_error_where_the_input_points() -> None:
    html = drawn("{% field form.title %}", form=Report({}))
    assert html.startswith('<div class="field field-wrong">')
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_title_helptext id_title_error"' in html
    assert '<div id="id_title_error"><p class="error">' in html


@pytest.mark.parametrize(
    ("name", "piece"),
    [
        ("kind", "<legend>类别 "),
        ("again", '<label class="tick" for="id_again">'),
        ("photos", "拍照或选择照片"),
        ("paper", "选择文件"),
    ],
)
def test_form_field_draws_the_target_its_kind_needs(name: str, piece: str) -> None:
    assert piece in drawn("{% field one %}", one=Report()[name])


def test_form_shows_errors_of_the_whole_above_its_fields() -> None:
    form = Report({"title": "x", "kind": "h"})
    form.add_error(None, "内容互相矛盾")
    html = drawn("{% fields form %}", form=form)
    assert html.index("内容互相矛盾") < html.index("id_title")
    assert html.count('<div class="field') == len(form.fields)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{% pager 20 %}", "本页 20 条"),
        ("{% pager 20 total=42 %}", "共 42 条，本页 20 条"),
        ('{% pager 0 total=0 next_url="" %}', "共 0 条，本页 0 条"),
    ],
)
def test_pager_without_neighbours_only_counts(source: str, said: str) -> None:
    html = drawn(source)
    assert words(html).split() == said.split()
    assert "<a " not in html


def test_pager_leads_on_and_back_to_the_first_page() -> None:
    html = drawn('{% pager 20 "/n" "/f" %}')
    assert 'href="/n" rel="next"' in html
    assert 'href="/f"' in html
    assert words(html).split() == ["本页", "20", "条", "回第一页", "下一页"]


def test_tile_is_a_link_when_a_list_stands_behind_it() -> None:
    html = drawn('{% tile "逾期" 2 "/late" "最久 3 天" "fire" %}')
    assert html.startswith('<a class="tile" href="/late">')
    assert '<span class="note tone-fire">最久 3 天</span>' in html
    assert "<a" not in drawn('{% tile "逾期" 2 %}')


def test_tabs_mark_the_current_one_and_show_zero() -> None:
    html = drawn('{% tabs items "看板" %}', items=[Item("我的", count=0, is_current=True), Item("全部")])
    assert html.count('aria-current="page"') == 1
    assert html.count('class="n"') == 1


def test_empty_list_says_what_to_do_next() -> None:
    html = drawn('{% nothing "没有待办" "可以上报" "/new" "上报一件" %}')
    assert words(html).replace(" ", "") == "没有待办可以上报上报一件"
    assert 'href="/new"' in html


def test_callout_keeps_the_markup_inside() -> None:
    html = drawn('{% callout "warn" %}<p>{{ text }}</p>{% endcallout %}', text="<i>")
    assert html.startswith('<div class="callout callout-warn">')
    assert "<p>&lt;i&gt;</p>" in html


def test_definitions_take_pairs_and_mappings_alike() -> None:
    pairs = [("地点", "朱口村"), ("责任人", "王建国")]
    assert drawn("{% definitions pairs %}", pairs=pairs) == drawn(
        "{% definitions pairs %}", pairs=dict(pairs)
    )


def test_refusal_is_a_fragment_for_a_script_and_keeps_what_was_typed() -> None:
    told = {"code": "step.forbidden", "sentence": "不能办理", "typed": [("text", "写了很久")], "back": "/m/1"}
    html = render_to_string("base/parts/refusal.html", told)
    assert "<html" not in html
    for piece in ("不能办理", "step.forbidden", "写了很久", 'href="/m/1"'):
        assert piece in html


def test_refusal_is_a_whole_page_for_a_person_who_is_not_signed_in() -> None:
    html = render_to_string(
        "base/refusal.html", {"code": "a.b", "sentence": "不能办理", "typed": [], "back": "/"}
    )
    assert html.startswith("<!doctype html>")
    assert 'class="sheet"' in html


@pytest.mark.parametrize("name", ["404.html", "500.html", "403.html", "403_csrf.html", "429.html"])
def test_error_page_is_the_same_for_everybody(name: str) -> None:
    plain = render_to_string(name)
    asked = render_to_string(name, {"user": "王建国", "csrf_token": "secret", "request_path": "/m/1"})
    assert plain == asked
    assert "csrfmiddlewaretoken" not in plain
