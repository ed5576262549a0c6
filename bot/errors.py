"""What can go wrong at a platform's border, as few named kinds: the engine decides by kind, people read `reason`."""

# ruff: noqa: N818 - each is named for what the engine does with it, not for being an error


class BadCallback(Exception):
    """A callback that is not proven to come from the platform: answered 4xx, counted under `reason`, and forgotten."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class DeliveryError(Exception):
    """A promise was not delivered; `reason` is fit for people and holds no secret, `alert` marks a fault of ours."""

    def __init__(self, reason: str, *, alert: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.alert = alert


class Retry(DeliveryError):
    """It may work later: network, 5xx, busy, limits. `after` is the wait in seconds the platform told, if any."""

    def __init__(self, reason: str, after: float | None = None, alert: bool = False) -> None:
        super().__init__(reason, alert=alert)
        self.after = after


class Hold(DeliveryError):
    """It cannot be sent before the customer writes again. `reason`: `window` (5 messages, 48 hours) or `serving`."""


class Refused(DeliveryError):
    """It will never work: a person must see it. `alert` marks a fault of the configuration."""

    def __init__(self, reason: str, alert: bool = False) -> None:
        super().__init__(reason, alert=alert)
