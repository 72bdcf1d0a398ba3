import uuid

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import vatio.accounts.models
import vatio.tenants.folding


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("catalogue", "0001_schema"),
        ("tenants", "0001_schema"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Account",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("name", models.CharField(max_length=120)),
                ("client", models.CharField(max_length=120)),
                ("nif", models.CharField(blank=True, default="", max_length=20)),
                (
                    "sector",
                    models.CharField(
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
                        max_length=20,
                    ),
                ),
                ("contact_email", models.EmailField(blank=True, default="", max_length=254)),
                (
                    "language",
                    models.CharField(
                        choices=[("es", "Español"), ("en", "English")], default="es", max_length=2
                    ),
                ),
                ("time_zone", models.CharField(default="Europe/Madrid", max_length=60)),
                ("created_at", models.DateTimeField()),
                ("opened_on", models.DateField(null=True)),
                ("covered_until", models.DateField(null=True)),
                ("ends_at", models.DateTimeField(null=True)),
                ("not_renewing_since", models.DateTimeField(null=True)),
                (
                    "name_folded",
                    models.GeneratedField(
                        db_persist=True,
                        expression=vatio.tenants.folding.Fold("name"),
                        output_field=models.TextField(),
                    ),
                ),
                (
                    "client_folded",
                    models.GeneratedField(
                        db_persist=True,
                        expression=vatio.tenants.folding.Fold("client"),
                        output_field=models.TextField(),
                    ),
                ),
                (
                    "search_text",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.text.Concat(
                            models.Value(" "),
                            vatio.tenants.folding.Fold(
                                django.db.models.functions.text.Concat(
                                    "name", models.Value(" "), "client", models.Value(" "), "nif"
                                )
                            ),
                            output_field=models.TextField(),
                        ),
                        output_field=models.TextField(),
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accounts",
                        to="tenants.organisation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AccountRole",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[("administrator", "Administrator"), ("viewer", "Viewer")],
                        max_length=13,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="roles",
                        to="accounts.account",
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
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="account_roles",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Agreement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=20, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("opening", "Opening"),
                            ("expansion", "Expansion"),
                            ("upgrade", "Upgrade"),
                            ("renewal", "Renewal"),
                            ("import", "Import"),
                            ("adjustment", "Adjustment"),
                        ],
                        max_length=10,
                    ),
                ),
                ("decided_at", models.DateTimeField()),
                ("rule", models.CharField(blank=True, default="", max_length=40)),
                ("note", models.TextField(blank=True, default="")),
                ("token", models.UUIDField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agreements",
                        to="accounts.account",
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
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.organisation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="EndingCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ends_at", models.DateTimeField()),
                ("accounts", models.IntegerField()),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.organisation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SmsTransaction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=120, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("bought", "Bought"),
                            ("imported", "Imported"),
                            ("adjusted", "Adjusted"),
                            ("spent", "Spent"),
                        ],
                        max_length=8,
                    ),
                ),
                ("credits", models.IntegerField()),
                ("at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sms_transactions",
                        to="accounts.account",
                    ),
                ),
                (
                    "agreement",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.agreement",
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
            ],
        ),
        migrations.CreateModel(
            name="Term",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("anchor_day", models.PositiveSmallIntegerField()),
                ("closed_on", models.DateField(null=True)),
                ("cancelled_at", models.DateTimeField(null=True)),
                (
                    "live",
                    models.GeneratedField(
                        db_persist=True,
                        expression=vatio.accounts.models.LiveRange(),
                        output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="terms",
                        to="accounts.account",
                    ),
                ),
                (
                    "agreement",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="terms",
                        to="accounts.agreement",
                    ),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.agreement",
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
            ],
        ),
        migrations.CreateModel(
            name="Grant",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("effective_on", models.DateField()),
                ("recorded_at", models.DateTimeField()),
                ("extra_meters", models.IntegerField(default=0)),
                ("extra_supply_points", models.IntegerField(default=0)),
                ("extra_data_points", models.IntegerField(default=0)),
                ("extra_rtc_lines", models.IntegerField(default=0)),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="grants",
                        to="accounts.account",
                    ),
                ),
                (
                    "agreement",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="grants",
                        to="accounts.agreement",
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
                        related_name="+",
                        to="tenants.organisation",
                    ),
                ),
                (
                    "term",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="grants",
                        to="accounts.term",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SmsWallet",
            fields=[
                (
                    "account",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="wallet",
                        serialize=False,
                        to="accounts.account",
                    ),
                ),
                ("balance", models.IntegerField(default=0)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.organisation",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="account",
            index=models.Index(
                fields=["organisation", "ends_at", "id"], name="accounts_by_their_end"
            ),
        ),
        migrations.AddIndex(
            model_name="account",
            index=models.Index(
                fields=["organisation", "opened_on", "id"],
                include=("ends_at",),
                name="accounts_by_their_opening",
            ),
        ),
        migrations.AddIndex(
            model_name="account",
            index=models.Index(
                fields=["organisation", "client_folded", "id"],
                include=("ends_at",),
                name="accounts_by_their_client",
            ),
        ),
        migrations.AddIndex(
            model_name="account",
            index=models.Index(fields=["ends_at", "id"], name="accounts_of_all_by_their_end"),
        ),
        migrations.AddIndex(
            model_name="account",
            index=django.contrib.postgres.indexes.GinIndex(
                models.F("organisation_id"),
                django.contrib.postgres.indexes.OpClass(
                    models.F("search_text"), name="gin_trgm_ops"
                ),
                fastupdate=False,
                name="accounts_by_any_word",
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.UniqueConstraint(
                fields=("organisation", "name_folded"),
                include=("ends_at", "id"),
                name="one_account_of_a_name",
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.UniqueConstraint(
                fields=("id", "organisation"), name="an_account_with_its_organisation"
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(("name__regex", "^\\S+( \\S+)*$")),
                name="account_name_is_trimmed",
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(("client__regex", "^\\S+( \\S+)*$")),
                name="client_name_is_trimmed",
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(
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
                    )
                ),
                name="sector_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("covered_until__isnull", True),
                        ("ends_at__isnull", True),
                        ("opened_on__isnull", True),
                    ),
                    models.Q(
                        ("covered_until__isnull", False),
                        ("ends_at__isnull", False),
                        ("opened_on__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="coverage_is_written_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="accountrole",
            constraint=models.UniqueConstraint(
                fields=("account", "person"), name="one_role_in_an_account"
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.UniqueConstraint(
                fields=("id", "account"), name="an_agreement_with_its_account"
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.UniqueConstraint(fields=("token",), name="one_agreement_of_a_form"),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        ["opening", "expansion", "upgrade", "renewal", "import", "adjustment"],
                    )
                ),
                name="agreement_kind_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by__isnull", False),
                    models.Q(("rule", ""), _negated=True),
                    _connector="OR",
                ),
                name="somebody_or_a_rule_agrees",
            ),
        ),
        migrations.AddConstraint(
            model_name="endingcount",
            constraint=models.UniqueConstraint(
                fields=("organisation", "ends_at"), name="one_count_of_an_ending"
            ),
        ),
        migrations.AddConstraint(
            model_name="endingcount",
            constraint=models.CheckConstraint(
                condition=models.Q(("accounts__gte", 0)), name="no_count_is_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="smstransaction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "spent"), ("credits__lt", 0)),
                    models.Q(("kind__in", ["bought", "imported"]), ("credits__gt", 0)),
                    models.Q(("kind", "adjusted"), models.Q(("credits", 0), _negated=True)),
                    _connector="OR",
                ),
                name="an_sms_transaction_goes_the_way_of_its_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="term",
            constraint=models.UniqueConstraint(
                fields=("id", "account"), name="a_term_with_its_account"
            ),
        ),
        migrations.AddConstraint(
            model_name="term",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__gt", models.F("starts_on"))),
                name="a_term_ends_after_it_starts",
            ),
        ),
        migrations.AddConstraint(
            model_name="term",
            constraint=models.CheckConstraint(
                condition=models.Q(("anchor_day__gte", 1), ("anchor_day__lte", 31)),
                name="anchor_is_a_day_of_a_month",
            ),
        ),
        migrations.AddConstraint(
            model_name="term",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_by__isnull", True), ("closed_on__isnull", True)),
                    models.Q(
                        ("closed_by__isnull", False),
                        ("closed_on__gte", models.F("starts_on")),
                        ("closed_on__lt", models.F("ends_on")),
                    ),
                    _connector="OR",
                ),
                name="a_closed_term_ends_early_by_agreement",
            ),
        ),
        migrations.AddConstraint(
            model_name="term",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[("account", "="), ("live", "&&")], name="live_terms_never_overlap"
            ),
        ),
        migrations.AddConstraint(
            model_name="smswallet",
            constraint=models.CheckConstraint(
                condition=models.Q(("balance__gte", 0)), name="a_wallet_is_never_negative"
            ),
        ),
    ]
