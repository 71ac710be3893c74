"""The database itself refuses to change or remove a line of the audit trail.

It keeps out mistakes, ours among them; an owner of the database can lift it, and then the seals tell.
"""

from django.db import migrations

REFUSALS = {
    "postgresql": [
        """
        CREATE FUNCTION organisation_audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'the audit trail is append-only' USING ERRCODE = 'integrity_constraint_violation';
        END $$
        """,
        """
        CREATE TRIGGER organisation_audit_append_only BEFORE UPDATE OR DELETE ON organisation_auditevent
        FOR EACH ROW EXECUTE FUNCTION organisation_audit_is_append_only()
        """,
    ],
    "sqlite": [
        """
        CREATE TRIGGER organisation_audit_no_update BEFORE UPDATE ON organisation_auditevent
        BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END
        """,
        """
        CREATE TRIGGER organisation_audit_no_delete BEFORE DELETE ON organisation_auditevent
        BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END
        """,
    ],
}
LIFTED = {
    "postgresql": [
        "DROP TRIGGER organisation_audit_append_only ON organisation_auditevent",
        "DROP FUNCTION organisation_audit_is_append_only()",
    ],
    "sqlite": ["DROP TRIGGER organisation_audit_no_update", "DROP TRIGGER organisation_audit_no_delete"],
}


def refuse(apps, schema_editor):
    for statement in REFUSALS[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def lift(apps, schema_editor):
    for statement in LIFTED[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("organisation", "0001_initial")]
    operations = [migrations.RunPython(refuse, lift)]
