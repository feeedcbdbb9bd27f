#!/bin/sh
# Two roles and a database, as `jingkai setup database` makes them: the owner for migrations, the product's own.
set -eu
psql -v ON_ERROR_STOP=1 -U postgres \
    -v owner="$JINGKAI_OWNER_PASSWORD" -v app="$JINGKAI_APP_PASSWORD" <<'SQL'
CREATE ROLE jingkai_owner LOGIN PASSWORD :'owner';
CREATE ROLE jingkai_app LOGIN PASSWORD :'app';
CREATE DATABASE jingkai OWNER jingkai_owner ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE jingkai FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE jingkai TO jingkai_app;
\connect jingkai
ALTER SCHEMA public OWNER TO jingkai_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO jingkai_app;
ALTER DEFAULT PRIVILEGES FOR ROLE jingkai_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO jingkai_app;
ALTER DEFAULT PRIVILEGES FOR ROLE jingkai_owner IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO jingkai_app;
SQL
