"""What is kept of readings: what is stored of them, and the files that wait to be imported."""

from vatio.readings.models.drafts import ReadingsDraft, RememberedOptions
from vatio.readings.models.stored import (
    Day,
    Delivery,
    KeptFile,
    KeyedByAccount,
    MonthTotals,
    PendingQuantity,
    PendingReading,
    RegisterFinding,
    RegisterReading,
    Revision,
    State,
    Touched,
)

__all__ = [
    "Day",
    "Delivery",
    "KeptFile",
    "KeyedByAccount",
    "MonthTotals",
    "PendingQuantity",
    "PendingReading",
    "ReadingsDraft",
    "RegisterFinding",
    "RegisterReading",
    "RememberedOptions",
    "Revision",
    "State",
    "Touched",
]
