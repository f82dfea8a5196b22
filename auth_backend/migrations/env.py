"""Alembic's environment for the tables of this package."""

from alembic import context

from auth_backend.tables import metadata

VERSION_TABLE = "auth_alembic_version"


def ours(name: str | None, kind: str, _parents: object) -> bool:
    """Two histories share a database: only tables with this package's prefix are compared."""
    return kind != "table" or (name is not None and name.startswith("auth_") and name != VERSION_TABLE)


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    include_name=ours,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
