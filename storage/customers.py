"""Customers: who they are, as they told us."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from storage.database import Store
from storage.tables.desk import customer

PROFILE = ("company", "contact", "title", "phone", "email", "industry")


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


def get(store: Store, customer_id: int) -> Customer:
    """Return one customer; raises NoResultFound if there is none."""
    return Customer(**store.execute(select(customer).where(customer.c.id == customer_id)).mappings().one())


def add(store: Store, profile: dict[str, str], now: datetime) -> Customer:
    """Keep a new customer."""
    values = {key: profile.get(key, "") for key in PROFILE} | {"created_at": now, "updated_at": now}
    row = store.execute(insert(customer).values(**values).returning(customer.c.id)).scalar_one()
    return get(store, row)


def learn(store: Store, known: Customer, profile: dict[str, str], now: datetime) -> None:
    """Keep what a customer said of himself later; what he did not say stays."""
    news = {key: value for key, value in profile.items() if key in PROFILE and value and value != getattr(known, key)}
    if news:
        store.execute(update(customer).where(customer.c.id == known.id).values(**news, updated_at=now))
