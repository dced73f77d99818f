"""How Alembic runs our migrations: on the connection it is handed, or as text without one."""

from alembic import context
from sqlalchemy import MetaData

handed = context.config.attributes
# Every constraint has a name, so that a later migration can alter it on both engines.
names = MetaData(
    naming_convention={
        "uq": "%(table_name)s_by_%(column_0_N_name)s",
        "fk": "%(table_name)s_%(column_0_N_name)s_owner",
        "pk": "%(table_name)s_key",
    }
)
if "connection" in handed:
    context.configure(connection=handed["connection"], target_metadata=names, render_as_batch=True)
else:
    context.configure(dialect_name=handed["dialect"], target_metadata=names, as_sql=True)
context.run_migrations()
