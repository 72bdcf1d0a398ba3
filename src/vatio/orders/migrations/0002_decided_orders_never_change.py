"""Ties orders to their organisation and agreement, and closes decided ones to change."""

from django.db import migrations

CLOSE = """
CREATE SEQUENCE orders_number;

ALTER TABLE orders_order ADD CONSTRAINT orders_order_account_id_of_its_own
    FOREIGN KEY (account_id, organisation_id) REFERENCES accounts_account (id, organisation_id);
ALTER TABLE orders_order ADD CONSTRAINT orders_order_agreement_id_of_its_own
    FOREIGN KEY (agreement_id, account_id) REFERENCES accounts_agreement (id, account_id);
ALTER TABLE history_act ADD CONSTRAINT history_act_order_id_of_its_own
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
"""

OPEN = """
DROP TRIGGER orders_stay ON orders_order;
DROP TRIGGER decided_orders_never_change ON orders_order;
DROP FUNCTION keep_orders();
ALTER TABLE history_act DROP CONSTRAINT history_act_order_id_of_its_own;
ALTER TABLE orders_order DROP CONSTRAINT orders_order_agreement_id_of_its_own;
ALTER TABLE orders_order DROP CONSTRAINT orders_order_account_id_of_its_own;
DROP SEQUENCE orders_number;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0001_orders"),
        ("accounts", "0003_what_was_agreed_never_changes"),
    ]
    operations = [migrations.RunSQL(CLOSE, OPEN)]
