"""`python -m auth_backend.migrations MESSAGE`: writes the next revision from the difference between tables and
models.
"""

import sys

from alembic import command
from sqlalchemy import create_engine

from auth_backend.database import migration_config


def main() -> None:
    """Upgrades an empty database in memory, compares, writes the revision file."""
    config = migration_config()
    with create_engine("sqlite://").connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        command.revision(config, message=" ".join(sys.argv[1:]), autogenerate=True)


main()
