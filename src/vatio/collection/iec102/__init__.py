"""The client of IEC 60870-5-102 as Spanish utility meters speak it; it knows no platform."""
