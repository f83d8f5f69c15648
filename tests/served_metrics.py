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


def served(url: str) -> set[str]:
    text = httpx.get(f"{url}/metrics", trust_env=False).text
    return {
        f"{family.name}_total" if family.type == "counter" else family.name
        for family in text_string_to_metric_families(text)
        if family.samples
    }
