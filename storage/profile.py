"""A profile: what is known of a customer, by the names of its columns. Plain values for every layer."""

PROFILE = ("company", "contact", "title", "phone", "email", "industry")
