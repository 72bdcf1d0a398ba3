"""Collection: utility meters that are called over their RTC lines, and what they answered."""
