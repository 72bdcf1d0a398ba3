"""Closes agreements, grants and movements to change, and terms but for the dates written once."""

from django.db import migrations

CLOSE = """
CREATE SEQUENCE agreements_number;

CREATE TRIGGER agreements_never_change BEFORE UPDATE OR DELETE ON accounts_agreement
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER grants_never_change BEFORE UPDATE OR DELETE ON accounts_grant
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER movements_never_change BEFORE UPDATE OR DELETE ON accounts_smsmovement
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE FUNCTION keep_terms() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.id, OLD.account_id, OLD.organisation_id, OLD.agreement_id, OLD.starts_on, OLD.ends_on,
        OLD.anchor_day)
     = (NEW.id, NEW.account_id, NEW.organisation_id, NEW.agreement_id, NEW.starts_on, NEW.ends_on,
        NEW.anchor_day)
       AND (OLD.closed_on IS NULL
            OR (OLD.closed_on, OLD.closed_by_id) IS NOT DISTINCT FROM (NEW.closed_on, NEW.closed_by_id))
       AND (OLD.cancelled_at IS NULL OR OLD.cancelled_at IS NOT DISTINCT FROM NEW.cancelled_at) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a term never changes: only its closing and its cancelling are written, once'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER terms_never_change BEFORE UPDATE ON accounts_term
    FOR EACH ROW EXECUTE FUNCTION keep_terms();
CREATE TRIGGER terms_stay BEFORE DELETE ON accounts_term
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""

OPEN = """
DROP TRIGGER terms_stay ON accounts_term;
DROP TRIGGER terms_never_change ON accounts_term;
DROP FUNCTION keep_terms();
DROP TRIGGER movements_never_change ON accounts_smsmovement;
DROP TRIGGER grants_never_change ON accounts_grant;
DROP TRIGGER agreements_never_change ON accounts_agreement;
DROP SEQUENCE agreements_number;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_nothing_points_across_organisations")]
    operations = [migrations.RunSQL(CLOSE, OPEN)]
