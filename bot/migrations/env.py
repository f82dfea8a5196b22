"""Alembic's entry: runs this package's history on the connection that `bot.db.upgrade` hands over."""

from alembic import context

from bot.db import VERSION_TABLE, Base
from bot.tables import TABLES

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    version_table=VERSION_TABLE,
    include_name=lambda name, kind, _parents: kind != "table" or name in TABLES,
    transactional_ddl=False,
    render_as_batch=True,
)
context.run_migrations()
