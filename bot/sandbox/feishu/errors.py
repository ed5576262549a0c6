"""How the platform says no: business errors with their code, and what a person cannot do on a card."""

from typing import Any


class RefusedError(Exception):
    """A call that the platform refuses: HTTP 400 with a code unless the platform documents another status."""

    def __init__(self, code: int, msg: str, *, http: int = 400, headers: dict[str, str] | None = None) -> None:
        super().__init__(f"{code} {msg}")
        self.code = code
        self.msg = msg
        self.http = http
        self.headers = headers or {}

    def body(self, log_id: str) -> dict[str, Any]:
        """Give the documented error body."""
        return {"code": self.code, "msg": self.msg, "error": {"log_id": log_id}}


class CardRejectedError(RefusedError):
    """Code 230099: the card could not be built; the real cause stands in the message as `ext=ErrCode: …`."""

    def __init__(self, err_code: int, reason: str) -> None:
        super().__init__(230099, f"Failed to create card content, ext=ErrCode: {err_code}; ErrMsg: {reason}; ")


class NotOnCardError(LookupError):
    """A person reached for a button, a field, an option or a message that is not there to see."""


class UnfilledError(ValueError):
    """The client itself stops a form: a required field is empty or a text is too long. Nothing is sent."""
