"""The classification of tables about people themselves: who they are, how they log in, what they said of themselves."""

from typing import Final

from rialto.identity.behaviour import BY_OPERATORS
from rialto.identity.privacy.declaration import (
    NO_ONE,
    Age,
    ByMail,
    ByOwner,
    Classified,
    Impersonal,
    Kept,
    Personal,
    Sealed,
    Through,
    Topic,
)

_WHO: Final = (
    Personal(
        "people",
        Topic.PROFILE,
        Kept.BOOKS,
        shown="owner email status country level parent withdrawals_locked_until_us lock_reason created_at_us "
        "anti_phishing_code",
        hidden="email_key frozen_by password_hash is_under_review endings",
        blank={
            "email": NO_ONE,
            "email_key": NO_ONE,
            "password_hash": None,
            "anti_phishing_code": None,
            "lock_reason": None,
            "country": None,
            "level": 0,
        },
    ),
    Personal("owners", Topic.PROFILE, Kept.BOOKS, shown="id name kind created_at_us", whose=ByOwner(("id",))),
    Personal("operators", Topic.PROFILE, Kept.ACCOUNT, shown="owner roles named_at_us"),
    Personal(
        "sub_accounts",
        Topic.SUB_ACCOUNTS,
        Kept.BOOKS,
        shown="owner parent kind investor remark created_at_us frozen_at_us futures_since_us options_since_us",
        whose=ByOwner(("owner", "parent", "investor")),
        blank={"remark": ""},
    ),
    Personal(
        "sub_account_key_changes",
        Topic.API_KEYS,
        Kept.BOOKS,
        shown="key changed_at_us",
        whose=Through("key", "api_keys", "key"),
    ),
    Personal("wallet_preferences", Topic.PROFILE, Kept.ACCOUNT, shown="owner interest_discount"),
    Personal("page_preferences", Topic.PROFILE, Kept.ACCOUNT, shown="owner chosen"),
    Personal("fast_withdrawals", Topic.PROFILE, Kept.ACCOUNT, shown="owner is_on"),
)

_LOGGING_IN: Final = (
    Personal(
        "sessions",
        Topic.SESSIONS,
        Kept.ACCOUNT,
        shown="id owner client address created_at_us seen_at_us rotated_at_us stepped_up_until_us",
        hidden="token_hash previous_hash device csrf",
        at="created_at_us",
        age=Age("seen_at_us", "device_days"),
    ),
    Personal(
        "devices",
        Topic.SESSIONS,
        Kept.ACCOUNT,
        shown="owner client address place first_seen_at_us last_seen_at_us",
        hidden="device",
        at="first_seen_at_us",
        age=Age("last_seen_at_us", "device_days"),
    ),
    Personal(
        "behaviour",
        Topic.ACTIVITY,
        Kept.LOG,
        shown="number at_us owner actor action address client result detail erased",
        hidden="salt digest chain",
        at="at_us",
        # It may tell of suspicions and of other people.
        never_shown=("action", BY_OPERATORS),
    ),
    Personal(
        "authenticator_apps",
        Topic.FACTORS,
        Kept.ACCOUNT,
        shown="owner created_at_us confirmed_at_us",
        hidden="sealed_secret last_step",
    ),
    Personal(
        "passkeys",
        Topic.FACTORS,
        Kept.ACCOUNT,
        shown="id owner label is_backed_up created_at_us used_at_us",
        hidden="credential user_handle public_key sign_count",
    ),
    Personal("recovery_codes", Topic.FACTORS, Kept.ACCOUNT, shown="owner used_at_us", hidden="digest"),
    Personal(
        "factor_challenges",
        Topic.FACTORS,
        Kept.ACCOUNT,
        shown="",
        hidden="id owner purpose challenge user_handle expires_at_us",
        age=Age("expires_at_us"),
    ),
    Personal("factor_attempts", Topic.FACTORS, Kept.ACCOUNT, shown="owner failures blocked_until_us"),
    Personal(
        "email_proofs",
        Topic.MAIL,
        Kept.ACCOUNT,
        shown="",
        hidden="token_hash purpose email email_key owner code_hash attempts expires_at_us",
        whose=ByMail("email_key"),
        age=Age("expires_at_us"),
    ),
    Personal(
        "mail",
        Topic.MAIL,
        Kept.ACCOUNT,
        shown="id to_address template subject queued_at_us attempts state",
        # It may hold what opens an account.
        hidden="body next_attempt_at_us",
        whose=ByMail("to_address"),
        at="queued_at_us",
        age=Age("queued_at_us", "mail_days"),
    ),
    Personal(
        "api_keys",
        Topic.API_KEYS,
        Kept.BOOKS,
        shown="key owner label permissions demo created_at_us revoked_at_us type public_key addresses symbols "
        "expires_at_us permitted_at_us",
        hidden="sealed_secret revision",
        at="created_at_us",
        blank={"label": "", "sealed_secret": None, "public_key": None, "addresses": "", "symbols": ""},
    ),
    Personal(
        "api_key_uses",
        Topic.API_KEYS,
        Kept.ACCOUNT,
        shown="key used_at_us",
        whose=Through("key", "api_keys", "key"),
        at="used_at_us",
    ),
)

