"""The secrets in links: only their hashes are stored."""

import hashlib


def hashed(token: str) -> str:
    """Hash a token as it is stored: it is long and random, so nothing slower is needed."""
    return hashlib.sha256(token.encode()).hexdigest()
