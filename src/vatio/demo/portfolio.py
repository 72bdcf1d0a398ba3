"""The accounts of the demo's organisations, in every state, with days counted from today."""

from dataclasses import dataclass, field

LICENCES = [
    ("Básica Mtr", "MTR", (10, 5, None, 0), "Para edificios con pocos puntos de medida."),
    ("Avanzada Mtr", "MTR", (50, 25, None, 2), "Para carteras y edificios grandes."),
    ("Starter DP", "DP", (None, None, 250, 0), "Para equipos con muchas variables."),
    ("Professional DP", "DP", (None, None, 1000, 2), "Para instalaciones que crecen."),
    ("Enterprise DP", "DP", (None, None, 5000, 10), "Para quien lo mide todo."),
]


@dataclass(frozen=True)
class Growth:
    """An expansion of an account: how many days ago it was submitted, what it adds, and why.

    `question` is what the commercial department asked about the expansion.
    """

    days_ago: int
    added: dict[str, int]
    sms: int = 0
    comments: str = ""
    question: str = ""


@dataclass(frozen=True)
class SampleAccount:
    """One account of the demo: its client, its licence and extras, its terms and its orders.

    `ends_in` is the number of days from today to the end of its last term, negative if that
    is past; `years` is how many terms it has had, the first of `months`, the others of a
    year. `extra` comes on top of the licence's own quantities. `renewal_asked` is how many
    days ago a renewal was submitted that is still pending.
    """

    name: str
    client: str
    nif: str
    sector: str
    licence: str
    ends_in: int = 200
    years: int = 1
    extra: dict[str, int] = field(default_factory=dict)
    sms: int = 0
    months: int = 12
    time_zone: str = "Europe/Madrid"
    renewed: bool = False
    renewal_asked: int | None = None
    renewal_rejected: str = ""
    grew: tuple[Growth, ...] = ()
    growth_asked: Growth | None = None
    upgrade_asked: str = ""
    comments: str = ""


@dataclass(frozen=True)
class SampleOrder:
    """An opening that never became an account: pending, rejected or withdrawn.

    `asked` is how many days ago the opening was submitted.
    """

    name: str
    client: str
    nif: str
    sector: str
    licence: str
    asked: int
    extra: dict[str, int] = field(default_factory=dict)
    sms: int = 0
    months: int = 12
    comments: str = ""
    rejected: str = ""
    withdrawn: bool = False


@dataclass(frozen=True)
class DemoOrganisation:
    """An organisation of the demo with its SuperAdministrators, its accounts and other openings."""

    name: str
    time_zone: str
    people: list[tuple[str, str]]
    accounts: list[SampleAccount]
    asked: list[SampleOrder]