_VERIFICATION: Final = (
    Personal("verification_keys", Topic.VERIFICATION, Kept.LAW, shown="", hidden="owner sealed_key"),
    Personal(
        "verification_cases",
        Topic.VERIFICATION,
        Kept.LAW,
        shown="id owner level state reason submitted_at_us decided_at_us expires_at_us",
        hidden="taken_by agreed_by decided_by",
        sealed=Sealed("stated", "case {id}"),
        at="submitted_at_us",
    ),
    Personal(
        "verification_documents",
        Topic.VERIFICATION,
        Kept.LAW,
        shown="id owner case_id kind content_type size is_whole expires_at_us begun_at_us",
        at="begun_at_us",
    ),
    # Exports put the pieces together to the documents they are, in files of their own.
    Personal(
        "verification_pieces",
        Topic.VERIFICATION,
        Kept.LAW,
        shown="",
        hidden="document number sealed",
        whose=Through("document", "verification_documents", "id"),
    ),
    Personal(
        "verification_funds",
        Topic.VERIFICATION,
        Kept.LAW,
        shown="owner given_at_us",
        sealed=Sealed("sealed", "source of funds"),
        at="given_at_us",
    ),
    Personal(
        "verification_checks",
        Topic.VERIFICATION,
        Kept.LAW,
        shown="case_id state begun_at_us",
        hidden="reference check_id link failures next_at_us",
        whose=Through("case_id", "verification_cases", "id"),
        at="begun_at_us",
    ),
    # That someone was taken for somebody on a list is not for them to be told.
    Personal(
        "screening_cases",
        Topic.VERIFICATION,
        Kept.LAW,
        shown="",
        hidden="id owner source record subject entry name reference score why state reason proposed_by decided_by "
        "opened_at_us decided_at_us",
    ),
    Impersonal("screening_progress", "source version reached is_done noted_at_us", "counters"),
    Impersonal("verification_messages", "id received_at_us", "numbers of messages"),
)

_PRIVACY: Final = (
    Personal(
        "consents",
        Topic.CONSENTS,
        Kept.LAW,
        shown="id owner document version is_given address client at_us",
        at="at_us",
    ),
    Personal(
        "privacy_exports",
        Topic.PRIVACY,
        Kept.BOOKS,
        shown="id owner state size asked_at_us ready_at_us expires_at_us",
        hidden="request topics from_us until_us place sealed_key digest",
        at="asked_at_us",
    ),
    Personal(
        "closings",
        Topic.PRIVACY,
        Kept.BOOKS,
        shown="id owner state asked_at_us due_at_us ended_at_us",
        hidden="destroy_at_us",
        at="asked_at_us",
    ),
    # Nothing of these is shown: nobody may learn of them by asking for a copy.
    Personal(
        "legal_holds",
        Topic.PRIVACY,
        Kept.BOOKS,
        shown="",
        hidden="id owner set_by lifted_by reference set_at_us lifted_at_us",
    ),
)

_NOT_OF_PEOPLE: Final = (
    Impersonal(
        "lawful_requests",
        "id authority reference legal_basis owners topics from_us until_us registered_by approved_by approved_at_us",
        "what authorities asked for, by the numbers of accounts: the exchange's own record",
    ),
    Impersonal("api_keys_revision", "number", "a counter"),
    Impersonal("behaviour_head", "id number chain pruned pruned_chain", "where the log begins and ends"),
    Impersonal(
        "operator_actions",
        "id action parameters shown proposer approver status result agreement worth_units proposed_at_us expires_at_us "
        "ended_at_us",
        "what operators did, by the numbers of accounts: the exchange's own record",
    ),
)

PEOPLE: Final[tuple[Classified, ...]] = (*_WHO, *_LOGGING_IN, *_VERIFICATION, *_PRIVACY, *_NOT_OF_PEOPLE)
