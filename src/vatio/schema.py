"""Whether the tables of the database are those of this Vatio."""

from django.apps import apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader

OLDER = "older"
FOREIGN = "of another version"
INCOMPLETE = "incomplete"

COLUMNS = """
SELECT relname, attname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
WHERE pg_table_is_visible(pg_class.oid) AND relkind IN ('r', 'p', 'v')
  AND attnum > 0 AND NOT attisdropped
"""


def is_older(loader: MigrationLoader) -> bool:
    """Return whether a migration of this Vatio has not been applied."""
    return bool(loader.disk_migrations.keys() - loader.applied_migrations.keys())


def unknown_migration(loader: MigrationLoader) -> str:
    """Return the first applied migration that this Vatio does not have; empty if it has them all.

    It is of a later version, or of one before the first release.
    """
    names = [
        f"{app}.{name}"
        for app, name in sorted(loader.applied_migrations)
        if app in loader.migrated_apps and (app, name) not in loader.disk_migrations
    ]
    return names[0] if names else ""


def fault() -> str:
    """Return what is wrong with the tables: `OLDER`, `FOREIGN`, `INCOMPLETE`, or nothing."""
    loader = MigrationLoader(connection)
    if unknown_migration(loader):
        return FOREIGN
    if is_older(loader):
        return OLDER
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        found = set(cursor.fetchall())
    return INCOMPLETE if _columns() - found else ""


def _columns() -> set[tuple[str, str | None]]:
    """Return every table and column that a model has."""
    return {
        (model._meta.db_table, field.column)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.local_concrete_fields
    }