NORTE = DemoOrganisation(
    name="Norte Eficiente",
    time_zone="Europe/Madrid",
    people=[
        ("nuria.vidal@norte.example", "Nuria Vidal"),
        ("iago.ferro@norte.example", "Iago Ferro"),
    ],
    accounts=[
        SampleAccount(
            "Hotel Ribadavia 021",
            "Termas do Avia, S.L.",
            "B32104572",
            "hotels",
            "Básica Mtr",
            ends_in=3,
            years=2,
            extra={"meters": 10, "supply_points": 3, "rtc_lines": 2},
            sms=42,
        ),
        SampleAccount(
            "Supermercado Oroso 008",
            "Distribuciones Oroso, S.L.",
            "B15330723",
            "commerce",
            "Avanzada Mtr",
            ends_in=10,
            years=3,
            extra={"meters": 20, "supply_points": 5, "rtc_lines": 2},
            sms=310,
            renewal_asked=1,
        ),
        SampleAccount(
            "Colegio San Roque 017",
            "Fundación San Roque",
            "G36447894",
            "education",
            "Starter DP",
            ends_in=21,
            extra={"data_points": 50, "rtc_lines": 1},
        ),
        SampleAccount(
            "Ayuntamiento de Valdeluz 003",
            "Concello de Valdeluz",
            "P1503400B",
            "administration",
            "Básica Mtr",
            ends_in=28,
            years=4,
            extra={"meters": 35, "supply_points": 55, "rtc_lines": 8},
            sms=120,
        ),
        SampleAccount(
            "Residencia Monte Alto 030",
            "Mayores Monte Alto, S.L.",
            "B15880040",
            "health",
            "Professional DP",
            ends_in=55,
            years=2,
            sms=86,
        ),
        SampleAccount(
            "Frigoríficos Celeiro 011",
            "Pesca y Frío Celeiro, S.A.",
            "A27016443",
            "logistics",
            "Avanzada Mtr",
            ends_in=67,
            years=2,
            extra={"rtc_lines": 4},
            sms=540,
            growth_asked=Growth(
                7,
                {"meters": 20, "supply_points": 5},
                comments="En enero entra la cámara nueva del puerto: 18 cuadros y dos compresores.",
                question="¿Los dos compresores van en el mismo cuadro o en dos?",
            ),
        ),
        SampleAccount(
            "Oficinas Torre Sur 026",
            "Torre Sur Patrimonio, S.L.",
            "B36992741",
            "offices",
            "Starter DP",
            ends_in=79,
            extra={"rtc_lines": 1},
            sms=12,
            upgrade_asked="Professional DP",
        ),
        SampleAccount(
            "Piscina municipal de Teo 005",
            "Concello de Teo",
            "P1508300I",
            "sport",
            "Básica Mtr",
            ends_in=94,
            extra={"rtc_lines": 2},
            sms=50,
        ),
        SampleAccount(
            "Hotel Balneario Arenal 014",
            "Balnearios del Arenal, S.A.",
            "A36025716",
            "hotels",
            "Professional DP",
            ends_in=105,
            years=2,
            extra={"data_points": 250, "rtc_lines": 1},
            sms=205,
        ),
        SampleAccount(
            "Ayuntamiento de Samos 002",
            "Concello de Samos",
            "P2705500C",
            "administration",
            "Enterprise DP",
            ends_in=147,
            years=3,
            extra={"rtc_lines": 2},
            sms=1480,
        ),
        SampleAccount(
            "Hotel Lugo 012",
            "Grupo Muralla Hoteles, S.A.",
            "A27330018",
            "hotels",
            "Básica Mtr",
            ends_in=160,
            years=2,
            extra={"meters": 5, "supply_points": 3, "rtc_lines": 4},
            sms=80,
            grew=(
                Growth(150, {"meters": 3, "supply_points": 2}),
                Growth(60, {"meters": 2}, sms=100, comments="Para las alertas de la piscina."),
            ),
        ),
        SampleAccount(
            "Bodega Val de Rei 033",
            "Viñedos Val de Rei, S.C.",
            "J32446189",
            "industry",
            "Starter DP",
            ends_in=176,
            extra={"data_points": 50, "rtc_lines": 1},
            sms=25,
        ),
        SampleAccount(
            "Clínica Santa Comba 028",
            "Sanatorio Santa Comba, S.L.",
            "B15447782",
            "health",
            "Avanzada Mtr",
            ends_in=20,
            years=2,
            extra={"rtc_lines": 1},
            sms=96,
            renewed=True,
        ),
        SampleAccount(
            "Instituto Rosalía 022",
            "Consellería de Educación",
            "S1511001H",
            "education",
            "Básica Mtr",
            ends_in=230,
            extra={"meters": 5},
            sms=30,
        ),
        SampleAccount(
            "Gimnasio Fontán 009",
            "Deportes Fontán, S.L.",
            "B27551902",
            "sport",
            "Básica Mtr",
            ends_in=-1,
            years=2,
            extra={"rtc_lines": 1},
            sms=14,
        ),
        SampleAccount(
            "Supermercado Noia 006",
            "Distribuciones Oroso, S.L.",
            "B15330723",
            "commerce",
            "Avanzada Mtr",
            ends_in=-21,
            years=2,
            extra={"meters": 10},
            sms=220,
            renewal_asked=25,
        ),
        SampleAccount(
            "Colegio As Pontes 013",
            "Cooperativa As Pontes",
            "F15209448",
            "education",
            "Starter DP",
            ends_in=-27,
            renewal_rejected="La factura de 2025 está pendiente. Escríbanos cuando esté abonada.",
        ),
        SampleAccount(
            "Hotel Praia Nova 001",
            "Praia Nova Hostelería, S.A.",
            "A36114825",
            "hotels",
            "Professional DP",
            ends_in=-257,
            years=2,
            sms=71,
        ),
    ],
    asked=[
        SampleOrder(
            "Camping Playa Boa 040",
            "Turismo Playa Boa, S.L.",
            "B15884406",
            "hotels",
            "Básica Mtr",
            asked=4,
            extra={"meters": 2, "supply_points": 1, "rtc_lines": 1},
            sms=100,
            comments="El camping abre el 1 de abril: nos vendría bien tenerla en marcha antes.",
        ),
        SampleOrder(
            "Hoteles Brétema 039",
            "Brétema Explotaciones, S.L.",
            "B15990211",
            "hotels",
            "Avanzada Mtr",
            asked=12,
            extra={"meters": 10, "supply_points": 5},
            months=24,
            sms=500,
            comments="Cuatro hoteles en obras, los primeros abren en primavera.",
        ),
        SampleOrder(
            "Camping Playa Boa",
            "Turismo Playa Boa, S.L.",
            "B15884406",
            "hotels",
            "Starter DP",
            asked=34,
            months=6,
            withdrawn=True,
        ),
        SampleOrder(
            "Estación de bombeo Sar 041",
            "Augas do Sar, S.A.",
            "A15004716",
            "industry",
            "Starter DP",
            asked=40,
            extra={"data_points": 2750},
            rejected="Con Starter DP el máximo es 500 DP. Pida la licencia Professional DP.",
        ),
    ],
)

