"""Enrolments at an open university, from the published data of OULAD."""

from __future__ import annotations

from dataclasses import replace

import duckdb

from tests.strategies import DATA
from trod.journeys.bare import from_arrow
from trod.journeys.passage import compile_plan
from trod.journeys.spec import JourneySpec


class University:
    """Enrolments at an open university, from the start of a module."""

    def __init__(self) -> None:
        folder = DATA / "oulad_lite"
        who = "concat_ws('/', id_student, code_module, code_presentation)"
        began = "CASE code_presentation WHEN '2013B' THEN DATE '2013-02-01' ELSE '2013-10-01' END"
        with duckdb.connect() as con:
            con.sql("SET TimeZone = 'UTC'")
            rows = con.sql(f"""
                WITH joined AS (SELECT *, {who} AS customer, {began} AS began
                                FROM '{folder}/student_registration.parquet')
                SELECT customer, 'Module started' AS touchpoint, began::TIMESTAMP AS time
                FROM joined WHERE coalesce(date_unregistration, 1) > 0
                UNION ALL SELECT customer, 'Withdrew', began + to_days(date_unregistration::INT)
                FROM joined WHERE date_unregistration > 0
                UNION ALL SELECT {who}, 'Work handed in', {began} + to_days(date_submitted::INT)
                FROM '{folder}/student_assessment.parquet'
                JOIN '{folder}/assessment.parquet' USING (id_assessment) WHERE NOT is_banked
                UNION ALL SELECT {who}, 'Finished',
                                 {began} + to_days(module_presentation_length::INT)
                FROM '{folder}/student.parquet'
                JOIN '{folder}/course.parquet' USING (code_module, code_presentation)
                WHERE final_result <> 'Withdrawn'""").to_arrow_table()
            about = con.sql(f"""SELECT {who} AS customer, code_module, gender, region, age_band,
                highest_education, imd_band, final_result FROM '{folder}/student.parquet'
                ORDER BY 1""").to_arrow_table()
        self.journeys = replace(from_arrow(rows), attributes=about)
        stages = [
            {"name": "Studying", "enter_on": "Module started"},
            {"name": "Completed", "enter_on": "Finished"},
        ]
        spec = JourneySpec(name="module", stages=stages, success="Finished", failure="Withdrew")
        self.plan = compile_plan(spec, self.journeys).remembering()
