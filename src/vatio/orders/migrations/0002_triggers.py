"""Ties orders, comments and renewals to their organisation, and closes decided orders to change."""

from django.db import migrations

CLOSE = """
CREATE SEQUENCE orders_number;

ALTER TABLE orders_order ADD CONSTRAINT orders_order_account_id_of_its_own
    FOREIGN KEY (account_id, organisation_id) REFERENCES accounts_account (id, organisation_id);
ALTER TABLE orders_order ADD CONSTRAINT orders_order_agreement_id_of_its_own
    FOREIGN KEY (agreement_id, account_id) REFERENCES accounts_agreement (id, account_id);
ALTER TABLE history_act ADD CONSTRAINT history_act_order_id_of_its_own
    FOREIGN KEY (order_id, organisation_id) REFERENCES orders_order (id, organisation_id);
ALTER TABLE notifications_message ADD CONSTRAINT notifications_message_order_id_of_its_own
    FOREIGN KEY (order_id, organisation_id) REFERENCES orders_order (id, organisation_id);

CREATE FUNCTION keep_orders() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state NOT IN ('pending', 'offered') THEN
        RAISE EXCEPTION 'a decided order never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (OLD.id, OLD.uid, OLD.organisation_id, OLD.number, OLD.kind, OLD.submitted_by_id, OLD.submitted_at)
       <> (NEW.id, NEW.uid, NEW.organisation_id, NEW.number, NEW.kind, NEW.submitted_by_id,
           NEW.submitted_at) THEN
        RAISE EXCEPTION 'who asked for an order, when and under which number never changes'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER decided_orders_never_change BEFORE UPDATE ON orders_order
    FOR EACH ROW EXECUTE FUNCTION keep_orders();
CREATE TRIGGER orders_stay BEFORE DELETE ON orders_order
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

ALTER TABLE orders_comment ADD CONSTRAINT orders_comment_order_id_of_its_own
    FOREIGN KEY (order_id, organisation_id) REFERENCES orders_order (id, organisation_id);
CREATE TRIGGER comments_never_change BEFORE UPDATE OR DELETE ON orders_comment
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

ALTER TABLE orders_bulkrenewalitem ADD CONSTRAINT orders_bulkrenewalitem_bulk_renewal_id_of_its_own
    FOREIGN KEY (bulk_renewal_id, organisation_id) REFERENCES orders_bulkrenewal (id, organisation_id);
ALTER TABLE orders_bulkrenewalitem ADD CONSTRAINT orders_bulkrenewalitem_account_id_of_its_own
    FOREIGN KEY (account_id, organisation_id) REFERENCES accounts_account (id, organisation_id);
ALTER TABLE orders_bulkrenewalitem ADD CONSTRAINT orders_bulkrenewalitem_order_id_of_its_own
    FOREIGN KEY (order_id, organisation_id) REFERENCES orders_order (id, organisation_id);

CREATE TRIGGER orders_are_never_emptied BEFORE TRUNCATE ON orders_order
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER comments_are_never_emptied BEFORE TRUNCATE ON orders_comment
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER bulk_renewals_are_never_emptied BEFORE TRUNCATE ON orders_bulkrenewal
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER bulk_renewal_items_are_never_emptied BEFORE TRUNCATE ON orders_bulkrenewalitem
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0001_schema"),
        ("accounts", "0002_triggers"),
    ]
    operations = [migrations.RunSQL(CLOSE)]
