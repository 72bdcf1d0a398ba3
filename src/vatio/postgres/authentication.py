"""Client authentication: one system user only, by peer over the socket, as one of three roles."""

from vatio.postgres.owner import Owner
from vatio.postgres.paths import Paths

SUPERUSER, OWNER, WEB = "vatio", "vatio_owner", "vatio_web"
DATABASE = "vatio"

ROLES = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'vatio_web') THEN
        CREATE ROLE vatio_web LOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'vatio_owner') THEN
        CREATE ROLE vatio_owner LOGIN IN ROLE vatio_web;
    END IF;
END $$
"""


def write(paths: Paths, owner: Owner) -> list[str]:
    """Write the HBA and ident map files, and return the server settings that name the files.

    The user name map lets one system user connect, the one that the server sees when we do.
    """
    hba, ident = paths.run / "hba.conf", paths.run / "ident.conf"
    for file in (hba, ident):
        # After a start with sudo the file may be root's: we can replace it, not write to it.
        file.unlink(missing_ok=True)
    hba.write_text("local all all peer map=vatio\n")
    quoted = owner.peer.replace('"', '""')
    ident.write_text("".join(f'vatio "{quoted}" {role}\n' for role in (SUPERUSER, OWNER, WEB)))
    for file in (hba, ident):
        file.chmod(0o644)
    return [f"hba_file={hba}", f"ident_file={ident}"]
