"""Telephones at the far end of the exchange: what happens when the product rings a number."""

from __future__ import annotations

import json
import urllib.request
from base64 import b64encode
from typing import Any

from tests.journeys.product import Product


def telephones(product: Product, **numbers: dict[str, Any]) -> None:
    """What happens at the far end when the exchange rings these numbers."""
    settings = product.settings()
    secret = f"{settings.carrier_account_sid}:{settings.carrier_auth_token.get_secret_value()}"
    request = urllib.request.Request(
        f"{product.exchange_url}/exchange/answerers",
        data=json.dumps(numbers).encode(),
        headers={
            "Authorization": "Basic " + b64encode(secret.encode()).decode(),
            "Content-Type": "application/json",
        },
        method="POST",
    )
    urllib.request.urlopen(request, timeout=10).close()
