"""Ties the turns of a round to the organisation of their round, account and order."""

from django.db import migrations

CLOSE = """
ALTER TABLE orders_turn ADD CONSTRAINT orders_turn_round_id_of_its_own
    FOREIGN KEY (round_id, organisation_id) REFERENCES orders_round (id, organisation_id);
ALTER TABLE orders_turn ADD CONSTRAINT orders_turn_account_id_of_its_own
    FOREIGN KEY (account_id, organisation_id) REFERENCES accounts_account (id, organisation_id);
ALTER TABLE orders_turn ADD CONSTRAINT orders_turn_order_id_of_its_own
    FOREIGN KEY (order_id, organisation_id) REFERENCES orders_order (id, organisation_id);
"""

OPEN = """
ALTER TABLE orders_turn DROP CONSTRAINT orders_turn_order_id_of_its_own;
ALTER TABLE orders_turn DROP CONSTRAINT orders_turn_account_id_of_its_own;
ALTER TABLE orders_turn DROP CONSTRAINT orders_turn_round_id_of_its_own;
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0005_rounds_of_renewals")]
    operations = [migrations.RunSQL(CLOSE, OPEN)]
