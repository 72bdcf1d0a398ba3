"""Who may connect: only we, through the socket, as one of three roles."""

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


def write(place: Paths, owner: Owner) -> list[str]:
    """Write who may connect, and give the server's settings that point there.

    The map names the one system user that the server sees when we connect.
    """
    hba, ident = place.run / "hba.conf", place.run / "ident.conf"
    for file in (hba, ident):
        # It may be root's, of a start with sudo, in a folder that is ours.
        file.unlink(missing_ok=True)
    hba.write_text("local all all peer map=vatio\n")
    quoted = owner.peer.replace('"', '""')
    ident.write_text("".join(f'vatio "{quoted}" {role}\n' for role in (SUPERUSER, OWNER, WEB)))
    for file in (hba, ident):
        file.chmod(0o644)
    return [f"hba_file={hba}", f"ident_file={ident}"]
