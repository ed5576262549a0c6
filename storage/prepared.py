"""Prepared statements: built once with SQLAlchemy's expressions, then run on the driver itself.

SQLAlchemy's way to the driver costs more than SQLite's work (measured for one row by its key: 27 µs, without it 3 µs);
what runs in every turn goes past it. Its expressions, types and errors stay.
"""

import dataclasses
from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar, cast, overload

import msgspec
from sqlalchemy import ColumnElement, Executable, Float, Table, bindparam
from sqlalchemy import Dialect as Driver
from sqlalchemy.exc import NoResultFound
from sqlalchemy.sql.compiler import SQLCompiler

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Dialect = Literal["sqlite", "postgresql"]
Values = Mapping[str, Any]
Convert = Callable[[Any], Any]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Text:
    """A statement as one driver takes it: its words, where its parameters come from, what its rows become."""

    sql: str
    binds: tuple[tuple[str, Convert | None], ...]
    """The parameters in order, and what makes of each what the driver stores."""
    fixed: dict[str, Any]
    """Parameters whose value is part of the statement."""
    positional: bool
    make: Callable[[Sequence[Any]], Any] | None
    """Makes of what the driver read what the caller gets; None if the statement returns no rows."""

    def parameters(self, values: Values) -> Any:
        """Arrange values as the driver takes them. Raises KeyError if one is missing."""
        found = {**self.fixed, **values} if self.fixed else values
        if self.positional:
            return [found[name] if convert is None else convert(found[name]) for name, convert in self.binds]
        return {name: found[name] if convert is None else convert(found[name]) for name, convert in self.binds}


@dataclass(frozen=True, slots=True, eq=False)
class Prepared(Generic[T]):
    """A statement whose rows become T; it is compiled when a database first runs it."""

    statements: Mapping[Dialect, Executable]
    columns: tuple[str, ...] | None
    into: Callable[..., T] | None
    texts: dict[str, Text] = field(default_factory=dict)

    def text(self, driver: Driver) -> Text:
        """Return the statement as this driver takes it."""
        found = self.texts.get(driver.name)
        if found is None:
            found = self.texts[driver.name] = _compile(self, driver)
        return found


Statements = Executable | Mapping[Dialect, Executable]


@overload
def prepare(statement: Statements, into: None = None, columns: Iterable[str] | None = None) -> Prepared[Any]: ...
@overload
def prepare(statement: Statements, into: Callable[..., T], columns: Iterable[str] | None = None) -> Prepared[T]: ...
def prepare(
    statement: Statements, into: Callable[..., Any] | None = None, columns: Iterable[str] | None = None
) -> Prepared[Any]:
    """Prepare a statement, or one for each database, to run often.

    `into` is called with the columns of each row; without it rows are named tuples. `columns` are those an INSERT or
    UPDATE sets by parameters of the same names. A list of unknown length (an expanding IN) cannot be prepared, and of
    a text() without columns() no rows are read.
    """
    one = {} if isinstance(statement, Mapping) else {"sqlite": statement, "postgresql": statement}
    statements = cast("Mapping[Dialect, Executable]", one or statement)
    return Prepared(statements, None if columns is None else tuple(columns), into)


def fields(table: Table, kind: "type[DataclassInstance | msgspec.Struct]") -> list[ColumnElement[Any]]:
    """Return the columns of a table in the order of the fields of a dataclass or struct, as `into` takes them.

    A struct is made ten times as fast as a frozen dataclass: worth it for what every turn reads.
    """
    if issubclass(kind, msgspec.Struct):
        return [table.c[name] for name in kind.__struct_fields__ if name in table.c]
    return [table.c[one.name] for one in dataclasses.fields(kind) if one.name in table.c]


def one_of(column: ColumnElement[Any], count: int) -> ColumnElement[bool]:
    """Compare a column with a list of that many values, which `numbered` names."""
    return column.in_([bindparam(f"value_{place}", type_=column.type) for place in range(count)])


def numbered(values: Sequence[Any]) -> dict[str, Any]:
    """Return the parameters of `one_of`."""
    return {f"value_{place}": value for place, value in enumerate(values)}


class Rows(Generic[T]):
    """What a prepared statement returned, all of it read already."""

    __slots__ = ("_rows", "rowcount")

    def __init__(self, rows: list[T], rowcount: int) -> None:
        self._rows = rows
        self.rowcount = rowcount

    def __iter__(self) -> Iterator[T]:
        return iter(self._rows)

    def all(self) -> list[T]:
        """Return every row."""
        return self._rows

    def first(self) -> T | None:
        """Return the first row, if there is any."""
        return self._rows[0] if self._rows else None

    def one(self) -> T:
        """Return the first row; raises NoResultFound if there is none."""
        if not self._rows:
            raise NoResultFound("No row was found when one was required")
        return self._rows[0]

    def scalars(self) -> list[Any]:
        """Return the first column of every row."""
        return [cast("Any", row)[0] for row in self._rows]

    def scalar(self) -> Any:
        """Return the first column of the first row, None if there is none."""
        return cast("Any", self._rows[0])[0] if self._rows else None

    def scalar_one(self) -> Any:
        """Return the first column of the first row; raises NoResultFound if there is none."""
        return cast("Any", self.one())[0]


def _compile(prepared: Prepared[Any], driver: Driver) -> Text:
    statement: Any = prepared.statements[cast("Dialect", driver.name)]
    compiled: SQLCompiler = statement.compile(dialect=driver, column_keys=prepared.columns)
    known = {name: bind for bind, name in compiled.bind_names.items()}
    names = list(compiled.positiontup or ()) if compiled.positional else list(known)
    binds = tuple((name, known[name].type.dialect_impl(driver).bind_processor(driver)) for name in names)
    fixed = {name: bind.value for name, bind in known.items() if not bind.required}
    # What SQLAlchemy would fill in while it runs an INSERT that leaves columns out.
    defaults = {column.key: cast("Any", column.default).arg for column in compiled.insert_prefetch}
    made = _maker(getattr(statement, "exported_columns", {}), prepared.into, driver)
    return Text(str(compiled), binds, fixed | defaults, positional=compiled.positional, make=made)


def _maker(columns: Mapping[str, Any], into: Convert | None, driver: Driver) -> Convert | None:
    """Build what makes a row: the columns that need it converted, then all of them put together."""
    if not columns:
        return None
    make: Callable[..., Any] = into or namedtuple("Row", columns.keys(), rename=True)  # noqa: PYI024 - known at run time
    kinds = [column.type.dialect_impl(driver) for column in columns.values()]
    # Numbers with a point come as such; their processors ask for the driver's own codes of types.
    asked = [(place, kind) for place, kind in enumerate(kinds) if not isinstance(kind, Float)]
    readers = tuple((place, reader) for place, kind in asked if (reader := kind.result_processor(driver, None)))

    def read(row: Sequence[Any]) -> Any:
        values = list(row)
        for place, reader in readers:
            values[place] = reader(values[place])
        return make(*values)

    return read if readers else lambda row: make(*row)
