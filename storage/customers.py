"""Customers: who they are, as they told us."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, delete, exists, insert, select, update

from storage import lanes
from storage.database import Store
from storage.prepared import Prepared, fields, prepare
from storage.profile import PROFILE
from storage.tables.desk import chat, customer


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer's profile; empty strings where it is not known."""

    id: int
    company: str
    contact: str
    title: str
    phone: str
    email: str
    industry: str
    created_at: datetime
    updated_at: datetime

    @property
    def profile(self) -> dict[str, str]:
        """What is known, by field."""
        return {key: value for key in PROFILE if (value := getattr(self, key))}


_HIM = customer.c.id == bindparam("him")
_GET = prepare(select(*fields(customer, Customer)).where(_HIM), Customer)
_ADD = prepare(
    insert(customer).returning(*fields(customer, Customer)), Customer, columns=[*PROFILE, "created_at", "updated_at"]
)

_BY_PHONE = prepare(
    select(*fields(customer, Customer)).where(customer.c.phone == bindparam("its")).order_by(customer.c.id), Customer
)
_BROUGHT = prepare(
    select(*fields(customer, Customer))
    .where(
        customer.c.phone == bindparam("its"),
        # Where nobody was seen in a chat, a key stands for one: handlers/messages.py.
        exists().where(chat.c.customer_id == customer.c.id, chat.c.key >= "proxy:", chat.c.key < "proxy;"),
    )
    .order_by(customer.c.id),
    Customer,
)
_DROP = prepare(delete(customer).where(_HIM))


@cache
def _change(columns: tuple[str, ...]) -> Prepared[Any]:
    return prepare(update(customer).where(_HIM), columns=columns)


def get(store: Store, customer_id: int) -> Customer:
    """Return one customer; raises NoResultFound if there is none."""
    return store.execute(_GET, {"him": customer_id}).one()


def add(store: Store, profile: dict[str, str], now: datetime) -> Customer:
    """Keep a new customer."""
    values = {key: profile.get(key, "") for key in PROFILE} | {"created_at": now, "updated_at": now}
    return store.execute(_ADD, values).one()


def learn(store: Store, known: Customer, profile: dict[str, str], now: datetime) -> None:
    """Keep what a customer said of himself later; what he did not say stays."""
    news: dict[str, Any] = {
        key: value for key, value in profile.items() if key in PROFILE and value and value != getattr(known, key)
    }
    if news:
        news["updated_at"] = now
        store.execute(_change(tuple(news)), {"him": known.id, **news})


def claim_phones(store: Store, phones: Iterable[str]) -> None:
    """Lock these phones until the transaction ends: nobody else looks for or adds customers with them meanwhile."""
    lanes.lock(store, [("phone", phone) for phone in phones])


def by_phone(store: Store, phone: str) -> list[Customer]:
    """Return who gave this phone, the one known longest first."""
    return store.execute(_BY_PHONE, {"its": phone}).all()


def brought(store: Store, phone: str) -> list[Customer]:
    """Return the customers with this phone for whom others registered something before they were seen in a chat."""
    return store.execute(_BROUGHT, {"its": phone}).all()


def drop(store: Store, customer_id: int) -> None:
    """Forget a customer who has turned out to be another; his chats and requests must have been moved before."""
    store.execute(_DROP, {"him": customer_id})
