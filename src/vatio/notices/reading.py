"""Marks notices as read, one or all of them, and as unread again."""

from datetime import datetime

from vatio.notices.standing import notices_of, unread_of
from vatio.notifications.models import Message
from vatio.tenants.models import Person


def mark_read(notice: Message, *, at: datetime) -> None:
    """Mark a notice as read; the moment at which it was read first stays."""
    Message.objects.filter(pk=notice.pk, read_at__isnull=True).update(read_at=at)


def mark_unread(notice: Message) -> None:
    """Mark a notice as unread."""
    Message.objects.filter(pk=notice.pk).update(read_at=None)


def mark_read_about(person: Person, path: str, *, at: datetime) -> int:
    """Mark as read a person's notices that lead to a page; return how many they were."""
    return unread_of(person).filter(context__path=path).update(read_at=at)


def mark_all_read(person: Person, *, newest: int, at: datetime) -> int:
    """Mark a person's unread notices as read, and return how many they were.

    :param newest: the id of the newest that the person was shown: later ones stay unread.
    """
    return unread_of(person).filter(pk__lte=newest).update(read_at=at)


def undo(person: Person, *, read_at: datetime) -> int:
    """Mark as unread what was marked as read all together at an instant; return how many."""
    return notices_of(person).filter(read_at=read_at).update(read_at=None)
