"""A county's history: a million matters of invented text, written straight into the tables by the administrator."""

from typing import Any

import psycopg

WORDS = [
    *(
        "护栏松动",
        "路灯不亮",
        "水管破裂",
        "宅基地边界",
        "邻里噪音",
        "柴草堆放",
        "电线老化",
        "垃圾清运",
        "道路塌方",
    ),
    *(
        "老人走失",
        "拖欠工资",
        "证件代办",
        "山林纠纷",
        "狗只扰民",
        "占道经营",
        "水渠堵塞",
        "消防通道",
        "无证经营",
    ),
    *("交通事故", "房屋漏雨"),
]

FILL = """
    INSERT INTO yicun.matters_matter (
        id, number, kind, channel, source_key, title, body, details, area_code, place_text, happened_at,
        recorded_at, recorder_label, desk_unit_id, handling_unit_id, handler_label, state, urgency, grade,
        running_clock, due_at, supervision, has_open_instruction, led_by, bounces, reworks, reopenings, is_tie_broken,
        answer, fed_back_label, ended_at, satisfaction, version, changed_by)
    SELECT
        gen_random_uuid(), 'BM' || n, (ARRAY['help','dispute','hazard','service','incident','information'])[1 + n %% 6],
        (ARRAY['doorstep','reception','hotline_12345'])[1 + n %% 3], '',
        (%(words)s::text[])[1 + n %% %(many)s] || village.name || n,
        repeat((%(words)s::text[])[1 + (n / 3) %% %(many)s] || '，请尽快处理。', 4),
        '{}', village.code, '', at, at, '档案', desk.unit_id,
        CASE WHEN n %% 7 = 0 THEN partner.id ELSE desk.unit_id END, '', state, 'ordinary', '',
        CASE WHEN state IN ('closed', 'verified') THEN '' ELSE 'handling' END,
        CASE WHEN state IN ('closed', 'verified') THEN NULL ELSE at + interval '10 days' END,
        (n %% 5)::int %% 4, false, '', (n %% 11 = 0)::int, 0, 0, false, '', '',
        CASE WHEN state = 'closed' THEN at + interval '5 days' END, '', 1, '档案'
    FROM (
        SELECT n, now() - (n * interval '90 seconds') AS at,
            CASE WHEN n %% 50 <> 0 THEN 'closed' ELSE
                (ARRAY['recorded','accepted','assessed','assigned','handling','fed_back','verified'])[1 + (n / 50) %% 7]
            END AS state
        FROM generate_series(1, %(rows)s) AS n
    ) AS numbered
    JOIN (
        SELECT code, name, row_number() OVER (ORDER BY code) - 1 AS place, count(*) OVER () AS villages
        FROM yicun.territory_area WHERE kind = 'village'
    ) AS village ON village.place = n %% village.villages
    JOIN LATERAL (
        SELECT unit_id FROM yicun.territory_jurisdiction
        WHERE function = 'management' AND village.code BETWEEN lo AND hi AND ends_on IS NULL LIMIT 1
    ) AS desk ON true
    JOIN (
        SELECT id, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS partners
        FROM yicun.territory_unit WHERE kind = 'partner'
    ) AS partner ON partner.place = n %% partner.partners
"""


def fill(admin: psycopg.Connection[Any], rows: int) -> None:
    """As superuser: row-level security and the loop are not what is measured here."""
    admin.execute(FILL, {"words": WORDS, "many": len(WORDS), "rows": rows})
    admin.execute("VACUUM ANALYZE yicun.matters_matter")
