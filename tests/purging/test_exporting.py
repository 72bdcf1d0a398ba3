import io
import json
import tracemalloc
import zipfile
from datetime import date, datetime
from threading import Barrier

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from tests import make
from tests.purging.lived import OVER, in_codes, lived
from tests.races import together
from tests.sheets import HOSTILE, opened
from vatio.accounts import adjusting
from vatio.accounts.models import Account
from vatio.collection.models import LineSettings
from vatio.history.models import Act
from vatio.history.recording import record
from vatio.metering.models import SourceToken
from vatio.notifications.models import Message
from vatio.purging import contents, exporting, workbook
from vatio.purging.models import Export
from vatio.readings import belongings as readings
from vatio.tenants.belongings import HEADINGS

pytestmark = pytest.mark.django_db

SHEETS = [
    "Cuenta",
    "Acuerdos",
    "Vigencias",
    "Concesiones",
    "Créditos SMS",
    "Solicitudes",
    "Renovaciones juntas",
    "Preguntas y respuestas",
    "Notas",
    "Uso",
    "Emplazamientos",
    "Suministros",
    "Contratos de suministro",
    "Medidores",
    "Lo que miden los contadores",
    "Cambios de contador",
    "Fuentes de datos",
    "Equipos",
    "Claves de las fuentes",
    "Puntos de datos",
    "Series",
    "Series calculadas",
    "Versiones de series calculadas",
    "Términos de series calculadas",
    "Líneas RTC",
    "Unidades tomadas",
    "Inventarios por importar",
    "Ficheros de lecturas",
    "Entregas",
    "Magnitudes pendientes",
    "Ficheros guardados",
    "Ficheros de lecturas subidos",
    "Cómo se llega a los contadores",
    "Llamadas",
    "Personas",
    "Invitaciones",
    "Recordatorios",
    "Alertas",
    "A quién avisan las alertas",
    "Episodios de las alertas",
    "Avisos de los episodios",
    "Mensajes",
    "Historia",
]


def exported(account: Account) -> tuple[dict[str, object], CalamineWorkbook, list[str]]:
    with exporting.export(account, words=in_codes, by=make.commercial(), at=OVER) as file:
        packed = zipfile.ZipFile(io.BytesIO(file.read()))
    written, book, *_readings = packed.namelist()
    assert packed.testzip() is None
    return (
        json.loads(packed.read(written)),
        opened(packed.read(book)),
        packed.namelist(),
    )


def rows(book: CalamineWorkbook, sheet: str) -> list[dict[str, object]]:
    headings, *lines = book.get_sheet_by_name(sheet).to_python()
    return [dict(zip(headings, line, strict=True)) for line in lines]


