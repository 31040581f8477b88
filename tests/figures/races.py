"""R5: the register of races. Every scenario names its tests, at 2, 8 and 32 at once, and the control that shows the race is real.

A control takes the guard away (a lock, a key, a constraint) and must see the bad state. Where none is possible the scenario says why.
`figures/test_register.py` holds the register against the tests; `run` plays them all on a PostgreSQL.
"""

import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

from tests.bench import servers
from tests.bench.common import ROOT
from tests.figures.stage import say

QUIZZES = "tests/quizzes/test_races.py"
RECORDS = "tests/records/test_races.py"
DECIDED = "tests/records/test_decision_races.py"
SEALING = "tests/records/test_sealing_races.py"
FOLLOWING = "tests/records/test_projection_races.py"
DRAFTS = "tests/records/test_rule_draft_races.py"
COURSES = "tests/courses/test_races.py"
PEOPLE = "tests/officers/test_races.py"
ROW_LOCK = f"{QUIZZES}::test_control_without_row_locks_saves_lose_answers"
SAME_KEY = f"{RECORDS}::test_control_without_the_key_they_are_several"
SAME_HAND_IN = f"{COURSES}::test_control_without_lock_and_key_a_double_click_is_several_awards"
FOLLOWERS = f"{FOLLOWING}::test_control_two_followers_without_the_lock_write_the_same_rows"
LOCKED = f"{FOLLOWING}::test_control_a_rule_brought_beside_a_follower_without_the_lock_goes_wrong"
# Scenarios whose order is set by hand, one step between two others: more at once would be another race.
BY_HAND = "its order is set by hand"


@dataclass(frozen=True)
class Scenario:
    """One race: what happens at once, the test that must hold, and the control (a test, or why there is none)."""

    what: str
    test: str
    control: str
    sizes: str = "2, 8, 32"


