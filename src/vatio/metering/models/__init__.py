"""What is installed in an account, as it is stored: a module for each subject."""

from vatio.metering.models.allocations import Allocation
from vatio.metering.models.belonging import OfAccount, Range, Served, ServedSet, Service
from vatio.metering.models.calculated import (
    CalculatedSeries,
    CalculatedTerm,
    CalculatedVersion,
)
from vatio.metering.models.data_points import DataPoint, Series
from vatio.metering.models.drafts import InventoryDraft
from vatio.metering.models.meters import Measurement, Meter, MeterChange, RtcLine
from vatio.metering.models.sources import DataSource, SourceDevice, SourceToken
from vatio.metering.models.supplies import Site, SupplyContract, SupplyPoint

__all__ = [
    "Allocation",
    "CalculatedSeries",
    "CalculatedTerm",
    "CalculatedVersion",
    "DataPoint",
    "DataSource",
    "InventoryDraft",
    "Measurement",
    "Meter",
    "MeterChange",
    "OfAccount",
    "Range",
    "RtcLine",
    "Series",
    "Served",
    "ServedSet",
    "Service",
    "Site",
    "SourceDevice",
    "SourceToken",
    "SupplyContract",
    "SupplyPoint",
]
