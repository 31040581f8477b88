"""Question banks as files: Moodle GIFT, Moodle XML, Aiken, CSV and XLSX, read and written. No database.

`read` never raises on what a file holds: questions that can be read are Rows, the others Faults with their words. What
may be asked is decided elsewhere (`quizzes.kinds`); here a question is only carried over.
"""

from quizzes.interchange.base import Fault as Fault
from quizzes.interchange.base import Format as Format
from quizzes.interchange.base import Note as Note
from quizzes.interchange.base import Reading as Reading
from quizzes.interchange.base import Row as Row
from quizzes.interchange.base import Written as Written
from quizzes.interchange.doors import read as read
from quizzes.interchange.doors import write as write
from quizzes.interchange.markup import MARKER as MARKER
from quizzes.interchange.template import template as template
