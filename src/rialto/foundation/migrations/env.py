"""How Alembic runs the migrations: inside the transaction that `rialto.foundation.migrating.migrate` opened."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
context.run_migrations()
