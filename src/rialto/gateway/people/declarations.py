"""The declarations of every call about people's accounts, without the parts that serve them."""

from rialto.gateway.people.login_calls import LOGIN_ENDPOINTS
from rialto.gateway.people.page_calls import PAGE_ENDPOINTS
from rialto.gateway.people.passkey_calls import PASSKEY_ENDPOINTS
from rialto.gateway.people.record_calls import RECORD_ENDPOINTS
from rialto.gateway.people.security_calls import SECURITY_ENDPOINTS
from rialto.gateway.people.session_calls import SESSION_ENDPOINTS
from rialto.gateway.people.sign_up_calls import SIGN_UP_ENDPOINTS

PEOPLE_ENDPOINTS = (
    *SIGN_UP_ENDPOINTS,
    *LOGIN_ENDPOINTS,
    *PASSKEY_ENDPOINTS,
    *SESSION_ENDPOINTS,
    *SECURITY_ENDPOINTS,
    *RECORD_ENDPOINTS,
    *PAGE_ENDPOINTS,
)
