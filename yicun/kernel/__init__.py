"""Pure Python shared by every module: no Django, no clock, no database.

The kernel's own refusals are known as soon as any part of it is imported.
"""

from yicun.kernel import words as words
