"""Tables of the search: documents of any kind, and the keys under which each is found."""

from sqlalchemy import BigInteger, Column, LargeBinary, String, Table

from storage.tables.types import metadata

# A text that can be searched for, by kind ("request") and the id of its row: the keys it stands under, so that they can
# be taken away without its words, and how they were made.
document = Table(
    "document",
    metadata,
    Column("kind", String(20), primary_key=True),
    Column("subject", BigInteger, primary_key=True, autoincrement=False),
    Column("made", String(20), nullable=False),
    Column("under", LargeBinary, nullable=False),
)

# One key of one document; keys of different kinds differ. Kept in the order they are read in: a key, newest first.
posting = Table(
    "posting",
    metadata,
    Column("key", BigInteger, primary_key=True, autoincrement=False),
    Column("subject", BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