def test_the_json_has_everything_with_its_dates_in_iso() -> None:
    told, _book, names = exported(lived("Hotel Núñez/012"))

    assert names[:2] == ["hotel-nunez012.json", "hotel-nunez012.xlsx"]
    assert told["exported_at"] == "2026-11-24T11:00:00+00:00"
    (account,) = told["account"]
    assert account["name"] == "Hotel Núñez/012"
    assert (account["opened_on"], account["ends_on"]) == ("2025-01-29", "2026-01-29")
    assert account["ends_at"] == "2026-01-28T23:00:00+00:00"
    assert account["sms_credits"] == 44
    assert [each["kind"] for each in told["agreements"]] == ["opening", "expansion", "adjustment"]
    assert [(each["starts_on"], each["ends_on"]) for each in told["terms"]] == [
        ("2025-01-29", "2026-01-29")
    ]
    assert [each["extra_meters"] for each in told["grants"]] == [0, 3]
    assert [each["credits"] for each in told["sms_transactions"]] == [50, -5, -1, -1, 1]
    assert [(each["kind"], each["state"], each["submitted_by"]) for each in told["orders"]] == [
        ("opening", "accepted", "Nuria Vidal"),
        ("expansion", "accepted", "Nuria Vidal"),
    ]
    (turn,) = told["bulk_renewal_items"]
    assert (turn["outcome"], turn["ends_on"], turn["until_on"]) == ("refused", "2020-01-01", None)
    assert "29 ene 2026" in turn["words"]
    assert [(each["by"], each["words"]) for each in told["said"]] == [
        ("Elena Cid", "¿Cuántos cuadros?")
    ]
    assert [each["words"] for each in told["notes"]] == ["Cliente antiguo."]
    assert [(each["name"], each["role"]) for each in told["people"]] == [("Marta Vega", "viewer")]
    assert [each["email"] for each in told["invitations"]] == ["ana@norte.example"]
    assert [(each["milestone"], each["overtaken"]) for each in told["reminders"]] == [
        ("month", False)
    ]
    assert {each["template"] for each in told["messages"]} == {
        "warning",
        "order_submitted",
        "order_comment",
        "order_accepted",
        "account_adjusted",
        "reminder",
        "account_leaving",
        "usage_near",
        "alert",
        "alerts_together_again",
    }
    assert [(each["unit"], each["used"]) for each in told["usage"]] == [
        ("meters", 1),
        ("supply_points", 1),
        ("data_points", 1),
        ("rtc_lines", 1),
    ]
    assert [(each["cups"], each["site"]) for each in told["supply_points"]] == [
        ("ES1234123456789012JY", "Edificio principal")
    ]
    assert [each["powers"] for each in told["supply_contracts"]] == [" ".join(["20.000"] * 6)]
    assert [(each["old_serial"], each["new_serial"]) for each in told["meter_changes"]] == [
        ("AB-1", "AB-2")
    ]
    assert [each["verb"] for each in told["history"]] == [
        "order.submitted",
        "order.taken",
        "order.accepted",
        "order.submitted",
        "order.accepted",
        "account.adjusted",
        *["installation.added"] * 3,
        "installation.contracted",
        *["installation.added"] * 2,
        "installation.token_issued",
        *["installation.added"] * 2,
        "installation.device_changed",
        "installation.changed",
        "installation.retired",
        "installation.returned",
        "installation.removed",
        "installation.added",
        "installation.terms_changed",
        "installation.version_removed",
        "installation.terms_changed",
        "line.configured",
        "line.key_changed",
        "installation.added",
        "inventory.imported",
        "alert.made",
        "person.invited",
        "account.leaving",
    ]


def test_the_json_is_written_as_it_would_have_been_whole() -> None:
    hotel = lived()
    words = "one\ntwo\u2028three\x85four"
    record(
        "account.staying",
        at=OVER,
        by=make.commercial(),
        organisation=hotel.organisation,
        account_id=hotel.pk,
        facts={"words": words, "none": {}, "list": [1, None]},
    )

    with exporting.export(hotel, words=in_codes, by=make.commercial(), at=OVER) as file:
        packed = zipfile.ZipFile(io.BytesIO(file.read()))
    text = packed.read(packed.namelist()[0]).decode()

    told = json.loads(text)
    assert text == json.dumps(told, ensure_ascii=False, indent=1)
    assert list(told) == ["exported_at", *(subject.name for subject in contents.SUBJECTS)]
    assert told["history"][-1]["facts"]["words"] == words


def test_the_workbook_has_a_sheet_for_each_subject_with_real_dates_and_numbers() -> None:
    hotel = lived()

    _told, book, _names = exported(hotel)

    assert book.sheet_names == SHEETS
    (account,) = rows(book, "Cuenta")
    assert account["Nombre"] == "Hotel Lugo 012"
    assert account["Caduca"] == date(2026, 1, 29)
    assert account["No se renovará, desde (Europe/Madrid)"] == datetime(2026, 1, 2, 13, 0)
    assert account["Créditos SMS"] == 44
    assert rows(book, "Vigencias")[0]["Inicio de la vigencia"] == date(2025, 1, 29)
    assert [row["Créditos"] for row in rows(book, "Créditos SMS")] == [50, -5, -1, -1, 1]
    assert {row["Mensaje"] for row in rows(book, "Mensajes") if row["Canal"] == "sms"} == {
        "warning"
    }
    assert rows(book, "Preguntas y respuestas")[0]["Texto"] == "¿Cuántos cuadros?"
    assert rows(book, "Recordatorios")[0]["Adelantado por otro"] is False
    for sheet in SHEETS:
        assert len(rows(book, sheet)) > 0


def test_of_telephones_the_department_that_exports_sees_the_last_digits() -> None:
    hotel = lived()
    LineSettings.objects.filter(account=hotel).update(
        transport="modem", telephone="+34982102030", modem="Lugo", host="", port=None
    )

    told, _book, _names = exported(hotel)

    assert [each["telephone"] for each in told["line_settings"]] == ["··· 030"]
    texts = [each for each in told["messages"] if each["channel"] == "sms"]
    assert {each["address"] for each in texts} == {"··· 001"}
    assert all("@" in each["address"] for each in told["messages"] if each not in texts)


