"""How the senders sign that the command line and the demo play."""

import hmac
from base64 import b64encode, urlsafe_b64encode

from standardwebhooks import Webhook

from libs.common.clock import wall


def standard(secret: str, name: str, body: bytes) -> dict[str, str]:
    """Standard Webhooks: id, time and signature."""
    now = wall()
    webhook = Webhook(secret if secret.startswith("whsec_") else secret.encode())
    return {
        "webhook-id": name,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": webhook.sign(name, now, body.decode()),
    }


def greenhouse(secret: str, name: str, body: bytes) -> dict[str, str]:
    """Greenhouse: the body alone."""
    return {"signature": f"sha256 {_hex(secret, body)}", "greenhouse-event-id": name}


def bamboohr(secret: str, _name: str, body: bytes) -> dict[str, str]:
    """BambooHR: the body, then the time; a delivery has no name."""
    timestamp = str(int(wall().timestamp()))
    signature = _hex(secret, body + timestamp.encode())
    return {"x-bamboohr-timestamp": timestamp, "x-bamboohr-signature": signature}


def merge(secret: str, _name: str, body: bytes) -> dict[str, str]:
    """Merge: the body alone; a delivery has no name."""
    signature = urlsafe_b64encode(hmac.digest(secret.encode(), body, "sha256")).decode()
    return {"x-merge-webhook-signature": signature}


def github(secret: str, name: str, body: bytes) -> dict[str, str]:
    """GitHub: the body alone."""
    return {"x-hub-signature-256": f"sha256={_hex(secret, body)}", "x-github-delivery": name}


def growthbook(secret: str, _name: str, body: bytes) -> dict[str, str]:
    """GrowthBook: the body alone; a delivery has no name."""
    return {"x-growthbook-signature": _hex(secret, body)}


def mlflow(secret: str, name: str, body: bytes) -> dict[str, str]:
    """MLflow: id, time and body, with the secret as it is."""
    timestamp = str(int(wall().timestamp()))
    signed = hmac.digest(secret.encode(), f"{name}.{timestamp}.".encode() + body, "sha256")
    return {
        "x-mlflow-delivery-id": name,
        "x-mlflow-timestamp": timestamp,
        "x-mlflow-signature": "v1," + b64encode(signed).decode(),
    }


def pagerduty(secret: str, name: str, body: bytes) -> dict[str, str]:
    """PagerDuty: the body alone."""
    return {"x-pagerduty-signature": f"v1={_hex(secret, body)}", "x-webhook-id": name}


SIGNED = {
    "bamboohr": bamboohr,
    "cdevents": standard,
    "github": github,
    "gitlab": standard,
    "greenhouse": greenhouse,
    "growthbook": growthbook,
    "mlflow": mlflow,
    "mlops": standard,
    "pagerduty": pagerduty,
    "merge": merge,
    "standard": standard,
}
"""By the name of the front door."""


def _hex(secret: str, body: bytes) -> str:
    return hmac.digest(secret.encode(), body, "sha256").hex()
