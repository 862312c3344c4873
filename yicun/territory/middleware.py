"""Around a request: the reference data of one edition."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from yicun.territory.queries import one_edition


class OneEdition:
    """Place it inside `OneTransaction` and before `WhoAsks`: the edition is then compared once per request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with one_edition():
            return self.get_response(request)