REGISTER = (
    Scenario(
        "start ×N of one test",
        f"{QUIZZES}::test_devices_that_start_at_once_get_one_attempt",
        f"{QUIZZES}::test_control_without_the_constraints_they_get_several",
    ),
    Scenario(
        "start ×N through the front door",
        f"{COURSES}::test_a_test_started_on_devices_at_once_is_one",
        f"{QUIZZES}::test_control_without_the_constraints_they_get_several",
    ),
    Scenario(
        "start beside a hand-in",
        f"{QUIZZES}::test_a_start_that_meets_a_finished_attempt_begins_the_next_one",
        "the database raises what the test raises in its place",
        BY_HAND,
    ),
    Scenario(
        "resume ×N",
        f"{QUIZZES}::test_one_resumes_what_another_device_began",
        f"{QUIZZES}::test_control_without_the_constraints_they_get_several",
    ),
    Scenario("save ×N of different questions", f"{QUIZZES}::test_saves_at_once_lose_no_answer", ROW_LOCK),
    Scenario(
        "save beside hand-in", f"{QUIZZES}::test_saving_while_handing_in_never_reopens_an_attempt", ROW_LOCK
    ),
    Scenario(
        "hand-in ×N with different answers", f"{QUIZZES}::test_hand_ins_at_once_have_one_result", ROW_LOCK
    ),
    Scenario(
        "double click on hand-in, with its award",
        f"{COURSES}::test_a_double_click_on_hand_in_is_one_result_and_one_award",
        SAME_HAND_IN,
    ),
    Scenario(
        "hand-in, save and look on several devices",
        f"{COURSES}::test_handed_in_saved_and_looked_at_at_once",
        SAME_HAND_IN,
    ),
    Scenario(
        "bell beside saves and hand-ins",
        f"{QUIZZES}::test_the_bell_during_saves_and_hand_ins_gives_one_result_of_what_was_in_time",
        "what keeps late answers out is the clock, not a lock; tests of attempts hold that",
    ),
    Scenario("bell ×N", f"{QUIZZES}::test_bells_rung_at_once_hand_in_each_attempt_once", ROW_LOCK),
    Scenario(
        "corrected key applied ×N",
        f"{QUIZZES}::test_workers_that_correct_at_once_change_every_attempt_once",
        "a correction gives each attempt the same score however often: the count of those seen is what is held",
    ),
    Scenario(
        "answers collected ×N",
        "tests/quizzes/test_responses.py::test_two_that_run_at_once_share_the_work",
        "the unique key of a response refuses the second row: without it the table's own tests fail",
    ),
    Scenario(
        "item task opened ×N",
        "tests/quizzes/test_item_tasks.py::test_two_that_run_at_once_open_one_task",
        "the unique key of a task refuses the second row: without it the table's own tests fail",
    ),
    Scenario(
        "enrol ×N",
        f"{COURSES}::test_devices_that_enrol_at_once_enrol_once",
        "the unique key of an enrolment decides and get_or_create asks it: taking it away breaks the statement",
    ),
    Scenario(
        "lesson read ×N",
        f"{COURSES}::test_a_lesson_read_on_devices_at_once_is_read_once",
        "the unique key decides and ON CONFLICT names it: taking it away breaks the statement",
    ),
    Scenario(
        "year begun ×N by one person",
        f"{DECIDED}::test_begun_on_devices_at_once_the_year_has_begun_once",
        "the unique key decides and ON CONFLICT names it: taking it away breaks the statement",
    ),
    Scenario(
        "year begun by colleagues",
        f"{RECORDS}::test_colleagues_who_begin_at_the_same_moment_are_all_counted",
        FOLLOWERS,
    ),
    Scenario(
        "award recorded ×N", f"{RECORDS}::test_the_same_completion_recorded_at_once_is_one_award", SAME_KEY
    ),
    Scenario(
        "awards of colleagues",
        f"{RECORDS}::test_colleagues_who_finish_at_the_same_moment_all_get_their_award",
        FOLLOWERS,
    ),
    Scenario(
        "recount beside completions",
        f"{RECORDS}::test_a_recount_beside_completions_leaves_the_right_count",
        FOLLOWERS,
    ),
    Scenario(
        "certificate issued ×N",
        f"{DECIDED}::test_a_certificate_made_at_once_is_one",
        f"{DECIDED}::test_control_it_is_the_key_that_keeps_the_second_certificate_out",
    ),
    Scenario(
        "seal ×N",
        f"{SEALING}::test_e3_sealers_at_once_seal_every_row_once",
        f"{SEALING}::test_control_without_the_lock_sealers_collide",
    ),
    Scenario(
        "seal beside recording and a reader",
        f"{SEALING}::test_e3_sealing_beside_recording_skips_nobody",
        "positions by id would skip: the next scenario sets that order by hand",
    ),
    Scenario(
        "seal beside a late commit",
        f"{SEALING}::test_e3_a_row_that_is_committed_late_is_not_skipped",
        "the test itself commits the smaller id last",
        BY_HAND,
    ),
    Scenario("follow ×N", f"{FOLLOWING}::test_followers_at_once_take_every_position_once", FOLLOWERS),
    Scenario(
        "recording beside sealing, following and a rule brought",
        f"{FOLLOWING}::test_recorders_beside_sealing_following_and_a_rule_being_brought",
        LOCKED,
    ),
    Scenario(
        "corrected, recounted and followed from all sides",
        f"{FOLLOWING}::test_the_same_person_corrected_started_and_moved_at_once_does_not_lock_up",
        "a deadlock shows as an error",
        "eight parts, each another deed",
    ),
    Scenario(
        "rule applied ×N",
        f"{RECORDS}::test_two_officers_of_the_house_applying_at_once_make_one_period",
        LOCKED,
    ),
    Scenario(
        "newcomer finishes beside a rule being brought",
        f"{RECORDS}::test_a_newcomer_who_finishes_before_their_row_is_seen_has_finished",
        "tests/records/test_projection_races.py::test_control_a_rule_brought_beside_a_follower_without_the_lock_goes_wrong",
        BY_HAND,
    ),
    Scenario(
        "finished beside a transfer",
        f"{RECORDS}::test_somebody_who_finishes_while_their_move_is_written_has_finished",
        "tests/records/test_projection_races.py::test_control_a_rule_brought_beside_a_follower_without_the_lock_goes_wrong",
        BY_HAND,
    ),
    Scenario(
        "rule saved ×N",
        f"{DECIDED}::test_a_rule_saved_at_once_has_versions_without_gaps",
        "the number of a version is a key of the database: without the lock the second is refused, never doubled",
    ),
    Scenario(
        "new rule saved ×N",
        f"{DECIDED}::test_a_new_rule_saved_at_once_is_one",
        "the code is a key of the database: without the second look the second is refused, never doubled",
    ),
    Scenario(
        "draft approved ×N",
        f"{DRAFTS}::test_approved_by_three_at_once_it_is_one_version",
        "the number of a version is a key of the database: without the lock the second is refused, never doubled",
    ),
    Scenario(
        "draft approved beside taken back",
        f"{DRAFTS}::test_approved_and_taken_back_at_once_it_is_one_of_both",
        "both look at the state under the lock of the row: `save ×N` shows what rows do without",
    ),
    Scenario(
        "draft proposed ×N",
        f"{DRAFTS}::test_one_draft_of_a_requirement_is_open_whoever_comes_first",
        "the open draft is a key of the database: without it the table's own tests fail",
    ),
    Scenario(
        "impact counted ×N",
        f"{DRAFTS}::test_two_workers_count_nobody_twice",
        "the cursor moves under the lock of the row: `save ×N` shows what rows do without",
    ),
    Scenario(
        "award revoked ×N",
        f"{DECIDED}::test_an_award_revoked_at_once_is_revoked_once",
        f"{DECIDED}::test_control_without_lock_and_key_an_award_is_revoked_twice",
    ),
    Scenario(
        "award revoked beside amendments",
        f"{DECIDED}::test_revoked_beside_amendments_nothing_is_amended_afterwards",
        f"{DECIDED}::test_control_without_lock_and_key_an_award_is_revoked_twice",
    ),
    Scenario(
        "exempted ×N by one key",
        f"{DECIDED}::test_exempted_by_one_key_at_once_it_is_once",
        f"{DECIDED}::test_control_with_keys_of_their_own_they_are_several",
    ),
    Scenario(
        "extended ×N by one key",
        f"{DECIDED}::test_extended_at_once_every_extension_is_later_than_the_one_before",
        f"{DECIDED}::test_control_with_keys_of_their_own_they_are_several",
    ),
    Scenario(
        "merged A→B beside B→A",
        f"{DECIDED}::test_merged_both_ways_at_once_it_is_merged_one_way",
        f"{DECIDED}::test_control_without_holding_the_people_they_swallow_each_other",
    ),
    Scenario(
        "decision taken back ×N",
        f"{DECIDED}::test_a_decision_taken_back_at_once_is_taken_back_once",
        f"{DECIDED}::test_control_without_holding_the_person_it_is_taken_back_twice",
    ),
    Scenario(
        "transfer ×N",
        f"{PEOPLE}::test_moved_at_once_somebody_has_one_open_posting",
        f"{PEOPLE}::test_control_it_is_the_key_that_keeps_a_second_open_posting_out",
    ),
    Scenario(
        "account opened ×N",
        f"{PEOPLE}::test_an_account_opened_at_once_is_one",
        "the address is a key of the database: tests of people hold that it refuses",
    ),
    Scenario(
        "role given ×N",
        f"{PEOPLE}::test_a_role_given_at_once_is_given_once",
        "the open role is a key of the database, which get_or_create asks",
    ),
    Scenario(
        "role ended ×N",
        f"{PEOPLE}::test_a_role_ended_at_once_ends_once_and_at_one_time",
        "one conditional statement: there is nothing between look and write to take away",
    ),
    Scenario(
        "role ended in the middle of requests",
        f"{COURSES}::test_a_role_that_ends_in_the_middle_lets_in_or_not_and_nothing_else",
        "a request is let in or not by one look; what is held is that nothing else is answered",
    ),
    Scenario(
        "published while it is read",
        f"{COURSES}::test_published_while_it_is_read_nobody_sees_half_a_course",
        "what is held is that nothing but the page is answered",
    ),
    Scenario(
        "edition announced ×N",
        f"{RECORDS}::test_an_edition_announced_at_once_is_one",
        "subject and number are keys of the database: without the lock the second is refused, never doubled",
    ),
    Scenario(
        "course published ×N",
        f"{COURSES}::test_published_at_once_it_is_one_edition",
        "subject and number are keys of the database: without the lock the second is refused, never doubled",
    ),
)


