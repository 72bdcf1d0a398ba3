"""Keeps the files that brought readings: their bytes for a while, then their hash."""

from datetime import datetime, timedelta

from vatio.readings.models import Delivery, KeptFile


def keep(account_id: int, content: bytes, *, sha256: str, name: str, at: datetime) -> None:
    """Keep a file of an account; one larger than `KeptFile.MOST_BYTES` leaves only its hash."""
    small = len(content) <= KeptFile.MOST_BYTES
    KeptFile.objects.update_or_create(
        account_id=account_id,
        sha256=sha256,
        defaults={
            "file_name": name[:200],
            "kept_at": at,
            "size": min(len(content), KeptFile.MOST_BYTES),
            "content": content if small else None,
        },
    )


def forget_old(*, at: datetime) -> int:
    """Delete the bytes of files kept long enough, of all accounts; return of how many."""
    over = at - timedelta(days=KeptFile.DAYS)
    old = KeptFile.objects.filter(kept_at__lt=over, content__isnull=False)
    return old.update(content=None)


def content_of(delivery: Delivery) -> bytes | None:
    """Return the file that a delivery was, or None once its bytes are forgotten."""
    if not delivery.sha256:
        return None
    kept = KeptFile.objects.filter(account_id=delivery.account_id, sha256=delivery.sha256)
    content = kept.values_list("content", flat=True).first()
    return None if content is None else bytes(content)
