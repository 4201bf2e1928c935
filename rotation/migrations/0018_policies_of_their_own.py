from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rotation", "0017_swaps_named_by_who_asks"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="rotation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("pagerduty_policy_ref", ""), _negated=True),
                fields=("pagerduty_policy_ref",),
                name="rotation_has_a_policy_of_its_own",
            ),
        ),
    ]
