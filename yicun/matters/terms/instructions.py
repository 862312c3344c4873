"""Words of a leader's instruction (批示) and of the reply to it."""

from yicun.kernel.refusals import Sentence, register

# The farthest day that a reply may be asked for, counted from today.
FARTHEST = 366

REFUSALS = {
    "instruction.due_past": Sentence("invalid", "回复期限 {on} 已经过去，请改为今天或以后。"),
    "instruction.due_too_far": Sentence("invalid", "回复期限 {on} 太远，最多定在 {most} 天以内。"),
    "instruction.addressee_elsewhere": Sentence(
        "invalid", "批示只能交给受理单位、承办单位，或其中能够回复的人员。"
    ),
    "instruction.none_replied": Sentence("conflict", "没有等待认可的批示回复。"),
}
register(REFUSALS)
