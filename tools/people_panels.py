"""The rows of the dashboard about people: what they do about their accounts, their mail, and who is to be verified."""

from typing import Final

from tools.dashboard_panels import Panel, now, rate

PEOPLE_ROWS: Final[tuple[tuple[str, tuple[Panel, ...]], ...]] = (
    (
        "People",
        (
            Panel(
                "Sign-ups, logins and changes",
                "cps",
                ((rate("rialto_people_acts_total", "act, result"), "{{act}} {{result}}"),),
            ),
            Panel("Mail", "none", ((now("rialto_mails"), "{{state}}"),)),
            Panel("Cases of verification", "none", ((now("rialto_verification_cases"), "{{state}}"),)),
            Panel("Oldest case", "s", ((now("rialto_verification_oldest_case_seconds"), "{{instance}}"),)),
        ),
    ),
)
