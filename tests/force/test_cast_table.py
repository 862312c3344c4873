from datetime import date

import pytest

from yicun.force.queries import cast_people
from yicun.force.rules.cast import Person, Seat, people
from yicun.kernel.refusals import Refused

HEAD = "username,name,kind,badge,phone,starts_on,postings\n"
GOOD = "wang,王建国,officer,T1,1,2010-01-01,chief@a;community_officer@b:350429101208000\n"


def test_people_are_read_with_their_posts() -> None:
    assert people("\ufeff" + HEAD + GOOD) == [
        Person(
            username="wang",
            name="王建国",
            kind="officer",
            badge="T1",
            phone="1",
            starts_on=date(2010, 1, 1),
            seats=(Seat("chief", "a", None), Seat("community_officer", "b", 350429101208000)),
        )
    ]


@pytest.mark.parametrize(
    "source, column",
    [
        ("", "username"),
        (HEAD, "username"),
        ("username,name,kind,starts_on\nwang,王建国,officer,2010-01-01\n", "postings"),
    ],
)
def test_a_table_without_people_or_columns_is_refused(source: str, column: str) -> None:
    with pytest.raises(Refused) as refused:
        people(source)
    assert (refused.value.code, refused.value.facts) == ("cast.unreadable", {"column": column})


@pytest.mark.parametrize(
    "line, column",
    [
        (",王建国,officer,,,2010-01-01,chief@a", "username"),
        ("wang,,officer,,,2010-01-01,chief@a", "name"),
        ("wang,王建国,robot,,,2010-01-01,chief@a", "kind"),
        ("wang,王建国,officer,,,一月,chief@a", "starts_on"),
        ("wang,王建国,officer,,,2010-01-01", "postings"),
        ("wang,王建国,officer,,,2010-01-01,emperor@a", "postings"),
        ("wang,王建国,officer,,,2010-01-01,chief", "postings"),
        ("wang,王建国,officer,,,2010-01-01,chief@a:350429", "postings"),
        ("wang,王建国,officer,,,2010-01-01,chief@a\nwang,王二,officer,,,2010-01-01,chief@a", "username"),
        ("wang,王建国,officer,T1,,2010-01-01,chief@a\nli,李二,officer,T1,,2010-01-01,desk@a", "badge"),
        ("w" * 61 + ",王建国,officer,,,2010-01-01,chief@a", "username"),
        ("wang," + "王" * 31 + ",officer,,,2010-01-01,chief@a", "name"),
        ("wang,王\x07国,officer,,,2010-01-01,chief@a", "name"),
    ],
)
def test_a_wrong_line_is_named(line: str, column: str) -> None:
    with pytest.raises(Refused) as refused:
        people(HEAD + line)
    assert (refused.value.code, refused.value.facts["column"]) == ("cast.line_invalid", column)


def test_two_people_without_a_badge_are_two_people() -> None:
    lines = "wang,王建国,officer,,,2010-01-01,chief@a\nli,李二,officer,,,2010-01-01,desk@a\n"
    assert [person.username for person in people(HEAD + lines)] == ["wang", "li"]


def test_the_fixed_cast_is_complete() -> None:
    cast = cast_people()
    assert len(cast) == 18
    assert {seat.role for person in cast for seat in person.seats} == {
        "bureau_chief",
        "command_centre",
        "chief",
        "community_officer",
        "case_officer",
        "village_officer",
        "desk",
        "auxiliary",
        "fire_officer",
        "governance_centre",
        "partner_lead",
        "partner_staff",
        "auditor",
        "activity_office",
        "grid_member",
    }
