"""Pictures that questions show, each once, and which versions show them."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from quizzes.models.bank import QuestionVersion

# Below MEDIA_ROOT. Open to whoever holds the name, which cannot be guessed.
FOLDER = "question_pictures"


class QuestionImage(models.Model):
    """A picture as it is kept: drawn anew from what came in, so that it holds nothing but what is seen. Never changed.

    `sha256` is the hash of the file kept, `came_as` of the bytes first handed in. Texts name it by `name`, the first twelve
    digits of `sha256`.
    """

    sha256 = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=12, unique=True)
    came_as = models.CharField(max_length=64, db_index=True)
    file = models.FileField(max_length=120)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    uploaded_at = models.DateTimeField("เพิ่มเมื่อ")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = "ภาพในคำถาม"
        verbose_name_plural = "ภาพในคำถาม"
        constraints = (
            models.CheckConstraint(condition=Q(width__gte=1, height__gte=1), name="a_picture_can_be_seen"),
        )

    def __str__(self) -> str:
        return self.name


class PictureUse(models.Model):
    """A version shows a picture. While this stands, the database keeps the picture."""

    version = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT, related_name="pictures")
    image = models.ForeignKey(QuestionImage, on_delete=models.PROTECT, related_name="uses")

    class Meta:
        verbose_name = "การใช้ภาพ"
        verbose_name_plural = "การใช้ภาพ"
        constraints = (
            models.UniqueConstraint(fields=["version", "image"], name="a_version_names_a_picture_once"),
        )

    def __str__(self) -> str:
        return f"{self.version_id} {self.image_id}"


class BankRow(models.Model):
    """What a question is looked up by at the desk: a projection of its current version, remade when that changes.

    `words` are its code, what it asks and its source in the form in which typed words are compared
    (`thai_text.match_key`). Topics are not in it: they are looked up by their own names.
    """

    question = models.OneToOneField(
        "Question", on_delete=models.CASCADE, primary_key=True, related_name="bank_row"
    )
    words = models.TextField()
    # Whether it may not be asked yet: an option does not say why, or a picture has no words.
    is_incomplete = models.BooleanField(default=False)

    class Meta:
        verbose_name = "คำค้นของคำถาม"
        verbose_name_plural = "คำค้นของคำถาม"

    def __str__(self) -> str:
        return str(self.question_id)