def test_a_text_that_looks_like_a_formula_or_a_link_stays_a_text() -> None:
    hotel = lived()
    for text in HOSTILE:
        adjusting.adjust_credits(hotel, 1, reason=text, by=make.commercial(), at=OVER)

    _told, book, _names = exported(hotel)

    adjusted = [row["Motivo"] for row in rows(book, "Acuerdos") if row["Clase"] == "adjustment"]
    assert adjusted == ["=2+3, cortesía", *(text.strip() for text in HOSTILE)]


def test_a_text_longer_than_a_cell_is_cut_in_the_workbook_alone() -> None:
    hotel = lived()
    reminder = Message.objects.get(template="reminder")
    reminder.context["words"] = "😀" * 20_000
    reminder.save(update_fields=["context"])

    told, book, _names = exported(hotel)

    (message,) = (each for each in told["messages"] if each["template"] == "reminder")
    (cell,) = (row for row in rows(book, "Mensajes") if row["Mensaje"] == "reminder")
    assert message["context"]["words"] == "😀" * 20_000
    assert cell["Qué dice"].endswith("😀")
    assert len(cell["Qué dice"].encode("utf-16-le")) // 2 in {32_766, 32_767}


def test_an_account_without_anything_still_has_every_sheet() -> None:
    told, book, _names = exported(make.account("Nave", starts_on=date(2025, 2, 28)))

    assert told["orders"] == []
    assert book.sheet_names == SHEETS
    headings, *lines = book.get_sheet_by_name("Solicitudes").to_python()
    assert (headings[0], lines) == ("Número", [])


def test_every_column_of_the_export_has_its_words() -> None:
    common = set()
    for subject in contents.SUBJECTS:
        assert all(subject.heading(column) for column in subject.columns), subject.name
        assert set(subject.headings) <= set(subject.columns), subject.name
        common |= set(subject.columns) - set(subject.headings)

    assert common == set(HEADINGS)
    assert len({subject.name for subject in contents.SUBJECTS}) == len(contents.SUBJECTS)


def test_every_table_of_an_account_is_exported_but_those_that_hold_nothing_else() -> None:
    exported = {subject.table for subject in contents.SUBJECTS}
    purged = {each.table for each in contents.BELONGINGS}

    assert purged - exported == {
        "accounts_currentholding",
        "accounts_smswallet",
        "alerts_alertheld",
        "downloads_download",
        "downloads_downloadpart",
        "purging_export",
        *("readings_day", "readings_monthtotals", "readings_state", "readings_touched"),
        *("readings_revision", "readings_registerreading", "readings_registerfinding"),
        *("readings_pendingreading", "readings_rememberedoptions"),
    }
    assert exported - purged == {readings.SERIES}


def test_what_is_streamed_is_written_like_the_rest_and_digested_by_its_watermark() -> None:
    hotel = lived("Hotel Lugo 012")
    (history,) = [subject for subject in contents.SUBJECTS if subject.name == "history"]
    acts = list(contents.stream(hotel, history))
    before = contents.read(hotel)

    told, book, _names = exported(hotel)

    assert told["history"] == acts
    assert len(rows(book, "Historia")) == len(acts) > 5
    assert [row for subject, row in before if subject is history] == [
        {"rows": len(acts), "last": Act.objects.filter(account_id=hotel.pk).latest("id").pk}
    ]


def test_what_is_streamed_is_read_once_for_both_files() -> None:
    hotel = lived()

    with CaptureQueriesContext(connection) as said:
        exported(hotel)

    assert len([each for each in said if "history_act" in each["sql"]]) == 2


def test_a_subject_too_long_for_a_sheet_goes_on_on_a_further_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(workbook, "MOST_LINES", 9)

    _told, book, _names = exported(lived())

    sheets = [name for name in book.sheet_names if name.startswith("Historia")]
    assert sheets == ["Historia", "Historia 2", "Historia 3", "Historia 4"]
    assert [len(rows(book, name)) for name in sheets] == [8, 8, 8, 7]
    assert rows(book, "Historia 4")[-1]["Qué pasó"] == "account.leaving"


