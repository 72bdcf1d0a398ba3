"""Ties what is installed to its account, keeps sites a tree, and what was changed as it was.

A site is never below itself, and at most six deep: the account's row is locked before the tree
is looked at, so that two moves at once cannot make a circle together.
"""

from django.db import migrations

TIE = """
ALTER TABLE metering_site ADD CONSTRAINT metering_site_account_id_of_its_own
    FOREIGN KEY (account_id, organisation_id) REFERENCES accounts_account (id, organisation_id);
ALTER TABLE metering_site ADD CONSTRAINT metering_site_parent_id_of_its_own
    FOREIGN KEY (parent_id, account_id) REFERENCES metering_site (id, account_id);
ALTER TABLE metering_supplypoint ADD CONSTRAINT metering_supplypoint_account_id_of_its_own
    FOREIGN KEY (account_id, organisation_id) REFERENCES accounts_account (id, organisation_id);
ALTER TABLE metering_supplypoint ADD CONSTRAINT metering_supplypoint_site_id_of_its_own
    FOREIGN KEY (site_id, account_id) REFERENCES metering_site (id, account_id);
ALTER TABLE metering_supplycontract ADD CONSTRAINT metering_supplycontract_account_id_of_its_own
    FOREIGN KEY (account_id, organisation_id) REFERENCES accounts_account (id, organisation_id);
ALTER TABLE metering_supplycontract ADD CONSTRAINT metering_supplycontract_supply_point_id_of_its_own
    FOREIGN KEY (supply_point_id, account_id) REFERENCES metering_supplypoint (id, account_id);
ALTER TABLE metering_meter ADD CONSTRAINT metering_meter_account_id_of_its_own
    FOREIGN KEY (account_id, organisation_id) REFERENCES accounts_account (id, organisation_id);
ALTER TABLE metering_meter ADD CONSTRAINT metering_meter_site_id_of_its_own
    FOREIGN KEY (site_id, account_id) REFERENCES metering_site (id, account_id);
ALTER TABLE metering_measurement ADD CONSTRAINT metering_measurement_account_id_of_its_own
    FOREIGN KEY (account_id, organisation_id) REFERENCES accounts_account (id, organisation_id);
ALTER TABLE metering_measurement ADD CONSTRAINT metering_measurement_meter_id_of_its_own
    FOREIGN KEY (meter_id, account_id) REFERENCES metering_meter (id, account_id);
ALTER TABLE metering_measurement ADD CONSTRAINT metering_measurement_supply_point_id_of_its_own
    FOREIGN KEY (supply_point_id, account_id) REFERENCES metering_supplypoint (id, account_id);
ALTER TABLE metering_meterchange ADD CONSTRAINT metering_meterchange_account_id_of_its_own
    FOREIGN KEY (account_id, organisation_id) REFERENCES accounts_account (id, organisation_id);
ALTER TABLE metering_meterchange ADD CONSTRAINT metering_meterchange_meter_id_of_its_own
    FOREIGN KEY (meter_id, account_id) REFERENCES metering_meter (id, account_id);
ALTER TABLE metering_datasource ADD CONSTRAINT metering_datasource_account_id_of_its_own
    FOREIGN KEY (account_id, organisation_id) REFERENCES accounts_account (id, organisation_id);
ALTER TABLE metering_sourcedevice ADD CONSTRAINT metering_sourcedevice_account_id_of_its_own
    FOREIGN KEY (account_id, organisation_id) REFERENCES accounts_account (id, organisation_id);
ALTER TABLE metering_sourcedevice ADD CONSTRAINT metering_sourcedevice_source_id_of_its_own
    FOREIGN KEY (source_id, account_id) REFERENCES metering_datasource (id, account_id);
ALTER TABLE metering_sourcedevice ADD CONSTRAINT metering_sourcedevice_meter_id_of_its_own
    FOREIGN KEY (meter_id, account_id) REFERENCES metering_meter (id, account_id);
ALTER TABLE metering_datapoint ADD CONSTRAINT metering_datapoint_account_id_of_its_own
    FOREIGN KEY (account_id, organisation_id) REFERENCES accounts_account (id, organisation_id);
ALTER TABLE metering_datapoint ADD CONSTRAINT metering_datapoint_meter_id_of_its_own
    FOREIGN KEY (meter_id, account_id) REFERENCES metering_meter (id, account_id);
ALTER TABLE metering_datapoint ADD CONSTRAINT metering_datapoint_source_id_of_its_own
    FOREIGN KEY (source_id, account_id) REFERENCES metering_datasource (id, account_id);
ALTER TABLE metering_series ADD CONSTRAINT metering_series_account_id_of_its_own
    FOREIGN KEY (account_id, organisation_id) REFERENCES accounts_account (id, organisation_id);
ALTER TABLE metering_series ADD CONSTRAINT metering_series_data_point_id_of_its_own
    FOREIGN KEY (data_point_id, account_id) REFERENCES metering_datapoint (id, account_id);
ALTER TABLE metering_rtcline ADD CONSTRAINT metering_rtcline_account_id_of_its_own
    FOREIGN KEY (account_id, organisation_id) REFERENCES accounts_account (id, organisation_id);
ALTER TABLE metering_rtcline ADD CONSTRAINT metering_rtcline_supply_point_id_of_its_own
    FOREIGN KEY (supply_point_id, account_id) REFERENCES metering_supplypoint (id, account_id);
ALTER TABLE metering_rtcline ADD CONSTRAINT metering_rtcline_meter_id_of_its_own
    FOREIGN KEY (meter_id, account_id) REFERENCES metering_meter (id, account_id);
ALTER TABLE metering_allocation ADD CONSTRAINT metering_allocation_account_id_of_its_own
    FOREIGN KEY (account_id, organisation_id) REFERENCES accounts_account (id, organisation_id);

CREATE FUNCTION check_the_tree_of_sites() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    above int := 0;
    below int;
    place bigint := NEW.parent_id;
BEGIN
    IF NEW.parent_id IS NULL AND TG_OP = 'INSERT' THEN
        RETURN NEW;
    END IF;
    PERFORM 1 FROM accounts_account WHERE id = NEW.account_id FOR NO KEY UPDATE;
    WHILE place IS NOT NULL LOOP
        above := above + 1;
        IF place = NEW.id OR above > 6 THEN
            RAISE EXCEPTION 'a site is in itself, or more than six deep'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'sites_are_a_tree';
        END IF;
        SELECT parent_id INTO place FROM metering_site WHERE id = place;
    END LOOP;
    WITH RECURSIVE part (id, depth) AS (
        SELECT NEW.id, 1
        UNION ALL
        SELECT site.id, part.depth + 1 FROM metering_site site JOIN part ON site.parent_id = part.id
        WHERE part.depth <= 6
    )
    SELECT max(depth) INTO below FROM part;
    IF above + below > 6 THEN
        RAISE EXCEPTION 'a site is more than six deep'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'sites_are_a_tree';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER sites_are_a_tree BEFORE INSERT OR UPDATE OF parent_id ON metering_site
    FOR EACH ROW EXECUTE FUNCTION check_the_tree_of_sites();

CREATE TRIGGER meter_changes_never_change BEFORE UPDATE OR DELETE ON metering_meterchange
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER meter_changes_are_never_emptied BEFORE TRUNCATE ON metering_meterchange
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("metering", "0001_schema"), ("accounts", "0002_triggers")]

    operations = [migrations.RunSQL(TIE)]