def nodes() -> list[str]:
    """Every test and control of the register, once each."""
    named = [name for each in REGISTER for name in (each.test, each.control) if "::" in name]
    return list(dict.fromkeys(named))


def run(folder: Path, url: str, *, only: str = "") -> list[str]:
    """Play the register on this database server; says the number, and returns what failed."""
    out = folder / "races.xml"
    chosen = [name for name in nodes() if only in name]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={out}", *chosen]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=servers.environment(DJANGO_SETTINGS_MODULE="sucharit.settings.test", TEST_DATABASE_URL=url),
        capture_output=True,
        text=True,
        check=False,
    )
    if not out.exists():
        return [f"the tests did not run: {done.stdout[-1500:]}{done.stderr[-1500:]}"]
    played, failed, skipped = read(out)
    # A race that ends in something other than a word to the user would be a 5xx; all others are a wrong state.
    raised = [name for name, text in failed if re.search(r"\b\w*(Error|Exception|DoesNotExist)\(", text)]
    say(f"{played} tests and controls of {len(REGISTER)} scenarios")
    say(f"R5 scenarios={len(REGISTER)} duplicates={len(failed) - len(raised)} 5xx={len(raised)}")
    return [*(f"{name}: {text[:300]}" for name, text in failed), *(f"{name} was skipped" for name in skipped)]


def read(out: Path) -> tuple[int, list[tuple[str, str]], list[str]]:
    """How many tests ran, which failed with what words, which were skipped."""
    cases = ET.parse(out).getroot().findall(".//testcase")
    failed = [
        (case.get("name", ""), bad.get("message", ""))
        for case in cases
        for bad in (*case.findall("failure"), *case.findall("error"))
    ]
    skipped = [case.get("name", "") for case in cases if case.find("skipped") is not None]
    return len(cases), failed, skipped
