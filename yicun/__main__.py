"""`yicun`, and `python -m yicun`."""

import sys

from yicun.portal.commands import run


def main() -> None:
    sys.exit(run())


if __name__ == "__main__":
    main()
