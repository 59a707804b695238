"""Prepared statements behave as SQLAlchemy's own on both databases: types, errors, NULL, shapes."""

import pytest
import sqlalchemy as sa

from rules.lifecycle import Stage
from rules.roles import Role
from storage.prepared import KEPT, Prepared
from storage.rows import add, add_if_absent, change, change_one, every, one, remove, table_of
from storage.tables import Counter, Flag, Notice, Person, RoleGrant, TestBuy

COUNTER, NOTICE = table_of(Counter).c, table_of(Notice).c


def kept(db):
    return db.engine.get_execution_options()[KEPT]


@pytest.fixture
def notices(database, now):
    with database.write() as tx:
        for number, role in enumerate([Role.ANALYST, Role.CLERK, None]):
            add(tx, Notice, key=f"k{number}", to_role=role, text="t", created_at=now)
    return database


def test_a_row_reads_as_sqlalchemy_reads_it(database, add_testbuy):
    with database.write() as tx:
        add_testbuy(tx, "TB-1")
        for table in (TestBuy, Flag):
            ours, theirs = one(tx, table), tx.execute(sa.select(table_of(table))).one()
            assert ours == theirs
            assert [type(value) for value in ours] == [type(value) for value in theirs]
            assert ours._asdict() == theirs._asdict()


def test_a_row_is_read_only(notices):
    with notices.read() as tx, pytest.raises(AttributeError):
        one(tx, Notice, key="k0").text = "changed"


def test_what_is_equal_may_be_nothing(notices):
    """NULL equals nothing in SQL; a column that should be None asks IS NULL."""
    with notices.read() as tx:
        assert one(tx, Notice, to_role=None).key == "k2"
        assert one(tx, Notice, NOTICE.key != "k0", to_role=Role.CLERK).key == "k1"
        assert one(tx, Notice, key="k0", to_role=None) is None


def test_conditions_of_every_shape_find_what_sqlalchemy_finds(notices):
    few = sa.select(NOTICE.id).where(NOTICE.key == "k1")
    conditions = [
        (NOTICE.key == "k1",),
        (NOTICE.key == "k2",),
        (NOTICE.to_role.is_(None),),
        (NOTICE.key.in_(["k0", "k1"]),),
        (NOTICE.key.in_(["k0", "k1", "k2"]),),
        (NOTICE.key.not_in(["k0"]),),
        (NOTICE.key.in_([]),),
        (NOTICE.key.in_([f"k{number}" for number in range(20)]),),
        (NOTICE.key > "k0", NOTICE.key < "k2"),
        (NOTICE.id.in_(few),),
        (sa.or_(NOTICE.key == "k0", NOTICE.to_role.is_(None)),),
    ]
    for order in (NOTICE.id, NOTICE.id.desc(), (NOTICE.text, NOTICE.key.desc())):
        by = order if isinstance(order, tuple) else (order,)
        for where in conditions:
            query = sa.select(table_of(Notice)).where(*where).order_by(*by).limit(2)
            with notices.read() as tx:
                assert every(tx, Notice, *where, order_by=order, limit=2) == tx.execute(query).all()


def test_like_conditions_share_a_statement(notices):
    with notices.read() as tx:
        one(tx, Notice, NOTICE.key == "k0")
        before = len(kept(notices))
        assert [one(tx, Notice, NOTICE.key == f"k{n}").key for n in range(3)] == ["k0", "k1", "k2"]
    assert len(kept(notices)) == before


def test_changes_set_what_they_name(database):
    with database.write() as tx:
        for name, value in (("a", 1), ("b", 10)):
            add(tx, Counter, name=name, value=value)
        assert change(tx, Counter, COUNTER.name == "a", value=COUNTER.value + 5) == 1
        assert change(tx, Counter, COUNTER.name == "b", value=COUNTER.value - 3) == 1
        assert change(tx, Counter, COUNTER.name == "c", value=0) == 0
        assert {row.name: row.value for row in every(tx, Counter)} == {"a": 6, "b": 7}
        assert remove(tx, Counter, COUNTER.value > 6) == 1
        assert not add_if_absent(tx, Counter, name="a", value=0)
        assert add_if_absent(tx, Counter, name="b", value=0)


def test_the_number_of_a_new_row_is_its_own(database, now):
    with database.write() as tx:
        numbers = [
            add(tx, Person, name="A", email=f"{n}@example.org", created_at=now) for n in range(3)
        ]
        assert [one(tx, Person, id=number).email[0] for number in numbers] == ["0", "1", "2"]
        assert change_one(tx, Person, numbers[1], name="B") == 1
        assert change_one(tx, Person, 99, name="B") == 0
        assert [row.name for row in every(tx, Person, order_by=table_of(Person).c.id)] == list(
            "ABA"
        )
        assert add(tx, RoleGrant, person_id=numbers[0], role=Role.CLERK) == numbers[0]
        assert add(tx, Counter, name="a", value=1) == 0


def test_errors_are_sqlalchemys(notices, now):
    with notices.read() as tx, pytest.raises(sa.exc.MultipleResultsFound):
        one(tx, Notice)
    with pytest.raises(sa.exc.IntegrityError) as broken, notices.write() as tx:
        add(tx, Notice, key="k0", text="t", created_at=now)
    assert isinstance(broken.value.orig, notices.engine.dialect.loaded_dbapi.IntegrityError)
    with pytest.raises(sa.exc.StatementError, match="LookupError"), notices.write() as tx:
        add(tx, Notice, key="k3", to_role="nobody", text="t", created_at=now)
    with pytest.raises(sa.exc.DBAPIError), notices.read() as tx:
        Prepared(sa.text("SELECT nothing FROM nowhere")).rows(tx)


def test_parameters_that_sqlalchemy_expands_are_refused(database):
    listed = sa.select(NOTICE.id).where(NOTICE.key.in_(["k0"]))
    with database.read() as tx, pytest.raises(ValueError, match="expanded"):
        Prepared(listed).rows(tx)


def test_a_connection_lost_in_a_prepared_statement_is_invalidated(postgresql_database):
    end = Prepared(sa.text("SELECT pg_terminate_backend(pg_backend_pid())"))
    with pytest.raises(sa.exc.OperationalError) as lost, postgresql_database.write() as tx:
        end.rows(tx)
    assert lost.value.connection_invalidated
    with postgresql_database.write() as tx:
        assert one(tx, Counter) is None


def test_a_database_keeps_its_own_statements(sqlite_database, postgresql_database, add_testbuy):
    for db in (sqlite_database, postgresql_database):
        with db.write() as tx:
            add_testbuy(tx, "TB-1")
            assert one(tx, TestBuy, reference="TB-1").stage is Stage.REQUESTED
    assert kept(sqlite_database) is not kept(postgresql_database)
