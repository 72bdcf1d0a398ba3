import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import vatio.tenants.folding


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_schema"),
        ("catalogue", "0001_schema"),
        ("tenants", "0001_schema"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BulkRenewal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("asked_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bulk_renewals",
                        to="tenants.organisation",
                    ),
                ),
            ],
        ),
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
                ("time_zone", models.CharField(blank=True, default="", max_length=60)),
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
        ),
        migrations.CreateModel(
            name="Comment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("is_note", models.BooleanField(default=False)),
                ("words", models.TextField()),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.organisation",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="said",
                        to="orders.order",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="BulkRenewalItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("shown_end", models.DateField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("asked", "Asked"),
                            ("renewed", "Renewed"),
                            ("refused", "Refused"),
                        ],
                        default="waiting",
                        max_length=7,
                    ),
                ),
                ("until", models.DateField(null=True)),
                ("words", models.TextField(blank=True, default="")),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.account",
                    ),
                ),
                (
                    "bulk_renewal",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="orders.bulkrenewal",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.organisation",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orders.order",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="bulkrenewal",
            index=models.Index(
                condition=models.Q(("finished_at__isnull", True)),
                fields=["organisation", "id"],
                name="rounds_in_work",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkrenewal",
            constraint=models.UniqueConstraint(
                fields=("id", "organisation"), name="a_bulk_renewal_with_its_organisation"
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                fields=["organisation", "-submitted_at", "-id"], name="orders_of_an_organisation"
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("state__in", ["pending", "offered"])),
                fields=["submitted_at", "id"],
                name="orders_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(fields=["account", "-submitted_at"], name="orders_of_an_account"),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.UniqueConstraint(
                fields=("id", "organisation"), name="an_order_with_its_organisation"
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["pending", "offered"])),
                fields=("account", "kind"),
                name="one_open_order_of_a_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "opening"), ("state__in", ["pending", "offered"])),
                fields=("organisation", "account_name_folded"),
                name="one_open_opening_of_a_name",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
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
                        models.Q(("time_zone", ""), _negated=True),
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
                        ("account__isnull", False), ("kind", "renewal"), ("licence__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="an_order_asks_what_its_kind_asks",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("sms_credits__gte", 0),
                    models.Q(("meters__isnull", True), ("meters__gte", 0), _connector="OR"),
                    models.Q(
                        ("supply_points__isnull", True), ("supply_points__gte", 0), _connector="OR"
                    ),
                    models.Q(
                        ("data_points__isnull", True), ("data_points__gte", 0), _connector="OR"
                    ),
                    models.Q(("rtc_lines__isnull", True), ("rtc_lines__gte", 0), _connector="OR"),
                ),
                name="nothing_negative_is_asked",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("account__isnull", False),
                        ("agreement__isnull", False),
                        ("state", "accepted"),
                    ),
                    models.Q(
                        models.Q(("state", "accepted"), _negated=True), ("agreement__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="accepted_means_agreed",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "rejected"), _negated=True),
                    ("reason__regex", "\\S"),
                    _connector="OR",
                ),
                name="a_rejection_has_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["accepted", "rejected"]), _negated=True),
                    ("decided_by__isnull", True),
                    models.Q(("decided_by", models.F("submitted_by")), _negated=True),
                    _connector="OR",
                ),
                name="nobody_decides_their_own_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=models.CheckConstraint(
                condition=models.Q(("words__regex", "\\S")), name="a_comment_says_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkrenewalitem",
            constraint=models.UniqueConstraint(
                fields=("bulk_renewal", "account"), name="one_item_of_an_account_in_a_bulk_renewal"
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkrenewalitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("order__isnull", True), ("outcome", "waiting"), ("words", "")),
                    models.Q(("order__isnull", False), ("outcome", "asked")),
                    models.Q(
                        ("order__isnull", False), ("outcome", "renewed"), ("until__isnull", False)
                    ),
                    models.Q(
                        ("order__isnull", True),
                        ("outcome", "refused"),
                        models.Q(("words", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="an_item_says_what_became_of_it",
            ),
        ),
    ]
