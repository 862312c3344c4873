"""Tables: read what people have, mark what is wrong in their own sheet, write what they need."""

from yicun.base.sheets.columns import Column, Kind, Problem, guess_mapping, problem
from yicun.base.sheets.marking import mark_errors
from yicun.base.sheets.parsing import RowResult, parse_rows
from yicun.base.sheets.reading import Row, Table, read_table
from yicun.base.sheets.template import write_template
from yicun.base.sheets.terms import REFUSALS
from yicun.base.sheets.writing import Sheet, write_csv, write_table

__all__ = [
    "REFUSALS",
    "Column",
    "Kind",
    "Problem",
    "Row",
    "RowResult",
    "Sheet",
    "Table",
    "guess_mapping",
    "mark_errors",
    "parse_rows",
    "problem",
    "read_table",
    "write_csv",
    "write_table",
    "write_template",
]
