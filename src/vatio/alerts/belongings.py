"""Declares an account's alerts, whom they tell and their episodes, for its export and purge."""

from django.utils.translation import gettext_lazy as _

from vatio.tenants.belongings import Belonging, Subject, person, plain

_THING = """coalesce(
    (SELECT name FROM metering_datapoint WHERE id = own.data_point_id),
    (SELECT name FROM metering_calculatedseries WHERE id = own.calculated_id),
    (SELECT name FROM metering_site WHERE id = own.site_id),
    (SELECT name FROM metering_supplypoint WHERE id = own.supply_point_id),
    (SELECT name FROM metering_datasource WHERE id = own.source_id),
    (SELECT supply.name FROM metering_rtcline line
     JOIN metering_supplypoint supply ON supply.id = line.supply_point_id
     WHERE line.id = own.line_id))"""
"""The SQL of the name of what a rule looks at."""

_RULE = "(SELECT name FROM alerts_alertrule WHERE id = own.rule_id)"

_RULE_OF_EPISODE = """(SELECT rule.name FROM alerts_alertepisode episode
    JOIN alerts_alertrule rule ON rule.id = episode.rule_id WHERE episode.id = own.episode_id)"""

SUBJECTS = (
    Subject(
        "alerts",
        _("Alerts"),
        {
            **plain("name", "kind"),
            "thing": _THING,
            **plain("threshold", "worse", "share", "minutes", "schedule", "severity", "sms_text"),
            "made_at": "own.made_at",
            "made_by": person("made_by_id"),
            "muted_until_at": "own.muted_until",
            **plain("looks_from", "removed_at"),
        },
        "alerts_alertrule",
        headings={
            "thing": _("What it looks at"),
            "threshold": _("Threshold (base units)"),
            "worse": _("Second threshold (base units)"),
            "share": _("Above the usual by (share)"),
            "minutes": _("During (minutes)"),
            "schedule": _("Weekly schedule"),
            "severity": _("Severity"),
            "sms_text": _("Text of the SMS"),
            "muted_until_at": _("Muted until"),
            "looks_from": _("Looks from"),
            "removed_at": _("Removed"),
        },
    ),
    Subject(
        "alert_recipients",
        _("Whom alerts tell"),
        {"alert": _RULE, "person": person("person_id"), **plain("by_mail", "by_sms")},
        "alerts_alertrecipient",
        headings={
            "alert": _("Alert"),
            "person": _("Person"),
            "by_mail": _("By mail"),
            "by_sms": _("By SMS"),
        },
    ),
    Subject(
        "alert_episodes",
        _("Episodes of alerts"),
        {
            "alert": _RULE,
            "begins_at": "own.begins",
            "ends_at": "own.ends",
            **plain("worst", "worst_at", "worsened_at", "noticed_at", "late", "muted"),
            **plain("withdrawn", "told_opened_at", "told_worsened_at", "told_closed_at"),
            "acknowledged_by": person("acknowledged_by_id"),
            "acknowledged_at": "own.acknowledged_at",
        },
        "alerts_alertepisode",
        headings={
            "alert": _("Alert"),
            "begins_at": _("Begins"),
            "ends_at": _("Ends"),
            "worst": _("Worst value (base units)"),
            "worst_at": _("Worst at"),
            "worsened_at": _("Worsened"),
            "noticed_at": _("Noticed"),
            "late": _("Late"),
            "muted": _("Muted"),
            "withdrawn": _("Undone by later readings"),
            "told_opened_at": _("Told when it opened"),
            "told_worsened_at": _("Told when it worsened"),
            "told_closed_at": _("Told when it closed"),
            "acknowledged_by": _("Acknowledged by"),
            "acknowledged_at": _("Acknowledged"),
        },
    ),
    Subject(
        "alert_told",
        _("Who was told of episodes"),
        {
            "alert": _RULE_OF_EPISODE,
            "begins_at": "(SELECT begins FROM alerts_alertepisode WHERE id = own.episode_id)",
            "person": person("person_id"),
            **plain("what", "channel", "fate"),
            "at": "own.at",
        },
        "alerts_alerttold",
        headings={
            "alert": _("Alert"),
            "begins_at": _("Begins"),
            "person": _("Person"),
            "what": _("What was told"),
            "channel": _("By which channel"),
            "fate": _("Why no text was sent"),
            "at": _("Told"),
        },
    ),
)

BELONGINGS = (
    Belonging("alerts_alertheld"),
    Belonging("alerts_alerttold"),
    Belonging("alerts_alertepisode"),
    Belonging("alerts_alertrecipient"),
    Belonging("alerts_alertrule"),
)
