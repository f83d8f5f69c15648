"""The declarations of every call about privacy, without the parts that serve them."""

from rialto.gateway.privacy.closing_calls import CLOSING_ENDPOINTS
from rialto.gateway.privacy.consent_calls import CONSENT_ENDPOINTS
from rialto.gateway.privacy.export_calls import EXPORT_ENDPOINTS
from rialto.gateway.privacy.retention_calls import RETENTION_ENDPOINTS

PRIVACY_ENDPOINTS = (*CONSENT_ENDPOINTS, *EXPORT_ENDPOINTS, *CLOSING_ENDPOINTS, *RETENTION_ENDPOINTS)