def test_what_is_streamed_is_never_whole_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "AT_A_TIME", 50)
    hotel = make.account(starts_on=date(2025, 2, 28))
    exporting.export(hotel, words=in_codes, by=make.commercial(), at=OVER).close()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO history_act (at, verb, rule, organisation_id, account_id, facts)"
            " SELECT now(), 'account.staying', 'long', organisation_id, id,"
            " jsonb_build_object('n', n, 'words', repeat('ñandú ', 400))"
            " FROM accounts_account, generate_series(1, 2000) AS n WHERE id = %s",
            [hotel.pk],
        )

    tracemalloc.start()
    exporting.export(hotel, words=in_codes, by=make.commercial(), at=OVER).close()
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 2_500_000


def test_an_act_that_is_added_is_a_change_of_the_account() -> None:
    hotel = lived()
    before = contents.digest(contents.read(hotel))

    record(
        "account.leaving",
        at=OVER,
        by=make.commercial(),
        organisation=hotel.organisation,
        account_id=hotel.pk,
    )

    assert contents.digest(contents.read(hotel)) != before


def test_secret_messages_and_those_of_other_accounts_are_not_in_it() -> None:
    hotel = lived("Hotel Lugo 012")
    lived("Hotel Soria", organisation=hotel.organisation)

    told, _book, _names = exported(hotel)

    secret = Message.objects.filter(secret=True)
    assert secret.count() == 2
    assert "invitation" not in {each["template"] for each in told["messages"]}
    assert "Soria" not in json.dumps(told)


def test_it_is_kept_who_took_it_and_when() -> None:
    hotel, elena = lived(), make.commercial("Elena Cid")

    exporting.export(hotel, words=in_codes, by=elena, at=OVER).close()

    kept = Export.objects.get(account=hotel)
    assert (kept.made_by, kept.made_at) == (elena, OVER)
    assert kept.digest == contents.digest(contents.read(hotel))


def test_a_message_that_leaves_is_no_change_of_the_account() -> None:
    hotel = lived()
    before = contents.digest(contents.read(hotel))

    Message.objects.update(state=Message.State.SENT, settled_at=OVER)

    assert contents.digest(contents.read(hotel)) == before


def test_the_token_of_a_source_is_told_without_its_hash_and_its_use_is_no_change() -> None:
    hotel = lived()
    before = contents.digest(contents.read(hotel))

    SourceToken.objects.update(last_seen_at=OVER)

    told, book, _names = exported(hotel)
    (token,) = told["source_tokens"]  # type: ignore[misc]
    assert (token["source"], token["last_seen_at"]) == ("Pasarela", "2026-11-24T11:00:00+00:00")
    assert SourceToken.objects.get().digest not in json.dumps(told)
    assert rows(book, "Claves de las fuentes")[0]["Fuente de datos"] == "Pasarela"
    assert contents.digest(contents.read(hotel)) == before


def test_what_an_account_has_is_found_by_indexes_however_much_others_have() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {contents.EVERYTHING}", {"account": 1})
        plan = [line for (line,) in cursor.fetchall()]

    for index in (
        "acts_of_an_account",
        "acts_on_an_order",
        "invitations_to_an_account",
        "messages_of_an_account",
        "messages_on_an_order",
    ):
        assert any(index in line for line in plan), index
    assert [line for line in plan if "Seq Scan" in line] == []


def test_reading_takes_one_statement(django_assert_num_queries: object) -> None:
    hotel = lived()

    with django_assert_num_queries(1):  # type: ignore[operator]
        contents.read(hotel)


@pytest.mark.django_db(transaction=True)
def test_what_is_read_is_of_one_moment() -> None:
    hotel = lived()
    elena = make.commercial()
    start = Barrier(2)

    def adjust() -> list[tuple[int, int]]:
        start.wait(timeout=30)
        for _time in range(30):
            adjusting.adjust_credits(hotel, 1, reason="Más", by=elena, at=OVER)
        return []

    def look() -> list[tuple[int, int]]:
        start.wait(timeout=30)
        seen = []
        for _time in range(60):
            read = contents.read(Account(pk=hotel.pk))
            credits = [
                row["credits"] for subject, row in read if subject.name == "sms_transactions"
            ]
            seen.append((read[0][1]["sms_credits"], sum(credits)))
        return seen

    done, refused = together([adjust, look])

    assert refused == []
    assert [pair for pair in done[1] if pair[0] != pair[1]] == []
    assert len({pair[0] for pair in done[1]}) > 1
