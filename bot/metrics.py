"""Metrics: what is counted while running, and what is read from the database when somebody looks."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, generate_latest

from handlers.messages import Value

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Figures(Value, frozen=True):
    """What only the database knows, at one moment; seconds."""

    depth: int = 0
    oldest_undelivered: float = 0
    overdue: int = 0


class Metrics:
    """The figures of one process, under the names of contract.md section 4, in a registry of their own."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # prometheus_client leaves it unannotated
        self.registry = CollectorRegistry()
        self._callbacks = Counter(
            "yingxu_callbacks_total",
            "Callbacks by what became of them",
            ("platform", "outcome"),
            registry=self.registry,
        )
        self._known: dict[tuple[str, str], Counter] = {}  # to find one by its labels costs more than to count
        self._deliveries = Counter(
            "yingxu_deliveries_total",
            "Messages by what became of them",
            ("platform", "outcome"),
            registry=self.registry,
        )
        self._turn = Histogram(
            "yingxu_turn_seconds", "Working off one incoming message", buckets=_SECONDS, registry=self.registry
        )
        self._depth = Gauge("yingxu_queue_depth", "Jobs not yet worked off", registry=self.registry)
        self._oldest = Gauge(
            "yingxu_oldest_undelivered_seconds", "Age of the oldest promise not delivered", registry=self.registry
        )
        self._overdue = Gauge("yingxu_overdue_requests", "Open requests past a time limit", registry=self.registry)

    def callback(self, platform: str, outcome: str) -> None:
        """Count one callback."""
        counter = self._known.get((platform, outcome))
        if counter is None:
            counter = self._known[platform, outcome] = self._callbacks.labels(platform, outcome)
        counter.inc()

    def delivery(self, platform: str, outcome: str) -> None:
        """Count one delivery, tried or given up."""
        self._deliveries.labels(platform, outcome).inc()

    def turn(self, seconds: float) -> None:
        """Note how long one incoming message took to work off."""
        self._turn.observe(seconds)

    def text(self, figures: Figures) -> bytes:
        """Render everything as Prometheus text."""
        self._depth.set(figures.depth)
        self._oldest.set(figures.oldest_undelivered)
        self._overdue.set(figures.overdue)
        return generate_latest(self.registry)
