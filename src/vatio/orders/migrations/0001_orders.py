import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import vatio.tenants.folding


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0003_what_was_agreed_never_changes"),
        ("catalogue", "0002_published_versions_never_change"),
        ("tenants", "0001_organisations_people_memberships"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Order",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("number", models.CharField(max_length=20, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("opening", "Opening"),
                            ("expansion", "Expansion"),
                            ("upgrade", "Upgrade"),
                            ("renewal", "Renewal"),
                        ],
                        max_length=9,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("offered", "Offered"),
                            ("accepted", "Accepted"),
                            ("rejected", "Rejected"),
                            ("withdrawn", "Withdrawn"),
                            ("declined", "Declined"),
                            ("lapsed", "Lapsed"),
                        ],
                        default="pending",
                        max_length=9,
                    ),
                ),
                ("submitted_at", models.DateTimeField()),
                ("token", models.UUIDField(null=True, unique=True)),
                ("meters", models.IntegerField(null=True)),
                ("supply_points", models.IntegerField(null=True)),
                ("data_points", models.IntegerField(null=True)),
                ("rtc_lines", models.IntegerField(null=True)),
                ("sms_credits", models.IntegerField(default=0)),
                ("months", models.PositiveSmallIntegerField(null=True)),
                ("account_name", models.CharField(blank=True, default="", max_length=120)),
                ("client", models.CharField(blank=True, default="", max_length=120)),
                ("nif", models.CharField(blank=True, default="", max_length=20)),
                (
                    "sector",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("administration", "Administration"),
                            ("agriculture", "Agriculture"),
                            ("commerce", "Commerce"),
                            ("education", "Education"),
                            ("health", "Health"),
                            ("hotels", "Hotels"),
                            ("housing", "Housing"),
                            ("industry", "Industry"),
                            ("logistics", "Logistics"),
                            ("offices", "Offices"),
                            ("sport", "Sport"),
                            ("other", "Other"),
                        ],
                        default="",
                        max_length=20,
                    ),
                ),
                ("contact_email", models.EmailField(blank=True, default="", max_length=254)),
                ("zone", models.CharField(blank=True, default="", max_length=60)),
                (
                    "account_name_folded",
                    models.GeneratedField(
                        db_persist=True,
                        expression=vatio.tenants.folding.Fold("account_name"),
                        output_field=models.TextField(),
                    ),
                ),
                ("reference", models.CharField(blank=True, default="", max_length=60)),
                ("comments", models.TextField(blank=True, default="")),
                ("decided_at", models.DateTimeField(null=True)),
                ("rule", models.CharField(blank=True, default="", max_length=40)),
                ("reason", models.TextField(blank=True, default="")),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                        to="accounts.account",
                    ),
                ),
                (
                    "agreement",
                    models.OneToOneField(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="order",
                        to="accounts.agreement",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "licence",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalogue.licenceversion",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                        to="tenants.organisation",
                    ),
                ),
                (
                    "submitted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "taken_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["organisation", "-submitted_at", "-id"],
                        name="orders_of_an_organisation",
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ["pending", "offered"])),
                        fields=["submitted_at", "id"],
                        name="orders_waiting",
                    ),
                    models.Index(fields=["account", "-submitted_at"], name="orders_of_an_account"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("id", "organisation"), name="an_order_with_its_organisation"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["pending", "offered"])),
                        fields=("account", "kind"),
                        name="one_open_order_of_a_kind",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("kind", "opening"), ("state__in", ["pending", "offered"])
                        ),
                        fields=("organisation", "account_name_folded"),
                        name="one_open_opening_of_a_name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "pending",
                                    "offered",
                                    "accepted",
                                    "rejected",
                                    "withdrawn",
                                    "declined",
                                    "lapsed",
                                ],
                            )
                        ),
                        name="order_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("kind", "opening"),
                                ("licence__isnull", False),
                                ("token__isnull", False),
                                ("months__gte", 1),
                                ("months__isnull", False),
                                ("months__lte", 120),
                                ("account_name__regex", "^\\S+( \\S+)*$"),
                                ("client__regex", "^\\S+( \\S+)*$"),
                                (
                                    "sector__in",
                                    [
                                        "administration",
                                        "agriculture",
                                        "commerce",
                                        "education",
                                        "health",
                                        "hotels",
                                        "housing",
                                        "industry",
                                        "logistics",
                                        "offices",
                                        "sport",
                                        "other",
                                    ],
                                ),
                                models.Q(("zone", ""), _negated=True),
                            ),
                            models.Q(
                                ("account__isnull", False),
                                ("kind", "expansion"),
                                ("licence__isnull", True),
                                ("months__isnull", True),
                            ),
                            models.Q(
                                ("account__isnull", False),
                                ("kind", "upgrade"),
                                ("licence__isnull", False),
                                ("months__isnull", True),
                            ),
                            models.Q(
                                ("account__isnull", False),
                                ("kind", "renewal"),
                                ("licence__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="an_order_asks_what_its_kind_asks",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("sms_credits__gte", 0),
                            models.Q(("meters__isnull", True), ("meters__gte", 0), _connector="OR"),
                            models.Q(
                                ("supply_points__isnull", True),
                                ("supply_points__gte", 0),
                                _connector="OR",
                            ),
                            models.Q(
                                ("data_points__isnull", True),
                                ("data_points__gte", 0),
                                _connector="OR",
                            ),
                            models.Q(
                                ("rtc_lines__isnull", True), ("rtc_lines__gte", 0), _connector="OR"
                            ),
                        ),
                        name="nothing_negative_is_asked",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("account__isnull", False),
                                ("agreement__isnull", False),
                                ("state", "accepted"),
                            ),
                            models.Q(
                                models.Q(("state", "accepted"), _negated=True),
                                ("agreement__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="accepted_means_agreed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state__in", ["pending", "offered"]),
                                ("decided_at__isnull", True),
                                ("decided_by__isnull", True),
                            ),
                            models.Q(
                                models.Q(("state__in", ["pending", "offered"]), _negated=True),
                                ("decided_at__isnull", False),
                                models.Q(
                                    ("decided_by__isnull", False),
                                    models.Q(("rule", ""), _negated=True),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="a_decided_order_says_when_and_by_whom",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "rejected"), _negated=True),
                            ("reason__regex", "\\S"),
                            _connector="OR",
                        ),
                        name="a_rejection_has_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["accepted", "rejected"]), _negated=True),
                            ("decided_by__isnull", True),
                            models.Q(("decided_by", models.F("submitted_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="nobody_decides_their_own_order",
                    ),
                ],
            },
        ),
    ]
