"""Which metrics a process serves, and those that only some do."""

import httpx
from prometheus_client.parser import text_string_to_metric_families

IN_A_CLUSTER = {
    "rialto_cluster_active",
    "rialto_cluster_checkpoint_agreed",
    "rialto_cluster_checkpoint_sequence",
    "rialto_cluster_epoch",
    "rialto_cluster_log_age_seconds",
    "rialto_cluster_log_lag_commands",
    "rialto_cluster_log_sequence",
}
"""What only core replicas tell: tests/cluster looks for it."""

WITH_NETWORKS = {
    "rialto_chain_blocks_behind",
    "rialto_chain_failures",
    "rialto_chain_fork_depth_max",
    "rialto_chain_forks_total",
    "rialto_chain_lost",
    "rialto_custody_unreconciled",
    "rialto_deposits_total",
    "rialto_payouts_failures",
    "rialto_payouts_stuck",
    "rialto_payouts_total",
    "rialto_payouts_under_way",
    "rialto_refills_open",
    "rialto_signer_answer_seconds",
    "rialto_signer_entries",
    "rialto_signer_limit_used_percent",
    "rialto_signer_put_back",
    "rialto_signer_refused_total",
    "rialto_signer_seen_timestamp_seconds",
    "rialto_signer_signed_total",
    "rialto_signer_up",
    "rialto_withdrawals_refused_by_signer_total",
    "rialto_withdrawals_held_back",
    "rialto_withdrawals_held_back_seconds",
    "rialto_withdrawals_short",
}
"""What is told of each network that is configured; of payouts, refills and the signer, where there is one."""

WITH_BANKS = {"rialto_bank_unreconciled"}
"""What is told of each bank that is configured."""


def served(url: str) -> set[str]:
    text = httpx.get(f"{url}/metrics", trust_env=False).text
    return {
        f"{family.name}_total" if family.type == "counter" else family.name
        for family in text_string_to_metric_families(text)
        if family.samples
    }
