"""Refills: how much should be hot, proposed, agreed to by operators, and moved between the tiers.

proposing ─▶ Record: proposed ─▶ (two operators) approved ─▶ payout: built ─▶ exported ─▶ keepers sign, offline
                                                             └──────▶ brought back ─▶ signed ─▶ broadcast ─▶ ended
"""
