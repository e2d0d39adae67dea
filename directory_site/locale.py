"""The reader's language, and addresses without one."""

from django.middleware.locale import LocaleMiddleware
from django.utils import translation


class PageLocaleMiddleware(LocaleMiddleware):
    """As Django's, but "not there" said by a view stays so.

    Django sends every 404 of an address without a language to the same address with one, where only our pages are: a
    desk's or an API's missing object would answer with a redirect that repeats its address.
    """

    def process_response(self, request, response):
        if response.status_code == 404 and request.resolver_match is not None:
            response.headers.setdefault("Content-Language", translation.get_language() or "")
            return response
        return super().process_response(request, response)
