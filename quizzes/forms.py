"""What a browser may hand in: option ids for the questions of one attempt, and nothing else."""

from django.http import QueryDict

from quizzes.services import Answers

# More than any question has options; the rest of a forged form is not read.
MOST_VALUES = 60


def answers_from(post: QueryDict, version_ids: list[int]) -> Answers:
    """Read `q<version id>` fields. A question left out of the form is left out here, so what was saved stays.

    A form sends one empty value with each multiple choice, so that taking back every tick is an answer too.
    """
    return {
        version_id: [value[:4] for value in post.getlist(f"q{version_id}")[:MOST_VALUES] if value]
        for version_id in version_ids
        if f"q{version_id}" in post
    }
