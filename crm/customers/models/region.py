"""The official list of regions (Kemendagri): provinces, regencies and cities, districts (docs/records.md)."""

from django.db import models


class Region(models.Model):
    """One row of the list. The code says what it is: 32 a province, 32.73 a city, 32.73.02 a district."""

    code = models.CharField(max_length=8, primary_key=True)
    name = models.CharField(max_length=80, help_text="With its word: Kota Bandung, Kabupaten Bandung.")
    beneath = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="parts")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(code__regex=r"^\d{2}(\.\d{2}(\.\d{2})?)?$"), name="region_code_of_the_list"
            ),
        ]

    def __str__(self) -> str:
        return self.name
