"""Keeps a version on its licence's billing, and closes published versions to change."""

from django.db import migrations

CLOSE = """
ALTER TABLE catalogue_licenceversion ADD CONSTRAINT a_version_is_billed_as_its_licence
    FOREIGN KEY (licence_id, billing) REFERENCES catalogue_licence (id, billing);

CREATE FUNCTION keep_published_versions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'draft' THEN
        RETURN NEW;
    END IF;
    IF OLD.state = 'published' AND NEW.state = 'retired'
       AND (OLD.id, OLD.uid, OLD.licence_id, OLD.billing, OLD.number, OLD.description, OLD.rtc_lines,
            OLD.published_at)
         = (NEW.id, NEW.uid, NEW.licence_id, NEW.billing, NEW.number, NEW.description, NEW.rtc_lines,
            NEW.published_at)
       AND (OLD.meters, OLD.supply_points, OLD.data_points)
           IS NOT DISTINCT FROM (NEW.meters, NEW.supply_points, NEW.data_points) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a published version never changes'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER published_versions_never_change BEFORE UPDATE ON catalogue_licenceversion
    FOR EACH ROW EXECUTE FUNCTION keep_published_versions();
CREATE TRIGGER published_versions_stay BEFORE DELETE ON catalogue_licenceversion
    FOR EACH ROW WHEN (OLD.state <> 'draft') EXECUTE FUNCTION refuse_change();

CREATE TRIGGER licences_are_never_emptied BEFORE TRUNCATE ON catalogue_licence
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER versions_are_never_emptied BEFORE TRUNCATE ON catalogue_licenceversion
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0001_schema"),
        ("history", "0002_triggers"),
    ]
    operations = [migrations.RunSQL(CLOSE)]
