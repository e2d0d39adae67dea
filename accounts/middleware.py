"""Says at the door of each request who is acting."""

from audit.actor import SYSTEM, acting


class ActorMiddleware:
    """Reads the signed-in user on writes only: a public GET must not open a session for it."""

    SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        user = SYSTEM if request.method in self.SAFE_METHODS else request.user
        with acting(user if user is SYSTEM or user.is_authenticated else "visitor"):
            return self.get_response(request)
