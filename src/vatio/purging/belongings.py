"""Declares an account's exports for its purge; the purge itself outlives the account."""

from vatio.tenants.belongings import Belonging

BELONGINGS = (Belonging("purging_export"),)
