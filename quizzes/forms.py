"""What a browser may hand in: option ids for the questions of one attempt, and nothing else."""

from django.http import QueryDict

from quizzes.services import Answers


def answers_from(post: QueryDict, version_ids: list[int]) -> Answers:
    """Read `q<version id>` fields. A question left out of the form is left out here, so what was saved stays."""
    return {
        version_id: [value[:4] for value in post.getlist(f"q{version_id}")][:12]
        for version_id in version_ids
        if f"q{version_id}" in post
    }
