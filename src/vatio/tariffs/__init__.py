"""Tariff periods, holidays and dated prices: what energy and power cost when."""
