"""Chains: one package a family of chains, all behind the interface in `adapter`."""
