"""Every metric of the kernel, by name, in one place."""

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

MESSAGES: Final = Counter(
    "farhand_messages", "Messages by what became of them", ["service", "result"]
)
BATCH_SIZE: Final = Histogram(
    "farhand_batch_messages",
    "Messages settled in one transaction",
    ["service"],
    buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000),
)
TRANSACTION_SECONDS: Final = Histogram(
    "farhand_transaction_seconds", "From the first read to the commit of a batch", ["service"]
)
DECISION_SECONDS: Final = Histogram(
    "farhand_decision_seconds",
    "Folding a batch through the deciders, in memory",
    ["service"],
    buckets=(0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1),
)
RETRIES: Final = Counter(
    "farhand_transaction_retries", "Transactions repeated, by the error before", ["service", "why"]
)
EFFECTS: Final = Counter(
    "farhand_effect_tries", "Tries of effects by outcome", ["service", "effect", "outcome"]
)
LAG: Final = Gauge(
    "farhand_consumer_lag", "Records not yet read", ["service", "topic", "partition"]
)
OUTBOX_AGE: Final = Gauge(
    "farhand_outbox_age_seconds", "Age of the oldest event not yet in Kafka", ["service"]
)
DEAD_LETTERS: Final = Gauge("farhand_dead_letters_open", "Dead letters not settled", ["service"])
PARKED: Final = Gauge(
    "farhand_parked_messages", "Messages that wait, by cause", ["service", "cause"]
)
TIMERS_LATE: Final = Gauge(
    "farhand_timers_late", "Timers past due and not yet decided", ["service"]
)
EFFECTS_OPEN: Final = Gauge("farhand_effects_open", "Effects not yet settled", ["service"])
QUARANTINED: Final = Gauge(
    "farhand_deliveries_quarantined", "Deliveries that could not be read", ["service"]
)

REQUEST_SECONDS: Final = Histogram(
    "farhand_http_request_seconds",
    "From a request to the end of its answer; by template of the route, so that nobody is named",
    ["service", "method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
CERTIFICATE_ENDS: Final = Gauge(
    "farhand_certificate_ends_timestamp_seconds",
    "When a certificate ends that a part shows to this service, or the authority it is held to",
    ["service", "of"],
)
