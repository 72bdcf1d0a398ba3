"""What of purging itself belongs to an account: that it was exported. A purge outlives it."""

from vatio.tenants.belongings import Belonging

BELONGINGS = (Belonging("purging_export"),)