SUR = DemoOrganisation(
    name="Sur Energía Local",
    time_zone="Atlantic/Canary",
    people=[("lucia.herrera@sur.example", "Lucía Herrera")],
    accounts=[
        SampleAccount(
            "Ayuntamiento de Iznarrea 007",
            "Ayuntamiento de Iznarrea",
            "P1806200J",
            "administration",
            "Básica Mtr",
            ends_in=7,
            extra={"meters": 5},
            renewal_asked=5,
        ),
        SampleAccount(
            "Hotel Costa Teguise 010",
            "Teguise Turística, S.A.",
            "A35041235",
            "hotels",
            "Professional DP",
            ends_in=120,
            years=2,
            sms=300,
            time_zone="Atlantic/Canary",
        ),
        SampleAccount(
            "Piscina de Benalúa 006",
            "Ayuntamiento de Benalúa",
            "P1802500G",
            "sport",
            "Básica Mtr",
            ends_in=255,
            extra={"meters": 4},
        ),
        SampleAccount(
            "Residencia Las Palmas 015",
            "Mayores Canarias, S.L.",
            "B35778240",
            "health",
            "Avanzada Mtr",
            ends_in=310,
            extra={"rtc_lines": 3},
            time_zone="Atlantic/Canary",
        ),
        SampleAccount(
            "Colegio Marina Alta 019",
            "Fundación Marina Alta",
            "G03552718",
            "education",
            "Starter DP",
            ends_in=-3,
            years=1,
        ),
        SampleAccount(
            "Almazara Sierra Sur 004",
            "Aceites Sierra Sur, S.C.A.",
            "F23014582",
            "agriculture",
            "Básica Mtr",
            ends_in=44,
            months=6,
            sms=20,
        ),
    ],
    asked=[
        SampleOrder(
            "Cooperativa Olivar Alto 012",
            "Olivar Alto, S.C.A.",
            "F23336985",
            "agriculture",
            "Starter DP",
            asked=0,
            comments="Dos almazaras y la envasadora.",
        ),
    ],
)

ORGANISATIONS = [NORTE, SUR]

TO_COME = """
Nombre de la cuenta;Nombre del cliente;NIF;Sector;Licencia;Mtr;CUPS;Líneas RTC;SMS;Inicio;Fin
Polideportivo As Lagoas 042;Concello de Ourense;;Deporte;Básica Mtr;14;6;1;60;{starts_on};{ends_on}
"""
"""A spreadsheet to import, as CSV: one account that has yet to start."""
