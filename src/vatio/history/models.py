"""The acts of people and rules, in the order in which they happened."""

from django.db import models
from django.db.models import Q

from vatio.tenants.models import OfOrganisationSet, Organisation, Person


class Act(models.Model):
    """One thing that was done, by a person or by a named rule.

    The rule that acts writes its act in the same transaction. `facts` holds plain
    values, as they were then, so that the sentence on the page stays true after a
    rename. The migrations of `accounts` and `orders` add the foreign keys of both ids.
    """

    append_only = True

    at = models.DateTimeField()
    verb = models.CharField(max_length=40)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    rule = models.CharField(max_length=40, blank=True, default="")
    organisation = models.ForeignKey(
        Organisation, null=True, on_delete=models.PROTECT, related_name="+"
    )
    account_id = models.BigIntegerField(null=True)
    order_id = models.BigIntegerField(null=True)
    facts = models.JSONField(default=dict)

    objects = OfOrganisationSet["Act"].as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["account_id", "-at", "-id"], name="acts_of_an_account"),
            models.Index(fields=["order_id", "-at", "-id"], name="acts_on_an_order"),
            models.Index(fields=["organisation", "-at", "-id"], name="acts_in_an_organisation"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False) | ~Q(rule=""), name="somebody_or_a_rule_acts"
            ),
            models.CheckConstraint(
                condition=Q(organisation__isnull=False)
                | Q(account_id__isnull=True, order_id__isnull=True),
                name="an_act_on_an_account_has_its_organisation",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb}"
