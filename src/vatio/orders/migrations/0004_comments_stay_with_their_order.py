"""Ties comments to their order's organisation, and closes them to change."""

from django.db import migrations

CLOSE = """
ALTER TABLE orders_comment ADD CONSTRAINT orders_comment_order_id_of_its_own
    FOREIGN KEY (order_id, organisation_id) REFERENCES orders_order (id, organisation_id);
CREATE TRIGGER comments_never_change BEFORE UPDATE OR DELETE ON orders_comment
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""

OPEN = """
DROP TRIGGER comments_never_change ON orders_comment;
ALTER TABLE orders_comment DROP CONSTRAINT orders_comment_order_id_of_its_own;
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0003_orders_are_talked_about")]
    operations = [migrations.RunSQL(CLOSE, OPEN)]
