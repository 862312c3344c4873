"""`yicun`, and `python -m yicun`."""

from yicun.portal.commands import app


def main() -> None:
    app(prog_name="yicun")


if __name__ == "__main__":
    main()
