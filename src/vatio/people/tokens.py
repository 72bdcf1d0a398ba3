"""The secret tokens in links, of which only the hashes are stored."""

import hashlib


def hashed(token: str) -> str:
    """Return the SHA-256 of a token in hex, as it is stored.

    A token has 256 random bits, so no slow password hash is needed.
    """
    return hashlib.sha256(token.encode()).hexdigest()
