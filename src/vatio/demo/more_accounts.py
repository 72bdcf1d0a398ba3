"""The rest of the demo's accounts, one a line, so that its lists are of a realistic length."""

from vatio.demo.portfolio import SampleAccount

NORTE_MORE = """
Hotel Puerta del Faro 016|Faro Atlántico Hoteles, S.L.|B15524457|hotels|Básica Mtr|96|3|meters=8,supply_points=3|220
Camping Praia Grande 018|Camping Praia Grande, S.L.|B15297724|hotels|Starter DP|131|1|data_points=40|60
Mercado de Abastos de Noia 020|Concello de Noia|P1561750I|commerce|Básica Mtr|47|2|meters=14,supply_points=6|90
Centro Comercial As Burgas 023|Inmuebles As Burgas, S.A.|A15953193|commerce|Avanzada Mtr|212|3|meters=35,supply_points=10,rtc_lines=4|800
Fábrica de Conservas Rías 024|Conservas Rías do Sur, S.A.|A15163280|industry|Professional DP|165|2|data_points=300,rtc_lines=1|400
Astilleros Barreras Norte 025|Astilleros del Norte, S.L.|B15194947|industry|Enterprise DP|301|2|data_points=500|900
Quesería Terra Chá 027|Lácteos Terra Chá, S.C.G.|F15802390|industry|Básica Mtr|19|1|meters=2|15
Colegio Santa Apolonia 029|Fundación Santa Apolonia|G15223373|education|Básica Mtr|238|4|meters=6,supply_points=1|40
Facultad de Ciencias Anexo 031|Fundación Campus Atlántico|G15579311|education|Professional DP|77|1|data_points=120|70
Biblioteca Municipal de Lalín 032|Concello de Lalín|P1586387A|administration|Básica Mtr|189|2||20
Pazo de Congresos 034|Congresos de Galicia, S.A.|A15176027|administration|Avanzada Mtr|143|2|meters=12,rtc_lines=1|310
Hospital Comarcal Val Miñor 035|Fundación Val Miñor Salud|G15765100|health|Enterprise DP|265|3|data_points=1500,rtc_lines=3|1200
Centro de Día As Camelias 036|Mayores As Camelias, S.L.|B15381403|health|Básica Mtr|-2|2|meters=3|25
Clínica Dental Rosaleda 037|Rosaleda Salud, S.L.P.|B15149149|health|Starter DP|58|1||10
Nave Frigorífica O Ceao 038|Frío Industrial O Ceao, S.L.|B15212657|logistics|Avanzada Mtr|222|2|meters=9,rtc_lines=2|260
Plataforma Logística Sil 040|Logística del Sil, S.A.|A15668387|logistics|Professional DP|341|1|data_points=250|350
Terminal de Contenedores 041|Puertos Interiores, S.A.|A15648108|logistics|Avanzada Mtr|-12|3|meters=20,supply_points=4|140
Edificio Cantón 21 044|Oficinas Cantón, S.L.|B15191562|offices|Básica Mtr|112|2|meters=10,supply_points=4|75
Torre de Control Vigo 045|Parque Tecnológico Vigo, S.A.|A15415441|offices|Starter DP|25|2|data_points=30|30
Polideportivo de Sarria 046|Concello de Sarria|P1521889D|sport|Básica Mtr|176|1|meters=4|35
Pista de Hielo Central 047|Hielo Deporte, S.L.|B15822265|sport|Professional DP|248|2|rtc_lines=1|180
Bodegas Ribeira Sacra 048|Viñedos Ribeira Sacra, S.L.|B15656424|agriculture|Starter DP|88|3|data_points=20|45
Invernaderos Costa Verde 049|Flor de Costa Verde, S.C.G.|F15177470|agriculture|Professional DP|12|1|data_points=100|65
Granja Solar A Limia 050|Energía A Limia, S.L.|B15841158|agriculture|Básica Mtr|-70|2|meters=5|0
Viviendas Novo Mesoiro 051|Cooperativa Novo Mesoiro|F15262264|housing|Avanzada Mtr|198|2|meters=40,supply_points=15|520
Residencia Universitaria 052|Campus Vivo, S.L.|B15392608|housing|Básica Mtr|314|1|meters=22,supply_points=6|160
"""

SUR_MORE = """
Hotel Playa de Mogán 020|Mogán Resorts, S.A.|A35926575|hotels|Avanzada Mtr|153|2|meters=18,rtc_lines=2|640
Desaladora Norte 021|Aguas de Fuerteventura, S.A.|A35922384|industry|Enterprise DP|206|3|data_points=800|700
Mercado de Vegueta 022|Mercados Canarios, S.L.|B35864149|commerce|Básica Mtr|38|2|meters=7,supply_points=3|50
Plataneras de La Orotava 023|Plataneras La Orotava, S.C.L.|F35181080|agriculture|Starter DP|121|1||25
Aparthotel Corralejo 024|Corralejo Estancias, S.L.|B35856426|hotels|Professional DP|-1|2|data_points=60|110
IES Tamaraceite 025|Fundación Educa Canarias|G35867480|education|Básica Mtr|281|2|meters=2|20
Centro de Salud Arrecife 026|Servicios Sanitarios Lanzarote|G35619931|health|Avanzada Mtr|67|1|meters=6|130
Almacén Puerto de la Luz 027|Logística Puerto de la Luz, S.L.|B35164995|logistics|Básica Mtr|-21|3|meters=5|80
Oficinas Triana 40 028|Triana Gestión, S.L.|B35389774|offices|Básica Mtr|234|1||15
"""


def projects(lines: str, time_zone: str) -> list[SampleAccount]:
    """Read an account a line: name, client, NIF, sector, licence, days left, years, extras, SMS."""
    accounts = []
    for line in lines.split("\n"):
        if not line:
            continue
        name, client, nif, sector, licence, ends_in, years, extra, sms = line.split("|")
        pairs = (pair.split("=") for pair in extra.split(",") if pair)
        accounts.append(
            SampleAccount(
                name=name,
                client=client,
                nif=nif,
                sector=sector,
                licence=licence,
                ends_in=int(ends_in),
                years=int(years),
                extra={unit: int(number) for unit, number in pairs},
                sms=int(sms),
                time_zone=time_zone,
            )
        )
    return accounts
