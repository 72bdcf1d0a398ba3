"""Ties alerts, whom they tell and their episodes to their account and to its things.

A site or a calculated series can be removed: its rules are removed with it, and what is open of
them is closed and told no more, nor is what waited to be told.
"""

from django.db import migrations

TIE = """
ALTER TABLE alerts_alertrule ADD CONSTRAINT alerts_alertrule_account_id_of_its_own
    FOREIGN KEY (account_id, organisation_id) REFERENCES accounts_account (id, organisation_id);
ALTER TABLE alerts_alertrule ADD CONSTRAINT alerts_alertrule_data_point_id_of_its_own
    FOREIGN KEY (data_point_id, account_id) REFERENCES metering_datapoint (id, account_id);
ALTER TABLE alerts_alertrule ADD CONSTRAINT alerts_alertrule_calculated_id_of_its_own
    FOREIGN KEY (calculated_id, account_id) REFERENCES metering_calculatedseries (id, account_id);
ALTER TABLE alerts_alertrule ADD CONSTRAINT alerts_alertrule_site_id_of_its_own
    FOREIGN KEY (site_id, account_id) REFERENCES metering_site (id, account_id);
ALTER TABLE alerts_alertrule ADD CONSTRAINT alerts_alertrule_supply_point_id_of_its_own
    FOREIGN KEY (supply_point_id, account_id) REFERENCES metering_supplypoint (id, account_id);
ALTER TABLE alerts_alertrule ADD CONSTRAINT alerts_alertrule_source_id_of_its_own
    FOREIGN KEY (source_id, account_id) REFERENCES metering_datasource (id, account_id);
ALTER TABLE alerts_alertrule ADD CONSTRAINT alerts_alertrule_line_id_of_its_own
    FOREIGN KEY (line_id, account_id) REFERENCES metering_rtcline (id, account_id);
ALTER TABLE alerts_alertrecipient ADD CONSTRAINT alerts_alertrecipient_account_id_of_its_own
    FOREIGN KEY (account_id, organisation_id) REFERENCES accounts_account (id, organisation_id);
ALTER TABLE alerts_alertrecipient ADD CONSTRAINT alerts_alertrecipient_rule_id_of_its_own
    FOREIGN KEY (rule_id, account_id) REFERENCES alerts_alertrule (id, account_id);
ALTER TABLE alerts_alertepisode ADD CONSTRAINT alerts_alertepisode_account_id_of_its_own
    FOREIGN KEY (account_id, organisation_id) REFERENCES accounts_account (id, organisation_id);
ALTER TABLE alerts_alertepisode ADD CONSTRAINT alerts_alertepisode_rule_id_of_its_own
    FOREIGN KEY (rule_id, account_id) REFERENCES alerts_alertrule (id, account_id);
ALTER TABLE alerts_alertheld ADD CONSTRAINT alerts_alertheld_account_id_of_its_own
    FOREIGN KEY (account_id, organisation_id) REFERENCES accounts_account (id, organisation_id);
ALTER TABLE alerts_alertheld ADD CONSTRAINT alerts_alertheld_episode_id_of_its_own
    FOREIGN KEY (episode_id, account_id) REFERENCES alerts_alertepisode (id, account_id);

CREATE FUNCTION remove_alerts_with_their_thing() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER alerts_go_with_their_thing
    BEFORE UPDATE OF site_id, calculated_id ON alerts_alertrule
    FOR EACH ROW EXECUTE FUNCTION remove_alerts_with_their_thing();
"""


class Migration(migrations.Migration):
    dependencies = [("alerts", "0001_schema")]

    operations = [migrations.RunSQL(TIE)]
