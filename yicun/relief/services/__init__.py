"""What may be done with a demand. One function is one transaction and one audit entry of its own verb."""

from yicun.relief.rules.gate import Request
from yicun.relief.services.doing import appoint, define, fulfil, remark
from yicun.relief.services.exporting import export_demands
from yicun.relief.services.gate import admit, complete, expire, renew, return_back, start, withdraw
from yicun.relief.services.proposing import propose, revise
from yicun.relief.services.stepping import take_step
from yicun.relief.services.sweeping import sweep

__all__ = [
    "Request",
    "admit",
    "appoint",
    "complete",
    "define",
    "expire",
    "export_demands",
    "fulfil",
    "propose",
    "remark",
    "renew",
    "return_back",
    "revise",
    "start",
    "sweep",
    "take_step",
    "withdraw",
]
