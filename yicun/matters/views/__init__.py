from yicun.matters.views.boards import board, export
from yicun.matters.views.detail import detail, members, open_attachment, print_sheet, read_party
from yicun.matters.views.lineage import choose_merge
from yicun.matters.views.recording import duplicates, places, record
from yicun.matters.views.steps import take_step

__all__ = [
    "board",
    "choose_merge",
    "detail",
    "duplicates",
    "export",
    "members",
    "open_attachment",
    "places",
    "print_sheet",
    "read_party",
    "record",
    "take_step",
]
