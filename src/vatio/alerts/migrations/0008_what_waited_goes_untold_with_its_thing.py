"""Has nobody told any more of what waited to be told as the thing of its alert was removed."""

from django.db import migrations

REMOVE = """
CREATE OR REPLACE FUNCTION remove_alerts_with_their_thing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.site_id IS NOT NULL AND NEW.site_id IS NULL)
        OR (OLD.calculated_id IS NOT NULL AND NEW.calculated_id IS NULL) THEN
        NEW.removed_at := coalesce(NEW.removed_at, now());
        UPDATE alerts_alertepisode SET ends = greatest(last_at, begins), told_closed_at = now()
        WHERE rule_id = NEW.id AND ends IS NULL;
        UPDATE alerts_alertepisode SET muted = true
        WHERE rule_id = NEW.id AND told_opened_at IS NULL AND NOT muted;
        UPDATE alerts_alertepisode SET told_closed_at = coalesce(told_closed_at, now()),
            told_worsened_at = coalesce(told_worsened_at, now())
        WHERE rule_id = NEW.id AND told_opened_at IS NOT NULL
          AND (told_closed_at IS NULL OR told_worsened_at IS NULL AND worsened_at IS NOT NULL);
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("alerts", "0007_an_end_is_told_anew_where_it_goes_on")]

    operations = [migrations.RunSQL(REMOVE)]
