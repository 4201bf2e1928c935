from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rotation", "0006_sync_order"),
    ]

    operations = [
        migrations.CreateModel(
            name="WebhookCare",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(default="pagerduty", max_length=16, unique=True)),
                (
                    "asked",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Nothing"),
                            ("enable", "Send events again"),
                            ("rotate", "Change the secret"),
                        ],
                        max_length=16,
                    ),
                ),
                ("asked_by", models.CharField(blank=True, max_length=254)),
                ("asked_at", models.DateTimeField(null=True)),
                ("looked_at", models.DateTimeField(null=True)),
                ("failure", models.CharField(blank=True, max_length=500)),
                ("failing_since", models.DateTimeField(null=True)),
                ("tries", models.PositiveIntegerField(default=0)),
                ("next_look_at", models.DateTimeField(null=True)),
                ("leased_until", models.DateTimeField(null=True)),
                ("lease_holder", models.CharField(blank=True, max_length=64)),
            ],
        ),
        migrations.AddField(
            model_name="incident",
            name="record",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="webhookevent",
            name="incident_ref",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddIndex(
            model_name="webhookevent",
            index=models.Index(
                condition=models.Q(("incident_ref", ""), _negated=True),
                fields=["incident_ref"],
                name="webhook_event_by_incident",
            ),
        ),
        migrations.AddConstraint(
            model_name="webhookevent",
            constraint=models.UniqueConstraint(
                condition=models.Q(("webhook_ref", ""), _negated=True),
                fields=("webhook_ref",),
                name="webhook_event_once_per_delivery",
            ),
        ),
        migrations.AddConstraint(
            model_name="webhookcare",
            constraint=models.CheckConstraint(
                condition=models.Q(("asked__in", ["", "enable", "rotate"])),
                name="webhook_order_is_known",
            ),
        ),
    ]
