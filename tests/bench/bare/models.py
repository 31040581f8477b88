"""The yardstick's schema: made for these pages and nothing else, with everything copied to where it is read."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import models


class Hasher(Argon2PasswordHasher):
    """The same work for a password as ours does."""

    time_cost = 2
    memory_cost = 19_456
    parallelism = 1


class Row(models.Model):
    """What every table of the yardstick is."""

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.pk)


class Agency(Row):
    """A unit; the path of its tree gives the subtree as one range."""

    public_id = models.CharField(max_length=16, unique=True)
    path = models.CharField(max_length=255, unique=True)
    name = models.CharField(max_length=200)


class Person(AbstractBaseUser):
    """Account and person in one row: nothing has to be looked up to know who asks."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    agency_name = models.CharField(max_length=200, blank=True)
    scope = models.CharField(max_length=255, blank=True)
    USERNAME_FIELD = "email"
    objects = BaseUserManager()

    def __str__(self) -> str:
        return self.name


class Course(Row):
    """A course with what its card shows."""

    code = models.CharField(max_length=30, unique=True)
    title = models.CharField(max_length=200)
    summary = models.TextField()
    html = models.TextField()
    cover = models.CharField(max_length=200)
    minutes = models.PositiveIntegerField()
    lessons = models.PositiveIntegerField()
    is_required = models.BooleanField(default=False)


class Lesson(Row):
    """A lesson, rendered when it was saved."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE)
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    html = models.TextField()
    minutes = models.PositiveIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["course", "number"], name="bare_lesson_number"),)


class Enrolment(Row):
    """A course begun."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    course = models.ForeignKey(Course, on_delete=models.CASCADE)
    started_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["person", "course"], name="bare_enrolled_once"),)


class Progress(Row):
    """A lesson read."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    course = models.ForeignKey(Course, on_delete=models.CASCADE)
    number = models.PositiveIntegerField()
    read_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["person", "course", "number"], name="bare_read_once"),)


class Question(Row):
    """A question with its options and key."""

    stem = models.TextField()
    choices = models.JSONField()


class Attempt(Row):
    """A try at a course's test."""

    public_id = models.CharField(max_length=16, unique=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    course = models.ForeignKey(Course, on_delete=models.CASCADE)
    items = models.JSONField(default=list)
    answers = models.JSONField(default=dict)
    started_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    score = models.PositiveIntegerField(null=True)


class Completion(Row):
    """A course completed once, with the person of that day copied in."""

    attempt = models.OneToOneField(Attempt, on_delete=models.PROTECT)
    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    course = models.ForeignKey(Course, on_delete=models.PROTECT)
    name = models.CharField(max_length=200)
    agency_name = models.CharField(max_length=200)
    score = models.PositiveIntegerField()
    completed_at = models.DateTimeField()


class Standing(Row):
    """One line of the HR list, complete in itself."""

    person = models.OneToOneField(Person, on_delete=models.PROTECT, null=True)
    public_id = models.CharField(max_length=16)
    agency_path = models.CharField(max_length=255)
    agency_name = models.CharField(max_length=200)
    sort_key = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    position = models.CharField(max_length=150)
    level = models.CharField(max_length=255)
    state = models.CharField(max_length=20)
    due_on = models.DateField()
    completed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["agency_path", "sort_key", "id"], name="bare_reading_order"),)


class Rollup(Row):
    """How many people of one unit stand in one state."""

    agency_path = models.CharField(max_length=255)
    state = models.CharField(max_length=20)
    people = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["agency_path", "state"], name="bare_one_count"),)
