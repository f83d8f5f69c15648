"""The rows of the dashboard about what leaves on chains, and about who signs it."""

from typing import Final

from tools.dashboard_panels import Panel, now, quantiles, rate, since

CUSTODY_ROWS: Final[tuple[tuple[str, tuple[Panel, ...]], ...]] = (
    (
        "Withdrawals",
        (
            Panel("Jobs are done here", "none", ((now("rialto_jobs_here"), "{{instance}}"),)),
            Panel("Pending", "none", ((now("rialto_withdrawals_pending"), "{{state}}"),)),
            Panel("Oldest pending", "s", ((now("rialto_withdrawals_oldest_pending_seconds"), "{{state}}"),)),
            Panel("Payouts", "cps", ((rate("rialto_payouts_total", "network, what"), "{{network}} {{what}}"),)),
            Panel(
                "Payouts under way",
                "none",
                (
                    (now("rialto_payouts_under_way"), "{{network}}"),
                    (now("rialto_payouts_stuck"), "{{network}} stuck"),
                    (now("rialto_payouts_failures"), "{{network}} rounds failed"),
                    (now("rialto_withdrawals_short"), "{{network}} waiting for a refill"),
                    (now("rialto_withdrawals_held_back"), "{{network}} waiting for the signer's limits"),
                ),
            ),
            Panel(
                "Refused by the signer",
                "cps",
                ((rate("rialto_withdrawals_refused_by_signer_total", "network, refusal"), "{{network}} {{refusal}}"),),
            ),
            Panel("Limits leave room in", "s", ((now("rialto_withdrawals_held_back_seconds"), "{{network}}"),)),
        ),
    ),
    (
        "Signer",
        (
            Panel(
                "Answers",
                "none",
                (
                    (now("rialto_signer_up"), "up"),
                    (now("rialto_signer_put_back"), "record put back"),
                    (now("rialto_signer_entries"), "entries"),
                ),
            ),
            Panel(
                "Signed and refused",
                "cps",
                (
                    (rate("rialto_signer_signed_total", "purpose"), "{{purpose}}"),
                    (rate("rialto_signer_refused_total", "refusal"), "refused: {{refusal}}"),
                ),
            ),
            Panel(
                "Limits used",
                "percent",
                ((now("rialto_signer_limit_used_percent"), "{{network}} {{asset}} {{limit}}"),),
            ),
            Panel("Takes", "s", quantiles("rialto_signer_answer_seconds")),
            Panel("Last seen", "s", ((since("rialto_signer_seen_timestamp_seconds"), ""),)),
            Panel("Refills open", "none", ((now("rialto_refills_open"), "{{network}} {{state}}"),)),
        ),
    ),
)
