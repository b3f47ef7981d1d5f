"""Signatures by which receivers know that a message is ours: Standard Webhooks.

See https://www.standardwebhooks.com: HMAC-SHA256 over ``id.timestamp.payload``.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Final

from trod.errors import DataError

PREFIX: Final = "whsec_"
_VERSION: Final = "v1"
_LEAST: Final = 24  # bytes of a secret
_TOLERANCE: Final = 300  # seconds


def key_of(secret: str) -> bytes:
    """Read a secret: ``whsec_`` and 24 bytes or more in base64.

    Raises
    ------
    DataError
        If it is written otherwise, or is too short. It is not repeated.

    Examples
    --------
    >>> len(key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
    24
    """
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX).encode(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith(PREFIX) or len(key) < _LEAST:
        raise DataError(
            f"the secret is not written as {PREFIX} and {_LEAST} bytes or more in base64. Make one "
            f"with: python -c \"import secrets, base64; print('{PREFIX}' + "
            'base64.b64encode(secrets.token_bytes(32)).decode())"'
        )
    return key


def headers(id_: str, time_s: int, payload: bytes, secrets: Sequence[str]) -> dict[str, str]:
    """Sign a payload, once with each secret.

    Parameters
    ----------
    id_
        The same on every try: receivers tell repeats by it.
    time_s
        Of this try, in seconds since 1970.
    payload
        The body, exactly as it is sent.
    secrets
        One; two while receivers change from one to the other.

    Examples
    --------
    The example of the specification:

    >>> secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    >>> signed = headers(
    ...     "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}', [secret]
    ... )
    >>> signed["webhook-signature"]
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
    """
    signed = " ".join(f"{_VERSION},{_signature(id_, time_s, payload, each)}" for each in secrets)
    told = {"webhook-id": id_, "webhook-timestamp": str(time_s)}
    return {**told, "webhook-signature": signed} if secrets else told


def _signature(id_: str, time_s: int, payload: bytes, secret: str) -> str:
    told = f"{id_}.{time_s}.".encode() + payload
    return base64.b64encode(hmac.new(key_of(secret), told, hashlib.sha256).digest()).decode()


def verified(
    given: Mapping[str, str],
    payload: bytes,
    secret: str,
    *,
    now_s: int,
    tolerance_s: int = _TOLERANCE,
) -> bool:
    """Say whether a message came from who holds the secret, unchanged and not long ago.

    A receiver that is written in Python can use it, or any library of Standard Webhooks.

    Parameters
    ----------
    given
        Headers of the request, in lower case.
    payload
        The body, exactly as it came.
    secret
        As both sides hold it.
    now_s, tolerance_s
        The clock, and how far the time of the message may be from it. Seconds.

    Examples
    --------
    >>> secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    >>> given = headers("msg_1", 1_700_000_000, b"{}", [secret])
    >>> verified(given, b"{}", secret, now_s=1_700_000_030)
    True
    >>> verified(given, b"{ }", secret, now_s=1_700_000_030)
    False
    """
    time_s = given.get("webhook-timestamp", "")
    if not (time_s.isascii() and time_s.isdecimal() and len(time_s) < 12):
        return False
    if abs(int(time_s) - now_s) > tolerance_s:
        return False
    wanted = f"{_VERSION},{_signature(given.get('webhook-id', ''), int(time_s), payload, secret)}"
    found = [
        hmac.compare_digest(each.encode(), wanted.encode())
        for each in given.get("webhook-signature", "").split(" ")
    ]
    return any(found)
